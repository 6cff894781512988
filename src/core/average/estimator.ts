import { UserError } from '../errors.js';
import type { Image } from '../image/image.js';
import { createMechanism } from './mechanism.js';
import { type SessionParameters, sampleCountOf } from './session.js';

/** An average as computed, and as shown. */
export interface AverageEstimate {
	/** Unclamped means in gray levels, H, W, C: use these for arithmetic, a clamped average is biased. */
	readonly means: Float64Array<ArrayBuffer>;
	/** Rounded and clamped to 0..255, for display. */
	readonly image: Image;
	/** Gray levels, at the gray levels of the estimate itself. */
	readonly expectedRmseGray: number;
}

/**
 * The average picture from per-sample sums over `count` reports.
 * Shape: sums H, W, C; bits or int16 words, as the session's mechanism sends them.
 * Throws: UserError without reports, or where the sums are not the session's.
 */
export function estimateAverage(session: SessionParameters, sums: ArrayLike<number>, count: number): AverageEstimate {
	if (!(count >= 1)) {
		throw new UserError('no-reports', 'average: expected at least one report, got none', {
			hint: 'Wait until cameras have contributed.',
		});
	}
	if (sums.length !== sampleCountOf(session)) {
		throw new UserError('sums-length', `sums: expected ${sampleCountOf(session)} samples, got ${sums.length}`);
	}
	const mechanism = createMechanism(session.mechanism);
	const means = mechanism.estimateMeans(sums, count);
	const image = imageOfMeans(session, means);
	return { means, image, expectedRmseGray: mechanism.expectedRmse(count, image.samples) };
}

/** Rounds and clamps means to a picture, for display only. */
export function imageOfMeans(shape: Pick<Image, 'width' | 'height' | 'channels'>, means: ArrayLike<number>): Image {
	const { width, height, channels } = shape;
	// Uint8ClampedArray rounds halves to even and clamps.
	const samples = new Uint8Array(Uint8ClampedArray.from(means).buffer);
	return { width, height, channels, samples };
}

/** Expected RMSE of the average of `count` reports in gray levels: for a picture, or at worst without one. */
export function expectedRmse(session: SessionParameters, count: number, picture?: Image): number {
	return createMechanism(session.mechanism).expectedRmse(count, picture?.samples);
}

import { guardSameShape } from './guards.js';
import type { Channels, Image } from './image.js';

export { ssim } from './ssim.js';

/** A difference picture with its sign. Unit and range: gray levels -255..255. */
export interface SignedImage {
	readonly width: number;
	readonly height: number;
	readonly channels: Channels;
	readonly samples: Int16Array;
}

/** |a - b|, sample by sample. Error: exact. Throws: DataError `shape-mismatch`. */
export function absolute(a: Image, b: Image): Image {
	guardSameShape(a, b);
	const samples = new Uint8Array(a.samples.length);
	for (let i = 0; i < samples.length; i++) {
		samples[i] = Math.abs((a.samples[i] ?? 0) - (b.samples[i] ?? 0));
	}
	return { width: a.width, height: a.height, channels: a.channels, samples };
}

/** a - b, sample by sample. Error: exact. Throws: DataError `shape-mismatch`. */
export function signed(a: Image, b: Image): SignedImage {
	guardSameShape(a, b);
	const samples = new Int16Array(a.samples.length);
	for (let i = 0; i < samples.length; i++) {
		samples[i] = (a.samples[i] ?? 0) - (b.samples[i] ?? 0);
	}
	return { width: a.width, height: a.height, channels: a.channels, samples };
}

/**
 * Mean squared error over all samples of all channels. Unit: squared gray levels.
 * Error: the sum is exact (below 2^53 for every picture within the pixel limit), one rounding by the division.
 */
export function mse(a: Image, b: Image): number {
	guardSameShape(a, b);
	let sum = 0;
	for (let i = 0; i < a.samples.length; i++) {
		const difference = (a.samples[i] ?? 0) - (b.samples[i] ?? 0);
		sum += difference * difference;
	}
	return sum / a.samples.length;
}

/** Root of the mean squared error. Unit: gray levels. */
export function rmse(a: Image, b: Image): number {
	return Math.sqrt(mse(a, b));
}

/** Peak signal-to-noise ratio, 10 log10(255^2 / mse). Unit: dB; null for equal pictures, where it has no value. */
export function psnr(a: Image, b: Image): number | null {
	const error = mse(a, b);
	return error === 0 ? null : 10 * Math.log10((255 * 255) / error);
}

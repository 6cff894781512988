import { openSource } from '../core/camera/open-source.js';
import { DataError, UserError } from '../core/errors.js';
import type { AverageSource } from './average-sources.js';
import type { CommandContext } from './define-command.js';

/** Throws: UserError for a webcam: what it shows now is no picture to compare with. */
export function refuseCamera(reference: string | undefined): void {
	if (reference !== 'webcam') return;
	throw new UserError('bad-reference', '--reference webcam: a camera is no picture to compare with', {
		hint: 'Take one with `veilcam capture`, and name the file.',
	});
}

/**
 * RMSE in gray levels and PSNR in dB of an average against a picture, or the mean of a folder of pictures, fitted to its
 * shape; `test` is the mean of as many frames of the test pattern as the average has pictures. Compared are unclamped
 * means: a clamped average looks better than it is.
 * Throws: DataError where no picture can be read.
 */
export async function compareWith(
	reference: string,
	{ image, means, count: averaged }: AverageSource,
	{ reporter, abort }: Pick<CommandContext, 'reporter' | 'abort'>,
): Promise<{ rmse: number; psnr: number | null }> {
	const isPattern = reference === 'test';
	const source = await openSource(reference, {
		...{ size: image, channels: image.channels, signal: abort.signal },
		...(isPattern ? { count: averaged } : {}),
	});
	if (isPattern) {
		reporter.note(
			`test stands for frames 1 to ${averaged}, as one run sends them; further runs send the first ones again`,
		);
	}
	const sums = new Float64Array(image.samples.length);
	let count = 0;
	try {
		for await (const { samples } of source) {
			for (let i = 0; i < sums.length; i++) sums[i] += samples[i];
			count++;
			if (isPattern) reporter.progress({ phase: 'comparing', done: count, total: averaged });
		}
	} finally {
		await source.close();
	}
	abort.signal.throwIfAborted();
	if (count === 0) throw new DataError('no-pictures', `${reference}: no picture could be read`);
	let squares = 0;
	for (let i = 0; i < sums.length; i++) squares += (means[i] - sums[i] / count) ** 2;
	const rmse = Math.sqrt(squares / sums.length);
	return { rmse, psnr: rmse === 0 ? null : 20 * Math.log10(255 / rmse) };
}

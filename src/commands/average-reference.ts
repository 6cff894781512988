import { openSource } from '../core/camera/open-source.js';
import { DataError } from '../core/errors.js';
import type { AverageSource } from './average-sources.js';

/**
 * RMSE in gray levels and PSNR in dB of an average against a picture, or the mean of a folder of pictures, fitted to its
 * shape. Compared are unclamped means: a clamped average looks better than it is.
 */
export async function compareWith(
	reference: string,
	{ image, means }: AverageSource,
): Promise<{ rmse: number; psnr: number | null }> {
	const source = await openSource(reference, { size: image, channels: image.channels });
	const sums = new Float64Array(image.samples.length);
	let count = 0;
	try {
		for await (const { samples } of source) {
			for (let i = 0; i < sums.length; i++) sums[i] += samples[i];
			count++;
		}
	} finally {
		await source.close();
	}
	if (count === 0) throw new DataError('no-pictures', `${reference}: no picture could be read`);
	let squares = 0;
	for (let i = 0; i < sums.length; i++) squares += (means[i] - sums[i] / count) ** 2;
	const rmse = Math.sqrt(squares / sums.length);
	return { rmse, psnr: rmse === 0 ? null : 20 * Math.log10(255 / rmse) };
}

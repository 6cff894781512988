import { unsqueezeClampedMean } from '../core/average/clamped-uniform.js';
import { imageOfMeans } from '../core/average/estimator.js';
import { openSource } from '../core/camera/open-source.js';
import { DataError, UserError } from '../core/errors.js';
import type { Reporter } from '../tui/reporters/reporter.js';
import type { AverageSource } from './average-sources.js';

/**
 * The plain mean of the pictures in a folder; of clamped uniform noise of `amplitude` >= 255 the unbiased one.
 * Throws: UserError for a smaller amplitude, DataError for pictures of several sizes.
 */
export async function averageOfFolder(
	folder: string,
	amplitude: number | undefined,
	reporter: Reporter,
): Promise<AverageSource> {
	if (amplitude !== undefined && amplitude < 255) {
		throw new UserError('amplitude-too-small', `--amplitude ${amplitude}: clamping can be undone from 255 on only`, {
			hint: 'Below that the mean of clamped noise does not tell the gray level; leave --amplitude out.',
		});
	}
	const source = await openSource(folder, {
		onSkip: (_path, reason) => reporter.note(`left out ${reason.message}`),
	});
	let sums: Float64Array | undefined;
	let shape: { width: number; height: number; channels: 1 | 3 } | undefined;
	let count = 0;
	try {
		for await (const { width, height, channels, samples } of source) {
			shape ??= { width, height, channels };
			sums ??= new Float64Array(samples.length);
			if (width !== shape.width || height !== shape.height || channels !== shape.channels) {
				throw new DataError(
					'pictures-differ',
					`${folder}: picture ${count + 1} is ${describe({ width, height, channels })}, the first is ${describe(shape)}`,
					{ hint: 'Put pictures of one size and colour into the folder.' },
				);
			}
			for (let i = 0; i < samples.length; i++) sums[i] += samples[i];
			count++;
			reporter.progress({ phase: 'averaging', done: count, total: source.total });
		}
	} finally {
		await source.close();
	}
	if (sums === undefined || shape === undefined)
		throw new DataError('no-pictures', `${folder}: no picture could be read`);
	const mean = sums.map((sum) => sum / count);
	if (amplitude === undefined) {
		reporter.warn(
			'if these pictures were clamped to 0..255 after noise was added, their average is biased towards gray, however ' +
				'many there are; for uniform noise of at least 255 give its --amplitude',
		);
	}
	const means = amplitude === undefined ? mean : mean.map((value) => unsqueezeClampedMean(value, amplitude));
	return { image: imageOfMeans(shape, means), means, count, expectedRmse: null, privacy: null };
}

function describe({ width, height, channels }: { width: number; height: number; channels: 1 | 3 }): string {
	return `${width}x${height} ${channels === 1 ? 'gray' : 'RGB'}`;
}

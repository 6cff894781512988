import { DELTA_RANGE, RELEASE_EPSILON_RANGE } from '../core/average/mechanism-parameters.js';
import { UserError } from '../core/errors.js';
import { promiseFrom } from './average-release.js';
import { clientOptions } from './common-options.js';
import { defineCommand } from './define-command.js';

export const average = defineCommand({
	name: 'average',
	summary: 'Get the average picture from a collector, a store or a folder of noisy pictures',
	epilogue:
		'A collector and a store give their latest release, and nothing before the first. A folder of pictures is averaged ' +
		'as it is; pictures that were clamped to 0..255 after the noise give a biased average, and --amplitude A undoes ' +
		'that for uniform noise of at least 255.',
	options: {
		from: { type: 'string', required: true, describe: 'Address of a collector, its store, or a folder of pictures' },
		session: { type: 'string', default: 'room', describe: 'Name of the session, for an address' },
		out: { type: 'string', default: 'average.png', describe: 'Picture to write' },
		reference: { type: 'string', describe: 'Picture to compare with; a folder stands for its average' },
		amplitude: {
			type: 'number',
			integer: true,
			min: 1,
			max: 32_512,
			describe: 'Folder: uniform noise before clamping',
		},
		epsilon: {
			type: 'number',
			...RELEASE_EPSILON_RANGE,
			describe: 'Shares: release the next batch with noise, for this privacy loss',
		},
		delta: { type: 'number', ...DELTA_RANGE, describe: 'Shares: chance that epsilon does not hold (1e-6)' },
		picturesPerPerson: {
			type: 'number',
			integer: true,
			min: 1,
			max: 1_000_000,
			describe: 'Shares: protect a person of so many pictures in the batch, not one picture',
		},
		...clientOptions,
	},
	examples: [
		{ line: 'average --from http://127.0.0.1:7400 --out average.png', says: 'The latest average of a collector' },
		{ line: 'average --from room.db --out average.png', says: 'The same from its store' },
	],
	async run(options, _given, context) {
		const [{ averageOfUrl, averageOfStore }, { averageOfFolder }, { writeImage }, { isDirectory }] = await Promise.all([
			import('./average-sources.js'),
			import('./average-folder.js'),
			import('../core/image/files.js'),
			import('./paths.js'),
		]);
		const fromUrl = /^https?:\/\//i.test(options.from);
		const fromFolder = !fromUrl && isDirectory(options.from);
		if (options.amplitude !== undefined && !fromFolder) {
			throw new UserError('unused-option', '--amplitude: only a folder of pictures needs it', {
				hint: 'A collector and a store know their noise.',
			});
		}
		const promise = promiseFrom(options);
		if (promise !== null && !fromUrl) {
			throw new UserError('unused-option', '--epsilon: only the collector of a session can release with noise');
		}
		const source = fromUrl
			? await averageOfUrl({ ...options, promise }, context)
			: fromFolder
				? await averageOfFolder(options.from, options.amplitude, context.reporter)
				: await averageOfStore(options.from);
		const comparison =
			options.reference === undefined
				? undefined
				: await (await import('./average-reference.js')).compareWith(options.reference, source);
		await writeImage(options.out, source.image);
		const denoisedFile = options.out.replace(/(\.\w+)?$/, '-denoised$1');
		if (source.noisy !== undefined) await writeImage(denoisedFile, source.noisy.denoised);
		const fields = {
			count: source.count,
			expectedRmse: source.expectedRmse,
			...comparison,
			out: options.out,
			privacy: source.privacy,
			...(source.noisy === undefined ? {} : { noiseRmse: source.noisy.noiseRmse, denoised: denoisedFile }),
		};
		const lines = [`${options.out}: the average of ${source.count} pictures`];
		if (source.expectedRmse !== null)
			lines.push(`expected error at most ${source.expectedRmse.toFixed(2)} gray levels (RMSE)`);
		if (source.noisy !== undefined) {
			const bar = (1.96 * source.noisy.noiseRmse).toFixed(1);
			lines.push(`19 of 20 samples are within ${bar} gray levels of the true average; ${denoisedFile}: denoised`);
		}
		if (comparison !== undefined) {
			const { rmse, psnr } = comparison;
			lines.push(
				`against ${options.reference}: RMSE ${rmse.toFixed(2)}, PSNR ${psnr === null ? 'equal' : `${psnr.toFixed(1)} dB`}`,
			);
		}
		return { fields, text: lines.join('\n') };
	},
});

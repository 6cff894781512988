import { DELTA_RANGE, PER_PERSON_RANGE, RELEASE_EPSILON_RANGE } from '../core/average/mechanism-parameters.js';
import { UserError } from '../core/errors.js';
import { releaseFrom } from './average-release.js';
import { clientOptions } from './common-options.js';
import { defineCommand } from './define-command.js';

export const average = defineCommand({
	name: 'average',
	summary: 'Get the average picture from a collector, a store or a folder of noisy pictures',
	epilogue:
		'A collector and a store give their latest release, and nothing before the first. A folder of pictures is averaged ' +
		'as it is; pictures that were clamped to 0..255 after the noise give a biased average, and --amplitude A undoes ' +
		'that for uniform noise of at least 255. A session on shares with a budget releases an average when it is asked to with ' +
		'--epsilon: the error to expect and the cost are told first, and a denoised picture is written beside the raw one.',
	options: {
		from: { type: 'string', required: true, describe: 'Address of a collector, its store, or a folder of pictures' },
		session: { type: 'string', default: 'room', describe: 'Name of the session, for an address' },
		out: { type: 'string', default: 'average.png', describe: 'Picture to write' },
		reference: {
			type: 'string',
			describe: 'Picture to compare with; a folder stands for its average, test for as many frames',
		},
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
			...PER_PERSON_RANGE,
			describe: 'Shares: protect a person of so many pictures in a batch (what the session takes of one, or 1)',
		},
		yes: { type: 'boolean', describe: 'Shares: do not ask before the budget is spent' },
		...clientOptions,
	},
	examples: [
		{ line: 'average --from http://127.0.0.1:7400 --out average.png', says: 'The latest average of a collector' },
		{ line: 'average --from room.db --out average.png', says: 'The same from its store' },
	],
	async run(options, _given, context) {
		const [
			{ averageOfUrl, averageOfStore },
			{ averageOfFolder },
			{ compareWith, refuseCamera },
			{ encodeFor },
			{ writeImage },
			{ isDirectory },
		] = await Promise.all([
			import('./average-sources.js'),
			import('./average-folder.js'),
			import('./average-reference.js'),
			import('../core/image/encode.js'),
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
		const release = releaseFrom(options);
		if (release !== null && !fromUrl) {
			throw new UserError('unused-option', '--epsilon: only the collector of a session can release with noise');
		}
		// nothing of a budget is spent on what cannot be written or compared
		encodeFor(options.out);
		refuseCamera(options.reference);
		const source = fromUrl
			? await averageOfUrl({ ...options, release }, context)
			: fromFolder
				? await averageOfFolder(options.from, options.amplitude, context.reporter)
				: await averageOfStore(options.from);
		const comparison =
			options.reference === undefined ? undefined : await compareWith(options.reference, source, context);
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
		const { averageText } = await import('./average-text.js');
		return { fields, text: averageText(source, { ...options, denoisedFile }, comparison) };
	},
});

import { defineCommand } from './define-command.js';
import { isForMotion } from './file-head.js';
import { passphraseOptions } from './passphrase.js';

/** Boxes that are told; the rest is counted. */
const MAX_BOXES = 100;
const MAX_THRESHOLD = 254;

export const decrypt = defineCommand({
	name: 'decrypt',
	summary: 'Decrypt the difference of two pictures, and show what moved',
	epilogue:
		'Under --key, a tag proves before anything is decrypted that D is A - B of the two frames that D names, both made with ' +
		'this key. It does not prove that you meant those two: name them with --of, as files or ids. Differences of frames ' +
		'made with --to have no such tag; a server could have made them up, so tell nobody how their decryption went. ' +
		'signed: red where A is brighter, blue where B is, white where nothing changed.',
	positionals: [{ name: 'difference', describe: 'Encrypted difference, made by subtract, or scores, made by motion' }],
	options: {
		key: { type: 'string', required: true, describe: 'Secret key (NAME.key)' },
		of: { type: 'string', describe: 'A,B: the two frames that it must be of, files or ids' },
		out: { type: 'string', describe: 'Picture to write (moved.png, of scores motion.png)' },
		as: {
			type: 'string',
			choices: ['signed', 'absolute', 'saturated'],
			describe: 'How differences become a picture (signed); saturated keeps those above zero',
		},
		raw: { type: 'string', describe: 'Write the differences to this .npy file, too (int16; scores float64)' },
		threshold: {
			type: 'number',
			integer: true,
			min: 0,
			max: MAX_THRESHOLD,
			describe: 'Write a mask of what changed by more than so many gray levels, and tell where it is',
		},
		scheme: {
			type: 'string',
			choices: ['bfv', 'shuffle'],
			describe: 'shuffle: D is a picture that another program shuffled (veilcam marks its own)',
		},
		blocks: { type: 'string', describe: 'With --scheme shuffle: WIDTHxHEIGHT of the blocks that it was shuffled in' },
		...passphraseOptions,
	},
	examples: [
		{ line: 'decrypt moved.vct --key owner.key --of a.vct,b.vct --out moved.png', says: 'A picture of A - B' },
		{ line: 'decrypt moved.vct --key owner.key --threshold 30 --out mask.png', says: 'What moved, and where' },
	],
	async run(options, [difference], context) {
		if (await isForMotion(difference)) {
			const { decryptMotion } = await import('./decrypt-motion.js');
			return await decryptMotion(difference, options, context);
		}
		const out = options.out ?? 'moved.png';
		const { openDifference } = await import('./open-difference.js');
		const [{ signed, scheme, as }, { writeImage, writeFileBytes }, shown] = await Promise.all([
			openDifference(difference, options, context),
			import('../core/image/files.js'),
			import('../core/subtract/display.js'),
		]);
		const range = shown.rangeOf(signed);
		const said = `${out}: differences from ${range[0]} to ${range[1]}`;
		if (options.raw !== undefined) {
			const { encodeNpy } = await import('../core/npy.js');
			const { width, height, channels, samples } = signed;
			const shape = channels === 1 ? [height, width] : [height, width, channels];
			await writeFileBytes(options.raw, encodeNpy({ values: samples, shape }));
		}
		const fields = { file: out, range, raw: options.raw, scheme, verified: scheme === 'symmetric' };
		if (options.threshold === undefined) {
			await writeImage(out, shown.displayDifference(signed, as));
			return { fields, text: said };
		}
		const { maskOf, movedBoxes } = await import('../core/subtract/moved.js');
		const mask = maskOf(signed, options.threshold);
		await writeImage(out, mask);
		const boxes = movedBoxes(mask);
		const movedPixels = boxes.reduce((sum, { pixels }) => sum + pixels, 0);
		const shownBoxes = boxes.slice(0, MAX_BOXES);
		const lines = shownBoxes
			.slice(0, 5)
			.map(({ x, y, width, height, pixels }) => `  ${width}x${height} at ${x},${y}: ${pixels} pixels`);
		return {
			fields: { ...fields, movedPixels, boxCount: boxes.length, boxes: shownBoxes },
			text: [`${said}; ${movedPixels} pixels moved, in ${boxes.length} places`, ...lines].join('\n'),
		};
	},
});

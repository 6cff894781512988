import { UserError } from '../core/errors.js';
import type { SignedImage } from '../core/image/compare.js';
import { defineCommand } from './define-command.js';
import { threadsFor } from './engine-threads.js';
import { passphraseOptions } from './passphrase.js';
import { readSecretKey } from './read-key.js';

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
	positionals: [{ name: 'difference', describe: 'Encrypted difference, made by subtract' }],
	options: {
		key: { type: 'string', required: true, describe: 'Secret key (NAME.key)' },
		of: { type: 'string', describe: 'A,B: the two frames that it must be of, files or ids' },
		out: { type: 'string', describe: 'Picture to write (moved.png)' },
		as: {
			type: 'string',
			choices: ['signed', 'absolute', 'saturated'],
			default: 'signed',
			describe: 'How differences become a picture; saturated keeps those above zero',
		},
		raw: { type: 'string', describe: 'Write the differences to this .npy file, too (int16)' },
		threshold: {
			type: 'number',
			integer: true,
			min: 0,
			max: MAX_THRESHOLD,
			describe: 'Write a mask of what changed by more than so many gray levels, and tell where it is',
		},
		...passphraseOptions,
	},
	examples: [
		{ line: 'decrypt moved.vct --key owner.key --of a.vct,b.vct --out moved.png', says: 'A picture of A - B' },
		{ line: 'decrypt moved.vct --key owner.key --threshold 30 --out mask.png', says: 'What moved, and where' },
	],
	async run(options, [difference], context) {
		const out = options.out ?? 'moved.png';
		const frames = options.of === undefined ? undefined : await frameIds(options.of);
		const [{ openVctFile }, { decryptDifference }, { createEnginePool }, { writeImage, writeFileBytes }, shown] =
			await Promise.all([
				import('../core/subtract/vct-files.js'),
				import('../core/subtract/frames.js'),
				import('../core/subtract/engine-pool.js'),
				import('../core/image/files.js'),
				import('../core/subtract/display.js'),
			]);
		const { ciphertextCount } = await import('../core/subtract/parameters.js');
		const stream = await openVctFile(difference);
		const { fingerprint, secret } = await readSecretKey(options.key, options.passphraseFile, context);
		const threads = threadsFor(ciphertextCount(stream.header.shape));
		const pool = await createEnginePool({ kind: 'secret', secret }, threads);
		let signed: SignedImage;
		try {
			signed = await decryptDifference(stream, { fingerprint, ids: frames }, pool);
		} finally {
			await pool.close();
		}
		const { scheme } = stream.header;
		if (scheme === 'public-key') {
			context.reporter.warn(
				`${difference}: made with a public key, so nothing proves that it is the difference asked for`,
			);
		}
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
			await writeImage(out, shown.displayDifference(signed, options.as));
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

/** "A,B" as two ids: a file gives the id in its header. Throws: UserError, DataError. */
async function frameIds(of: string): Promise<[Uint8Array, Uint8Array]> {
	const names = of.split(',');
	if (names.length !== 2 || names.includes('')) {
		throw new UserError('bad-option', `--of: expected A,B, two files or ids, got "${of}"`, {
			hint: 'A file whose name has a comma can be given by its id: veilcam inspect FILE.',
		});
	}
	const [a, b] = await Promise.all(names.map(frameId));
	return [a, b];
}

async function frameId(name: string): Promise<Uint8Array> {
	if (/^[0-9a-f]{32}$/i.test(name)) return Uint8Array.from(Buffer.from(name, 'hex'));
	const { openVctFile } = await import('../core/subtract/vct-files.js');
	const stream = await openVctFile(name);
	await stream.close();
	if (stream.header.kind !== 'frame') {
		throw new UserError('not-a-frame', `--of: ${name} is a difference, not an encrypted picture`, {
			hint: 'Name the two pictures that were subtracted.',
		});
	}
	return stream.header.ids[0];
}

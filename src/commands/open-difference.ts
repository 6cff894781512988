import { UserError } from '../core/errors.js';
import type { SignedImage } from '../core/image/compare.js';
import type { Display } from '../core/subtract/display.js';
import type { Expected } from '../core/subtract/frames.js';
import type { Scheme } from '../core/subtract/records.js';
import type { CommandContext } from './define-command.js';
import { threadsFor } from './engine-threads.js';
import { readSecretKey } from './read-key.js';
import { parseBlock, parseShuffleKey, readShuffled, shuffleMark, warnOfShuffle } from './shuffled.js';

interface Options {
	readonly key: string;
	readonly of: string | undefined;
	readonly as: Display | undefined;
	readonly scheme: 'bfv' | 'shuffle' | undefined;
	readonly blocks: string | undefined;
	readonly passphraseFile: string | undefined;
}

/** A difference in the clear, how it came, and how to show it. */
interface OpenedDifference {
	readonly signed: SignedImage;
	readonly scheme: Scheme | 'shuffle';
	readonly as: Display;
}

/** Decrypts a difference, or moves the samples of a shuffled one back. Throws: UserError, DataError, PolicyError. */
export async function openDifference(
	path: string,
	options: Options,
	context: CommandContext,
): Promise<OpenedDifference> {
	const asked = options.of === undefined ? undefined : await askedFrames(options.of);
	if (options.scheme === 'shuffle' || (options.scheme === undefined && (await shuffleMark(path)) !== null)) {
		return await openShuffled(path, options, context);
	}
	if (options.blocks !== undefined) {
		throw new UserError('unused-option', '--blocks goes with --scheme shuffle', { hint: 'Leave it out.' });
	}
	const [{ openVctFile }, { decryptDifference }, { createEnginePool }, { ciphertextCount }] = await Promise.all([
		import('../core/subtract/vct-files.js'),
		import('../core/subtract/frames.js'),
		import('../core/subtract/engine-pool.js'),
		import('../core/subtract/parameters.js'),
	]);
	const stream = await openVctFile(path);
	const { fingerprint, secret } = await readSecretKey(options.key, options.passphraseFile, context);
	const { scheme, shape } = stream.header;
	const pool = await createEnginePool({ kind: 'secret', secret }, threadsFor(ciphertextCount(shape)));
	try {
		const signed = await decryptDifference(stream, { fingerprint, ...asked }, pool);
		if (scheme === 'public-key') {
			context.reporter.warn(`${path}: made with a public key, so nothing proves that it is the difference asked for`);
		}
		return { signed, scheme, as: options.as ?? 'signed' };
	} finally {
		await pool.close();
	}
}

async function openShuffled(path: string, options: Options, context: CommandContext): Promise<OpenedDifference> {
	if (options.of !== undefined || (options.as !== undefined && options.as !== 'saturated')) {
		throw new UserError('unused-option', `${path}: shuffled pictures have no ids, and are subtracted saturated only`, {
			hint: 'Leave out --of and --as.',
		});
	}
	const key = await parseShuffleKey(options.key);
	warnOfShuffle(context);
	const { image, mark } = await readShuffled(path, parseBlock(options.blocks));
	const [{ unshuffle }, { asDifference }] = await Promise.all([
		import('../core/subtract/shuffle.js'),
		import('../core/subtract/shuffled-picture.js'),
	]);
	return { signed: asDifference(unshuffle(image, { key, block: mark.block })), scheme: 'shuffle', as: 'saturated' };
}

/** What `--of` says of the two frames. */
type Asked = Required<Pick<Expected, 'ids'>> & Pick<Expected, 'scheme'>;

/** "A,B", two files or ids: a file gives the id in its header, and how it was encrypted. Throws: UserError, DataError. */
async function askedFrames(of: string): Promise<Asked> {
	const names = of.split(',');
	if (names.length !== 2 || names.includes('')) {
		throw new UserError('bad-option', `--of: expected A,B, two files or ids, got "${of}"`, {
			hint: 'A file whose name has a comma can be given by its id: veilcam inspect FILE.',
		});
	}
	const [a, b] = await Promise.all(names.map(askedFrame));
	return { ids: [a.id, b.id], scheme: a.scheme ?? b.scheme };
}

async function askedFrame(name: string): Promise<{ readonly id: Uint8Array; readonly scheme: Scheme | undefined }> {
	if (/^[0-9a-f]{32}$/i.test(name)) return { id: Uint8Array.from(Buffer.from(name, 'hex')), scheme: undefined };
	const { openVctFile } = await import('../core/subtract/vct-files.js');
	const stream = await openVctFile(name);
	await stream.close();
	const { kind, ids, scheme } = stream.header;
	if (kind !== 'frame') {
		throw new UserError('not-a-frame', `--of: ${name} is a difference, not an encrypted picture`, {
			hint: 'Name the two pictures that were subtracted.',
		});
	}
	return { id: ids[0], scheme };
}

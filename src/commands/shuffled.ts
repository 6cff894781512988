import { UserError } from '../core/errors.js';
import type { DecodedImage } from '../core/image/codec.js';
import type { Size } from '../core/image/image.js';
import type { ShuffleMark } from '../core/subtract/shuffle-mark.js';
import type { CommandContext } from './define-command.js';
import { readHead } from './file-head.js';
import { parseSize } from './option-values.js';

/** The mark of a file that `encrypt --scheme shuffle` or `subtract` wrote; null for any other file. Throws: DataError. */
export async function shuffleMark(path: string): Promise<ShuffleMark | null> {
	const { MARK_END, shuffleMarkOf } = await import('../core/subtract/shuffle-mark.js');
	return shuffleMarkOf(await readHead(path, MARK_END), path);
}

/** "1234" as a key of shuffling. Throws: UserError. */
export async function parseShuffleKey(text: string | undefined): Promise<number> {
	const { MAX_SHUFFLE_KEY } = await import('../core/subtract/shuffle.js');
	const key = /^\d{1,10}$/.test(text ?? '') ? Number(text) : Number.NaN;
	if (key <= MAX_SHUFFLE_KEY) return key;
	throw new UserError('bad-option', `--key: shuffling expects a whole number from 0 to ${MAX_SHUFFLE_KEY}`, {
		hint: 'Files made by veilcam keygen are for --scheme bfv, which does encrypt.',
	});
}

/** A block of shuffling, in pixels. Throws: UserError. */
export function parseBlock(blocks: string | undefined): Size | null {
	return blocks === undefined ? null : parseSize(blocks, '--blocks');
}

/** A picture of which the mark, or `--scheme shuffle` with `--blocks`, says how it was shuffled. Throws: DataError. */
export async function readShuffled(
	path: string,
	block: Size | null,
): Promise<{ image: DecodedImage; mark: ShuffleMark }> {
	const { readImage } = await import('../core/image/files.js');
	const mark = (await shuffleMark(path)) ?? { kind: 'frame', block };
	return { image: await readImage(path), mark };
}

/** Said each time: what is chosen here must not be taken for protection. */
export function warnOfShuffle(context: CommandContext): void {
	context.reporter.warn(
		'SHUFFLING IS NO ENCRYPTION. Whoever has the file reads its histogram; whoever has two of one key reads how much ' +
			'changed; one known picture undoes all others of that size; and a key of 32 bits is found by trying ' +
			'(docs/shuffle.md). Use it to compare, not to protect.',
	);
}

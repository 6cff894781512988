import { crc32 } from 'node:zlib';
import { DataError } from '../errors.js';
import type { Size } from '../image/image.js';
import type { Kind } from './records.js';

/** What a PNG of ours says of itself. The key is not in it, and need not be: it is found by trying. */
export interface ShuffleMark {
	readonly kind: Kind;
	/** Width and height of a block in pixels; null where the whole picture was shuffled. */
	readonly block: Size | null;
}

/** Behind the signature and the chunk IHDR, which are always as long. */
const MARK_AT = 33;
/** So many bytes of a file tell whether it has a mark. */
export const MARK_END = 160;
const KEYWORD = 'tEXtveilcam\0';

/** A PNG with the mark in a text chunk, which other programs pass over. */
export function withMark(png: Uint8Array, { kind, block }: ShuffleMark): Uint8Array {
	const text = `shuffle 1 ${kind} ${block === null ? 'whole' : `${block.width}x${block.height}`}`;
	const body = Buffer.from(KEYWORD + text, 'latin1');
	const chunk = Buffer.alloc(body.length + 8);
	chunk.writeUInt32BE(body.length - 4);
	chunk.set(body, 4);
	chunk.writeUInt32BE(crc32(body), body.length + 4);
	return new Uint8Array(Buffer.concat([png.subarray(0, MARK_AT), chunk, png.subarray(MARK_AT)]));
}

/**
 * The mark of a file that begins with `head`; null for any other file. Programs that write a PNG anew lose it.
 * Throws: DataError for the mark of a newer veilcam; `name` stands in the message.
 */
export function shuffleMarkOf(head: Uint8Array, name: string): ShuffleMark | null {
	const start = Buffer.from(head.subarray(0, MARK_END)).toString('latin1');
	if (!start.startsWith('\x89PNG\r\n\x1a\n') || !start.startsWith(KEYWORD, MARK_AT + 4)) return null;
	const text = /^shuffle 1 (frame|difference) (?:whole|(\d{1,5})x(\d{1,5}))$/.exec(
		start.slice(MARK_AT + 4 + KEYWORD.length, MARK_AT + 4 + Buffer.from(head).readUInt32BE(MARK_AT) + 4),
	);
	if (text === null) {
		throw new DataError('future-shuffle', `${name}: was shuffled in a way that this veilcam does not know`, {
			hint: 'Install a newer veilcam.',
		});
	}
	const [, kind, width, height] = text;
	return {
		kind: kind === 'frame' ? 'frame' : 'difference',
		block: width === undefined ? null : { width: Number(width), height: Number(height) },
	};
}

import { crc32 } from 'node:zlib';
import { DataError } from '../errors.js';
import { ciphertextCount } from './parameters.js';
import { recordLayout } from './records.js';
import {
	decodeVctHeader,
	encodeVctHeader,
	encodeVctTrailer,
	truncated,
	VCT_HEADER_BYTES,
	VCT_TRAILER_BYTES,
	type VctHeader,
} from './vct-header.js';

/** A `.vct` on its way, from a file or a connection: its header is read, its records are not. */
export interface VctStream {
	readonly name: string;
	readonly header: VctHeader;
	/**
	 * The records in order, once. A record is the reader's to keep. The checksum is compared behind the last one, so
	 * nothing made from them stands before the iteration has ended.
	 * Throws: DataError for one that is truncated, damaged, or followed by something.
	 */
	records(): AsyncGenerator<Uint8Array>;
	/** Ends the source, wherever it stands. */
	close(): Promise<void>;
}

/** Reads the header of a `.vct`. Throws: DataError of `decodeVctHeader`. */
export async function openVct(source: AsyncIterable<Uint8Array>, name: string): Promise<VctStream> {
	const pieces = pieceReader(source);
	const header = await readHeader(pieces, name);
	const { bytes } = recordLayout(header.scheme, header.kind);
	const count = ciphertextCount(header.shape);
	const records = (): AsyncGenerator<Uint8Array> =>
		checkedRecords(pieces, name, VCT_HEADER_BYTES, new Array<number>(count).fill(bytes));
	return { name, header, records, close: pieces.close };
}

/**
 * Records of these lengths behind a header, then CRC-32 of them, then nothing.
 * Throws: DataError for a file that is truncated, damaged, or followed by something.
 */
export async function* checkedRecords(
	pieces: PieceReader,
	name: string,
	headerBytes: number,
	lengths: readonly number[],
): AsyncGenerator<Uint8Array> {
	const whole = lengths.reduce((sum, length) => sum + length, headerBytes + VCT_TRAILER_BYTES);
	let checksum = 0;
	let at = headerBytes;
	for (const length of lengths) {
		const record = await pieces.take(length);
		if (record.length < length) throw truncated(name, at + record.length, whole);
		checksum = crc32(record, checksum);
		at += length;
		yield record;
	}
	const trailer = await pieces.take(VCT_TRAILER_BYTES);
	if (trailer.length < VCT_TRAILER_BYTES) throw truncated(name, at + trailer.length, whole);
	if (new DataView(trailer.buffer, trailer.byteOffset).getUint32(0, true) !== checksum) {
		throw new DataError('damaged-vct', `${name}: is damaged, its checksum does not fit`, {
			hint: 'Get the file again.',
		});
	}
	if ((await pieces.take(1)).length > 0) {
		throw new DataError('surplus-bytes', `${name}: goes on behind its end at ${whole} bytes`, {
			hint: 'Get the file again.',
		});
	}
}

async function readHeader(pieces: PieceReader, name: string): Promise<VctHeader> {
	try {
		return decodeVctHeader(await pieces.take(VCT_HEADER_BYTES), name);
	} catch (error) {
		await pieces.close();
		throw error;
	}
}

/** The bytes of a `.vct` with these records, which are as many as the header's shape wants. */
export async function* writeVct(
	header: VctHeader,
	records: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
	yield* withChecksum(encodeVctHeader(header), records);
}

/** A header, records, and CRC-32 of the records. */
export async function* withChecksum(
	header: Uint8Array,
	records: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
	yield header;
	let checksum = 0;
	for await (const record of records) {
		checksum = crc32(record, checksum);
		yield record;
	}
	yield encodeVctTrailer(checksum);
}

export interface PieceReader {
	/** Fewer bytes than asked for only at the end. */
	take(length: number): Promise<Uint8Array>;
	/** Ends the source. */
	close(): Promise<void>;
}

/** Cuts chunks of any size into pieces of the sizes asked for; the last one may be short. */
export function pieceReader(source: AsyncIterable<Uint8Array>): PieceReader {
	const chunks = source[Symbol.asyncIterator]();
	let rest: Uint8Array = new Uint8Array(0);
	return {
		async take(length) {
			const piece = new Uint8Array(length);
			let filled = 0;
			while (filled < length) {
				if (rest.length === 0) {
					const next = await chunks.next();
					if (next.done === true) break;
					rest = next.value;
				}
				const part = rest.subarray(0, length - filled);
				piece.set(part, filled);
				filled += part.length;
				rest = rest.subarray(part.length);
			}
			return piece.subarray(0, filled);
		},
		async close() {
			await chunks.return?.();
		},
	};
}

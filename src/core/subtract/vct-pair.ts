import { crc32 } from 'node:zlib';
import { recordPairs } from './difference.js';
import { ciphertextCount } from './parameters.js';
import { recordLayout } from './records.js';
import {
	decodeVctHeader,
	encodeVctHeader,
	encodeVctTrailer,
	VCT_HEADER_BYTES,
	VCT_TRAILER_BYTES,
	type VctHeader,
	vctBytes,
} from './vct-header.js';
import { openVct, type PieceReader, pieceReader, type VctStream } from './vct-stream.js';

/**
 * Two frames of one shape on one connection, in turns, so that whoever subtracts them holds one record of each:
 *
 *   header of A, header of B, record 0 of A, record 0 of B, record 1 of A, ..., checksum of A, checksum of B
 */
export async function* writePair(a: VctStream, b: VctStream): AsyncGenerator<Uint8Array> {
	yield encodeVctHeader(a.header);
	yield encodeVctHeader(b.header);
	const checksums = [0, 0];
	for await (const pair of recordPairs(a, b)) {
		for (const [i, record] of pair.entries()) {
			checksums[i] = crc32(record, checksums[i]);
			yield record;
		}
	}
	for (const checksum of checksums) yield encodeVctTrailer(checksum);
}

/** Length of two frames with this header, in turns. */
export function pairBytes(header: VctHeader): number {
	return 2 * vctBytes(header);
}

/**
 * Takes a pair apart. The two have to be read in turns, as they come.
 * Throws: DataError of `openVct`.
 */
export async function readPair(
	source: AsyncIterable<Uint8Array>,
	names: readonly [string, string],
): Promise<[VctStream, VctStream]> {
	const pieces = pieceReader(source);
	try {
		const a = await openVct(half(pieces, false), names[0]);
		const b = await openVct(half(pieces, true), names[1]);
		const close = async (): Promise<void> => await pieces.close();
		return [
			{ ...a, close },
			{ ...b, close },
		];
	} catch (error) {
		await pieces.close();
		throw error;
	}
}

/** The bytes of one of the two, piece by piece; behind the second there should be nothing. */
async function* half(pieces: PieceReader, isLast: boolean): AsyncGenerator<Uint8Array> {
	const head = await pieces.take(VCT_HEADER_BYTES);
	yield head;
	const { scheme, kind, shape } = decodeVctHeader(head, 'header');
	const { bytes } = recordLayout(scheme, kind);
	for (let i = 0; i < ciphertextCount(shape); i++) yield await pieces.take(bytes);
	yield await pieces.take(VCT_TRAILER_BYTES);
	if (isLast) yield await pieces.take(1);
}

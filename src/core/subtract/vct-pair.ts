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
	yield* writeInTurns([encodeVctHeader(a.header), encodeVctHeader(b.header)], recordPairs(a, b));
}

/** Headers, records in turns, and the checksums of both. */
export async function* writeInTurns(
	headers: readonly [Uint8Array, Uint8Array],
	pairs: AsyncIterable<[Uint8Array, Uint8Array]>,
): AsyncGenerator<Uint8Array> {
	yield* headers;
	const checksums = [0, 0];
	for await (const pair of pairs) {
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
	return await readInTurns(source, names, { headerBytes: VCT_HEADER_BYTES, lengthsOf, open: openVct });
}

function lengthsOf(head: Uint8Array): number[] {
	const { scheme, kind, shape } = decodeVctHeader(head, 'header');
	return new Array<number>(ciphertextCount(shape)).fill(recordLayout(scheme, kind).bytes);
}

/** A file format of which two go in turns. */
export interface TurnFormat<S> {
	readonly headerBytes: number;
	/** Lengths of the records behind a header. Throws: DataError. */
	readonly lengthsOf: (head: Uint8Array) => number[];
	readonly open: (source: AsyncIterable<Uint8Array>, name: string) => Promise<S>;
}

/** Takes apart what `writeInTurns` wrote. Throws: what `open` throws. */
export async function readInTurns<S extends { close(): Promise<void> }>(
	source: AsyncIterable<Uint8Array>,
	names: readonly [string, string],
	format: TurnFormat<S>,
): Promise<[S, S]> {
	const pieces = pieceReader(source);
	try {
		const a = await format.open(half(pieces, false, format), names[0]);
		const b = await format.open(half(pieces, true, format), names[1]);
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
async function* half<S>(pieces: PieceReader, isLast: boolean, format: TurnFormat<S>): AsyncGenerator<Uint8Array> {
	const head = await pieces.take(format.headerBytes);
	yield head;
	for (const length of format.lengthsOf(head)) yield await pieces.take(length);
	yield await pieces.take(VCT_TRAILER_BYTES);
	if (isLast) yield await pieces.take(1);
}

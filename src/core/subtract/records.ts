import {
	PUBLIC_FIRST_WORD,
	PUBLIC_SECOND_WORD,
	packedBytes,
	SEED_BYTES,
	SEEDED_WORD,
	type WireWord,
} from './parameters.js';
import { TAG_BYTES } from './tags.js';

/** How a frame was encrypted: with the secret key, or with the public key. */
export type Scheme = 'symmetric' | 'public-key';
export type Kind = 'frame' | 'difference';

/** One part of a record: where it lies, and how long it is. */
interface Part {
	readonly at: number;
	readonly length: number;
}

/**
 * A record is what travels of one ciphertext.
 *
 *   symmetric frame        seed 64 | tag 8 | 4096 x 49 bits
 *   symmetric difference   seed of A 64 | seed of B 64 | tag 8 | 4096 x 50 bits, two's complement
 *   public-key frame       4096 x 52 bits | 4096 x 60 bits
 *   public-key difference  4096 x 53 bits, two's complement | 4096 x 60 bits, modulo q
 */
export const SYMMETRIC_FRAME = layOut(SEED_BYTES, TAG_BYTES, packedBytes(SEEDED_WORD.bits));
export const SYMMETRIC_DIFFERENCE = layOut(SEED_BYTES, SEED_BYTES, TAG_BYTES, packedBytes(SEEDED_WORD.bits + 1));
export const PUBLIC_FRAME = layOut(packedBytes(PUBLIC_FIRST_WORD.bits), packedBytes(PUBLIC_SECOND_WORD.bits));
export const PUBLIC_DIFFERENCE = layOut(packedBytes(PUBLIC_FIRST_WORD.bits + 1), packedBytes(PUBLIC_SECOND_WORD.bits));

export type { WireWord };

/** The parts of one record, one after the other. */
export interface RecordLayout {
	readonly parts: readonly Part[];
	readonly bytes: number;
}

function layOut(...lengths: readonly number[]): RecordLayout {
	let bytes = 0;
	const parts = lengths.map((length) => {
		const part = { at: bytes, length };
		bytes += length;
		return part;
	});
	return { parts, bytes };
}

export function recordLayout(scheme: Scheme, kind: Kind): RecordLayout {
	if (scheme === 'symmetric') return kind === 'frame' ? SYMMETRIC_FRAME : SYMMETRIC_DIFFERENCE;
	return kind === 'frame' ? PUBLIC_FRAME : PUBLIC_DIFFERENCE;
}

/** The parts of a record as views. Throws: RangeError for one of another length. */
export function splitRecord(record: Uint8Array, layout: RecordLayout): Uint8Array[] {
	if (record.length !== layout.bytes) {
		throw new RangeError(`record: expected ${layout.bytes} bytes, got ${record.length}`);
	}
	return layout.parts.map(({ at, length }) => record.subarray(at, at + length));
}

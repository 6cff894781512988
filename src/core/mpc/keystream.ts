import { type Cipher, createCipheriv } from 'node:crypto';
import { BugError } from '../errors.js';
import type { Pair } from './party-index.js';

/** The keystreams that a party shares with the two others, for one attempt. */
export interface PairStreams {
	/**
	 * Writes the draw of this number: the same bytes at both parties of the pair, unknown to the third.
	 * Throws: BugError for the pair that this party does not belong to, and for a number that it drew before.
	 */
	drawInto(out: Uint8Array, pair: Pair, drawNumber: number): void;
}

/** The pair keys that one party holds: two of the three. */
export type PairKeys = Readonly<Partial<Record<Pair, Uint8Array>>>;

/** The plane of a picture in one piece, and below what the allocator of a party asks the system for. */
const PIECE_BYTES = 131_072;
const ZEROS = new Uint8Array(PIECE_BYTES);

/**
 * Draws by AES-128 in counter mode under the attempt's pair key; the initial block is the draw number and a block
 * counter of zero, 64 bits each, so draws below 2^64 blocks never overlap.
 * Throws: RangeError for a key that is not of 16 bytes.
 * Source: NIST SP 800-38A, 6.5.
 */
export function createPairStreams(keys: PairKeys): PairStreams {
	for (const key of Object.values(keys)) {
		if (key.length !== 16) throw new RangeError(`key: expected 16 bytes, got ${key.length}`);
	}
	const drawn: Record<Pair, Set<number>> = { '01': new Set(), '12': new Set(), '02': new Set() };
	return {
		drawInto(out, pair, drawNumber) {
			const key = keys[pair];
			if (key === undefined) throw new BugError('foreign-keystream', `draw ${drawNumber} of pair ${pair}: no key here`);
			if (drawn[pair].has(drawNumber)) {
				throw new BugError('draw-used-twice', `draw ${drawNumber} of pair ${pair} was used before in this attempt`);
			}
			drawn[pair].add(drawNumber);
			expandKeyInto(out, key, drawNumber);
		},
	};
}

/** Bytes of AES-128 in counter mode, from the block (drawNumber, 0). */
export function expandKey(key: Uint8Array, drawNumber: number, byteLength: number): Uint8Array {
	if (byteLength <= PIECE_BYTES) {
		// what comes out of the cipher is ours: no copy
		const { buffer, byteOffset } = keystreamOf(key, drawNumber).update(ZEROS.subarray(0, byteLength));
		return new Uint8Array(buffer, byteOffset, byteLength);
	}
	const bytes = new Uint8Array(byteLength);
	expandKeyInto(bytes, key, drawNumber);
	return bytes;
}

/** The same, into all of `out`. */
export function expandKeyInto(out: Uint8Array, key: Uint8Array, drawNumber: number): void {
	const cipher = keystreamOf(key, drawNumber);
	for (let at = 0; at < out.length; at += PIECE_BYTES) {
		const rest = out.length - at;
		out.set(cipher.update(rest < PIECE_BYTES ? ZEROS.subarray(0, rest) : ZEROS), at);
	}
}

function keystreamOf(key: Uint8Array, drawNumber: number): Cipher {
	const block = new Uint8Array(16);
	new DataView(block.buffer).setBigUint64(0, BigInt(drawNumber));
	return createCipheriv('aes-128-ctr', key, block);
}

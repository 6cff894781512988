import { createHmac, hkdfSync } from 'node:crypto';
import { expandKey } from '../mpc/keystream.js';
import { type PictureShape, POLYNOMIAL_BYTES } from './parameters.js';

/** Tags are numbers modulo 2^61 - 1. */
const TAG_MODULUS = 2n ** 61n - 1n;
export const TAG_BYTES = 8;

/** The ciphertext that a mask belongs to. Changing any of it changes the mask. */
export interface TaggedPlace {
	readonly id: Uint8Array;
	readonly shape: PictureShape;
	/** 0-based place of the ciphertext in its picture. */
	readonly index: number;
	readonly seed: Uint8Array;
}

/**
 * What whoever holds the secret key needs for tags. tau = sum of multipliers[i] h[i] + mask(place) modulo 2^61 - 1, so
 * that tags are subtracted like the words they stand for. Whoever does not know the key and turns a difference into
 * another one has to guess a sum of products: 2^-60 per attempt. The mask binds the seed, too, which is no part of h.
 * Source: linearly homomorphic MAC with a one-time mask, Catalano and Fiore 2013 for degree 1.
 */
export interface TagKey {
	/** 4096 numbers below 2^61 as u64. */
	readonly multipliers: Uint8Array;
	mask(place: TaggedPlace): bigint;
}

/** Derives the tag key by HKDF-SHA-256 from the words of the secret key. */
export function deriveTagKey(secret: Uint8Array): TagKey {
	const derive = (label: string, length: number): Uint8Array =>
		new Uint8Array(hkdfSync('sha256', secret, 'veilcam subtract 1', label, length));
	const multipliers = expandKey(derive('tag multipliers', 16), 0, POLYNOMIAL_BYTES);
	for (let at = 7; at < multipliers.length; at += 8) multipliers[at] &= 0x1f;
	const maskKey = derive('tag masks', 32);
	return {
		multipliers,
		mask({ id, shape, index, seed }) {
			const place = new Uint8Array(16);
			const view = new DataView(place.buffer);
			for (const [i, value] of [shape.width, shape.height, shape.channels, index].entries()) {
				view.setUint32(4 * i, value, true);
			}
			const hash = createHmac('sha256', maskKey).update(id).update(place).update(seed).digest();
			return hash.readBigUInt64LE(0) & TAG_MODULUS;
		},
	};
}

/** first + second modulo 2^61 - 1. */
export function addTags(first: bigint, second: bigint): bigint {
	return (first + second) % TAG_MODULUS;
}

/** first - second modulo 2^61 - 1. Range: both are tags. */
export function subtractTags(first: bigint, second: bigint): bigint {
	return (first - second + TAG_MODULUS) % TAG_MODULUS;
}

/** Writes a tag as a little-endian u64. */
export function putTag(target: Uint8Array, at: number, tag: bigint): void {
	new DataView(target.buffer, target.byteOffset).setBigUint64(at, tag, true);
}

/** Reads a tag; null when it is not below 2^61 - 1. */
export function readTag(source: Uint8Array, at: number): bigint | null {
	const tag = new DataView(source.buffer, source.byteOffset).getBigUint64(at, true);
	return tag < TAG_MODULUS ? tag : null;
}

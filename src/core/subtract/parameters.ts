import { DataError } from '../errors.js';
import type { Channels } from '../image/image.js';

/**
 * BFV parameters of encrypted subtraction: one prime q = 8192 t + 1, so that scaling a plaintext is nearly a shift.
 * log2 q = 60 at N = 4096 is accepted by SEAL as 192-bit security (75 bits allowed).
 */
export const RING_DEGREE = 4096;
export const CIPHER_MODULUS = 1_152_921_489_574_469_633n;
export const PLAIN_MODULUS = 140_737_486_520_321n;

/** A plaintext coefficient carries five 9-bit digits. */
export const SAMPLES_PER_COEFFICIENT = 5;
export const DIGIT_BITS = 9;
export const SAMPLES_PER_CIPHERTEXT = RING_DEGREE * SAMPLES_PER_COEFFICIENT;

/** Bytes of one polynomial as SEAL saves it: little-endian u64. */
export const POLYNOMIAL_BYTES = RING_DEGREE * 8;
/** Bytes of the seed from which SEAL expands the second polynomial. */
export const SEED_BYTES = 64;

/** How one polynomial travels: without its low `dropBits`, rounded, at `bits` each. */
export interface WireWord {
	readonly bits: number;
	readonly dropBits: number;
	/** The largest value that a sender may write. */
	readonly max: bigint;
}

function wireWord(dropBits: number): WireWord {
	const half = dropBits === 0 ? 0n : 1n << BigInt(dropBits - 1);
	const max = (CIPHER_MODULUS - 1n + half) >> BigInt(dropBits);
	return { bits: max.toString(2).length, dropBits, max };
}

/**
 * Symmetric: 49 bits. Two roundings of 2^10 and twice a seeded ciphertext's noise (21) are off by 2 * 1024 + 43 at most,
 * below the 4096 at which a digit would change: always exact.
 */
export const SEEDED_WORD = wireWord(11);
/**
 * Public key, first polynomial: 52 bits. Two roundings of 2^7 leave 3840 for a noise of standard deviation 339, which is
 * 11.3 of them: 2^-97 per coefficient.
 */
export const PUBLIC_FIRST_WORD = wireWord(8);
/** Public key, second polynomial: whole, because the key multiplies what is rounded off it by about 52. */
export const PUBLIC_SECOND_WORD = wireWord(0);

/** Bytes of a polynomial's words at so many bits each. */
export function packedBytes(bits: number): number {
	return (RING_DEGREE * bits) / 8;
}

/** Width, height and channels of a picture. */
export interface PictureShape {
	readonly width: number;
	readonly height: number;
	readonly channels: Channels;
}

/** The longest side of a picture that is encrypted, and the most samples. */
export const MAX_SIDE = 32_768;
export const MAX_SAMPLES = 2 ** 28;

export function sampleCount(shape: PictureShape): number {
	return shape.width * shape.height * shape.channels;
}

export function ciphertextCount(shape: PictureShape): number {
	return Math.ceil(sampleCount(shape) / SAMPLES_PER_CIPHERTEXT);
}

/** Throws: DataError for a picture that is too large to encrypt, or empty. */
export function checkShape(shape: PictureShape, name: string): void {
	const { width, height, channels } = shape;
	const fits = [width, height].every((side) => Number.isInteger(side) && side >= 1 && side <= MAX_SIDE);
	if (fits && (channels === 1 || channels === 3) && sampleCount(shape) <= MAX_SAMPLES) return;
	throw new DataError('picture-shape', `${name}: ${width}x${height} with ${channels} channels cannot be encrypted`, {
		hint: `Sides of 1 to ${MAX_SIDE}, gray or RGB, and ${MAX_SAMPLES} samples at most.`,
	});
}

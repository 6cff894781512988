import { RING_DEGREE, SAMPLES_PER_CIPHERTEXT, type WireWord } from '../subtract/parameters.js';

/**
 * Arithmetic of encrypted subtraction, on the coefficients of one polynomial at a time: 4096 little-endian u64 words in
 * a Uint8Array. Words of a plaintext and of a ciphertext lie in memory as SEAL saves them.
 * No function branches on a sample, a word of a ciphertext or a tag multiplier.
 * Throws: RangeError for arrays of another length, before anything is written.
 */
export interface DifferenceKernel {
	/** words[i] = the sum over j < 5 of samples[5 i + j] 512^j; samples that are missing at the end are zero. */
	packSamplesInto(words: Uint8Array, samples: Uint8Array): void;
	/**
	 * The inverse for differences: centred(words[i]) = the sum over j < 5 of differences[5 i + j] 512^j.
	 * Returns false when a digit is outside -255..255 or one beyond `differences.length` is not zero; the differences
	 * mean nothing then.
	 */
	unpackDifferencesInto(differences: Int16Array, words: Uint8Array): boolean;
	/** words[i] = round(words[i] / 2^dropBits), halves upwards, in place. Range: words below 2^60. */
	roundInto(words: Uint8Array, dropBits: number): void;
	/** words[i] = words[i] 2^dropBits mod q, of signed words, in place. Range: abs(words[i]) 2^dropBits < q. */
	restoreInto(words: Uint8Array, dropBits: number): void;
	/** Writes the low `bits` bits of each word, lowest first, without gaps. Range: bits is 1..60. */
	packWordsInto(packed: Uint8Array, words: Uint8Array, bits: number): void;
	/** Reads unsigned values of `bits` bits. Returns false when one is above `max`. */
	unpackWordsInto(words: Uint8Array, packed: Uint8Array, bits: number, max: bigint): boolean;
	/** Reads values of `bits` bits in two's complement. Returns false when one is outside -max..max. */
	unpackSignedInto(words: Uint8Array, packed: Uint8Array, bits: number, max: bigint): boolean;
	/**
	 * Packed a - b, exact: reads values of `bits` bits, writes bits + 1 in two's complement.
	 * Returns false when a value is above `max`; what was written means nothing then.
	 */
	subtractInto(packed: Uint8Array, a: Uint8Array, b: Uint8Array, bits: number, max: bigint): boolean;
	/** Packed a - b mod q of values of 60 bits. Returns false when one is not below q. */
	subtractModuloInto(packed: Uint8Array, a: Uint8Array, b: Uint8Array): boolean;
	/**
	 * The sum of multipliers[i] words[i] modulo 2^61 - 1.
	 * Range: multipliers below 2^61 - 1, signed words of at most 51 bits.
	 */
	tag(multipliers: Uint8Array, words: Uint8Array): bigint;
	/** Rounds words, packs them, and gives the tag of what was packed: three of the above without copies between them. */
	sealInto(packed: Uint8Array, words: Uint8Array, multipliers: Uint8Array, word: WireWord): bigint;
}

const WORD_BYTES = 8 * RING_DEGREE;

/** Throws: RangeError unless these are words of one polynomial. */
export function checkWords(...arrays: readonly Uint8Array[]): void {
	for (const { length } of arrays) {
		if (length !== WORD_BYTES) throw new RangeError(`words: expected ${WORD_BYTES} bytes, got ${length}`);
	}
}

/** Throws: RangeError unless these are 4096 values of so many bits, and one can be read and written. */
export function checkPacked(bits: number, ...arrays: readonly Uint8Array[]): void {
	if (!Number.isInteger(bits) || bits < 1 || bits > 60) throw new RangeError(`bits: expected 1 to 60, got ${bits}`);
	const expected = (RING_DEGREE * bits) / 8;
	for (const { length } of arrays) {
		if (length !== expected) throw new RangeError(`packed: expected ${expected} bytes, got ${length}`);
	}
}

/** Throws: RangeError unless one ciphertext carries so many samples. */
export function checkSampleCount(count: number): void {
	if (count > SAMPLES_PER_CIPHERTEXT) {
		throw new RangeError(`samples: expected at most ${SAMPLES_PER_CIPHERTEXT}, got ${count}`);
	}
}

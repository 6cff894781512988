import { BugError } from '../errors.js';
import type { Words } from '../kernels/ring.js';

/**
 * Z_2^bits on words of 32 or 64 bits. Sums and products of words are right modulo 2^wordBits, so modulo 2^bits too: values
 * are reduced only where high bits would show, before a message, a shift or a comparison. Full sizes are 32 and 64; rings
 * of a few bits let tests enumerate what a party sees with the very code that runs at full size.
 */
export interface Ring {
	readonly bits: number;
	/** Of the words that hold its elements: which kernels compute, and what a message takes. */
	readonly wordBits: 32 | 64;
}

/** Throws: RangeError unless 3 <= bits <= wordBits. */
export function createRing(bits: number, wordBits: 32 | 64 = bits > 32 ? 64 : 32): Ring {
	if (!Number.isInteger(bits) || bits < 3 || bits > wordBits) {
		throw new RangeError(`bits: expected 3..${wordBits}, got ${bits}`);
	}
	return { bits, wordBits };
}

export const RING_32: Ring = createRing(32);
export const RING_64: Ring = createRing(64);

/** Words of the ring on a buffer; 64-bit ones start on 8 bytes. */
export function wordsOn(ring: Ring, buffer: ArrayBufferLike, byteOffset: number, count: number): Words {
	return ring.wordBits === 64
		? new BigInt64Array(buffer, byteOffset, count)
		: new Int32Array(buffer, byteOffset, count);
}

/** Are these words of the size that the ring has? */
export function areOf(ring: Ring, words: Words): boolean {
	return 8 * words.BYTES_PER_ELEMENT === ring.wordBits;
}

/** Whole numbers as words of the ring. Range: numbers of the ring, exact as float64. */
export function wordsFrom(ring: Ring, numbers: ArrayLike<number>): Words {
	return ring.wordBits === 64 ? BigInt64Array.from(Array.from(numbers), BigInt) : new Int32Array(numbers);
}

/** The numbers that words are. Error: exact below 2^53; the nearest float64 beyond. */
export function numbersFrom(words: Words): Float64Array {
	return words instanceof BigInt64Array ? Float64Array.from(words, Number) : Float64Array.from(words);
}

/** Throws: RangeError for another length, BugError for words of another kind. */
export function copyInto(to: Words, from: Words): void {
	if (to.length !== from.length) throw new RangeError(`words: expected ${to.length}, got ${from.length}`);
	if (to instanceof BigInt64Array && from instanceof BigInt64Array) to.set(from);
	else if (to instanceof Int32Array && from instanceof Int32Array) to.set(from);
	else throw ringsMixed();
}

/** Adds a whole number to each word, in place. */
export function addNumberInto(words: Words, number: number): void {
	if (words instanceof BigInt64Array) for (let i = 0; i < words.length; i++) words[i] += BigInt(number);
	else for (let i = 0; i < words.length; i++) words[i] += number;
}

/** values - a - b on words of one kind, as the client does it. Throws: BugError for words of different kinds. */
export function subtractBoth(values: Words, a: Words, b: Words): Words {
	if (values instanceof BigInt64Array && a instanceof BigInt64Array && b instanceof BigInt64Array) {
		return values.map((value, i) => value - a[i] - b[i]);
	}
	if (values instanceof Int32Array && a instanceof Int32Array && b instanceof Int32Array) {
		return values.map((value, i) => value - a[i] - b[i]);
	}
	throw ringsMixed();
}

/** a + b + c as signed numbers of the ring, as the client does it. Throws: BugError for words of different kinds. */
export function signedSum(a: Words, b: Words, c: Words, { bits }: Ring): Words {
	if (a instanceof BigInt64Array && b instanceof BigInt64Array && c instanceof BigInt64Array) {
		return a.map((value, i) => BigInt.asIntN(bits, value + b[i] + c[i]));
	}
	if (a instanceof Int32Array && b instanceof Int32Array && c instanceof Int32Array) {
		const shift = 32 - bits;
		return a.map((value, i) => ((value + b[i] + c[i]) << shift) >> shift);
	}
	throw ringsMixed();
}

/** Ones in the lowest `bits` bits of 32. */
export function lowMask(bits: number): number {
	return bits >= 32 ? -1 : 2 ** bits - 1;
}

/** Keeps the lowest bits of each word, in place. */
export function keepLowInto(words: Words, bits: number): void {
	if (words instanceof BigInt64Array) {
		if (bits >= 64) return;
		const halves = new Int32Array(words.buffer, words.byteOffset, 2 * words.length);
		const [low, high] = [lowMask(bits), lowMask(Math.max(0, bits - 32))];
		for (let i = 0; i < halves.length; i += 2) {
			halves[i] &= low;
			halves[i + 1] &= high;
		}
		return;
	}
	const mask = lowMask(bits);
	if (mask === -1) return;
	for (let i = 0; i < words.length; i++) words[i] &= mask;
}

/**
 * Moves each element to the top of its word, where the sign and the shifts of a kernel are those of the ring: a quotient
 * by 2^f then carries bits below the element, which `lowerInto` drops.
 */
export function liftInto(words: Words, { bits, wordBits }: Ring): void {
	const shift = wordBits - bits;
	if (shift === 0) return;
	if (words instanceof BigInt64Array) for (let i = 0; i < words.length; i++) words[i] <<= BigInt(shift);
	else for (let i = 0; i < words.length; i++) words[i] <<= shift;
}

/** Back from the top of the word, dropping what lies below: towards minus infinity, or plus infinity for `up`. */
export function lowerInto(words: Words, { bits, wordBits }: Ring, towards: 'down' | 'up'): void {
	const shift = wordBits - bits;
	if (shift === 0) return;
	if (words instanceof BigInt64Array) {
		const by = BigInt(shift);
		const add = towards === 'up' ? (1n << by) - 1n : 0n;
		for (let i = 0; i < words.length; i++) words[i] = BigInt.asUintN(64, words[i] + add) >> by;
		return;
	}
	const add = towards === 'up' ? lowMask(shift) : 0;
	for (let i = 0; i < words.length; i++) words[i] = (words[i] + add) >>> shift;
}

function ringsMixed(): BugError {
	return new BugError('rings-mixed', 'words of 32 and of 64 bits met');
}

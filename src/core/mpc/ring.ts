/**
 * Z_2^bits on int32 words. Sums and products of words are right modulo 2^32, so modulo 2^bits too: values are reduced
 * only where high bits would show, before a message, a shift or a comparison. Full size is 32; rings of a few bits let
 * tests enumerate what a party sees with the very code that runs at full size.
 */
export interface Ring {
	readonly bits: number;
	/** Ones in the bits of the ring. */
	readonly mask: number;
}

/** Throws: RangeError unless 3 <= bits <= 32. */
export function createRing(bits: number): Ring {
	if (!Number.isInteger(bits) || bits < 3 || bits > 32) throw new RangeError(`bits: expected 3..32, got ${bits}`);
	return { bits, mask: lowMask(bits) };
}

export const RING_32: Ring = createRing(32);

/** Ones in the lowest `bits` bits of a word. */
export function lowMask(bits: number): number {
	return bits >= 32 ? -1 : 2 ** bits - 1;
}

/** Keeps the lowest bits of each word, in place. */
export function keepLowInto(words: Int32Array, mask: number): void {
	if (mask === -1) return;
	for (let i = 0; i < words.length; i++) words[i] &= mask;
}

/**
 * Moves each element to the top of its word, where the sign and the shifts of a 32-bit kernel are those of the ring:
 * a quotient by 2^f then carries bits below the element, which `lowerInto` drops.
 */
export function liftInto(words: Int32Array, ring: Ring): void {
	const shift = 32 - ring.bits;
	if (shift === 0) return;
	for (let i = 0; i < words.length; i++) words[i] <<= shift;
}

/** Back from the top of the word, dropping what lies below: towards minus infinity, or plus infinity for `up`. */
export function lowerInto(words: Int32Array, ring: Ring, towards: 'down' | 'up'): void {
	const shift = 32 - ring.bits;
	if (shift === 0) return;
	const add = towards === 'up' ? lowMask(shift) : 0;
	for (let i = 0; i < words.length; i++) words[i] = (words[i] + add) >>> shift;
}

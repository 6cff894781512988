import { MOTION_DEGREE, MOTION_PRIMES } from './parameters.js';

/**
 * Whether all words are below their primes: `primeCount` components of 8192 words, as often as there are.
 * Range: words are little-endian u64, at any alignment.
 */
export function wordsInRange(words: Uint8Array, primeCount: number): boolean {
	const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
	const components = words.length / (8 * MOTION_DEGREE);
	for (let component = 0; component < components; component++) {
		const prime = MOTION_PRIMES[component % primeCount];
		const [high, low] = [Number(prime >> 32n), Number(prime & 0xffff_ffffn)];
		const end = 8 * MOTION_DEGREE * (component + 1);
		for (let at = end - 8 * MOTION_DEGREE; at < end; at += 8) {
			const top = view.getUint32(at + 4, true);
			if (top > high || (top === high && view.getUint32(at, true) >= low)) return false;
		}
	}
	return true;
}

/** The bytes of several parts, one after the other. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
	return new Uint8Array(Buffer.concat(parts));
}

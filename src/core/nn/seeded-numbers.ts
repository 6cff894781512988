/**
 * Repeatable numbers for made-up networks; predictable, so never for secrets.
 * Source: Blackman and Vigna 2018, xoshiro128**.
 */
export interface SeededNumbers {
	/** The next word. Range: 0..2^32 - 1. */
	nextWord(): number;
	/** Uniform in [-bound, bound), in steps of bound 2^-23: the same on every machine. */
	nextWithin(bound: number): number;
}

/** Any seed will do; its state is spread over four words by the finaliser of MurmurHash3. */
export function seededNumbers(seed: number): SeededNumbers {
	const golden = 0x9e3779b9;
	return xoshiro([1, 2, 3, 4].map((i) => mix(Math.imul(golden, i) + seed)));
}

/** From a state of four words, not all zero. */
export function xoshiro(state: readonly number[]): SeededNumbers {
	const words = Uint32Array.from(state);
	const nextWord = (): number => {
		const result = Math.imul(rotate(Math.imul(words[1], 5), 7), 9) >>> 0;
		const shifted = words[1] << 9;
		words[2] ^= words[0];
		words[3] ^= words[1];
		words[1] ^= words[2];
		words[0] ^= words[3];
		words[2] ^= shifted;
		words[3] = rotate(words[3], 11);
		return result;
	};
	return { nextWord, nextWithin: (bound) => ((nextWord() >>> 8) / 2 ** 23 - 1) * bound };
}

function rotate(word: number, by: number): number {
	return (word << by) | (word >>> (32 - by));
}

function mix(word: number): number {
	const first = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
	const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
	return (second ^ (second >>> 16)) >>> 0;
}

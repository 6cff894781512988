import { floorExpNegative } from './exact-exp.js';
import type { UniformWords } from './uniform-words.js';

const TWO_TO_32 = 4_294_967_296;

/** A real number uniform on 0..1, of which only the leading bits that a decision needs are drawn. */
export interface LazyUniform {
	/** Whether the number is below e^(-p/q), for p >= 0, q >= 1; exact. */
	isBelowExpNegative(p: bigint, q: bigint): boolean;
}

/**
 * Starts with the 32 bits of `word`. A comparison with e^(-p/q) takes one more word, as the next lower 32 bits, for as
 * long as the n bits drawn equal floor(2^n e^(-p/q)), n = 32, 64, …: they decide nothing then, and always otherwise.
 * Bits stay drawn for later comparisons.
 */
export function createLazyUniform(word: number, words: UniformWords): LazyUniform {
	let drawn = BigInt(word);
	let bits = 32;
	return {
		isBelowExpNegative(p, q) {
			for (;;) {
				const floor = floorExpNegative(p, q, bits);
				if (drawn !== floor) return drawn < floor;
				drawn = (drawn << 32n) | BigInt(words.next());
				bits += 32;
			}
		},
	};
}

/**
 * A 32-bit threshold for deciding whether a uniform number is below e^-gamma from its first word w alone:
 * below where w < threshold - 1, not below where w > threshold, and undecided for the two words between, which
 * `createLazyUniform` has to decide. Unlike an exact floor this needs no trust in the last bits of Math.exp.
 * Error: rounding e^-gamma 2^32 moves it by at most 1/2; gamma and Math.exp may be off by 2^-40 relative (thousands of
 * units in the last place) without the sum of both reaching 1, so floor(2^32 e^-gamma) is threshold - 1 or threshold.
 */
export function wordThreshold(gamma: number): number {
	return Math.round(TWO_TO_32 * Math.exp(-gamma));
}

/** Of a larger table most would never be read, and making it takes longer than all draws of a picture. */
const MAX_TABLE = 65_536;

/**
 * Word thresholds of e^-gamma(i) for i = 0, 1, …, 0 from `count` on: in a table where that is small, which is faster,
 * otherwise worked out each time.
 */
export function wordThresholds(count: number, gamma: (i: number) => number): (i: number) => number {
	if (count > MAX_TABLE) return (i) => (i < count ? wordThreshold(gamma(i)) : 0);
	const table = Float64Array.from({ length: count }, (_, i) => wordThreshold(gamma(i)));
	return (i) => (i < count ? table[i] : 0);
}

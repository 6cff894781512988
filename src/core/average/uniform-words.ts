import type { RandomSource } from '../random.js';

/** crypto.getRandomValues refuses more in one call. */
const MAX_REFILL_BYTES = 65_536;

/** Uniform 32-bit words and integers, buffered over a random source. */
export interface UniformWords {
	/** The next word, 0..2^32 - 1. */
	next(): number;
	/**
	 * An exactly uniform integer in 0..n-1, 1 <= n <= 2^20: floor(w n / 2^32) for the first word w with
	 * (w n mod 2^32) >= (2^32 mod n). Source: Lemire 2019, "Fast Random Integer Generation in an Interval".
	 */
	below(n: number): number;
	/** Overwrites what is buffered: noise that is known can be subtracted. */
	erase(): void;
}

/**
 * Word i is bytes 4i..4i+3 of the source, little-endian, in order; sizes of refills do not show in the words.
 * `expectedWords` only sizes the buffer, so that a small picture does not draw 64 KB.
 */
export function createUniformWords(random: RandomSource, expectedWords: number): UniformWords {
	const wanted = Math.max(64, Math.min(MAX_REFILL_BYTES / 4, Math.ceil(expectedWords)));
	const bytes = new Uint8Array(wanted * 4);
	const view = new DataView(bytes.buffer);
	const end = bytes.length;
	let position = end;

	function next(): number {
		if (position === end) {
			random.fillInto(bytes);
			position = 0;
		}
		const word = view.getUint32(position, true);
		position += 4;
		return word;
	}

	function below(n: number): number {
		const excess = 4_294_967_296 % n;
		for (;;) {
			// w n < 2^52, so the product and both halves are exact doubles.
			const product = next() * n;
			const high = Math.floor(product / 4_294_967_296);
			if (product - high * 4_294_967_296 >= excess) return high;
		}
	}

	return {
		next,
		below,
		erase() {
			bytes.fill(0);
			position = end;
		},
	};
}

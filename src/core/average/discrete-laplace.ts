import { createLazyUniform, wordThreshold, wordThresholds } from './bernoulli-exp.js';
import type { UniformWords } from './uniform-words.js';

/**
 * Draws integers with P(y) proportional to e^(-|y| s/t), exactly, for integers s, t >= 1 with t/s < 2^30.
 * Source: Canonne, Kamath, Steinke 2020 (arXiv 2004.00010), Algorithm 2, in blocks of b = 2^L, the largest power of two
 * with b s <= t (or 1), in place of t:
 *   |y| = u + b v has P proportional to e^(-u s/t) e^(-v b s/t), so u is drawn uniformly and kept with e^(-u s/t), and
 *   v is geometric. That is their algorithm without the last division by s, and with fewer rejections.
 * Randomness of one draw, in words:
 *   1. a: u = a mod b; the sign is minus where a >= 2^31.
 *   2. the lazy uniform A: unless A < e^(-u s/t), start again at 1.
 *   3. the lazy uniform B: v = the number of k = 1, 2, … with B < e^(-k b s/t), compared in that order.
 *   4. minus zero: start again at 1.
 * A lazy uniform takes one word, and more with a probability of about 2^-31 (see `createLazyUniform`).
 */
export function createDiscreteLaplace(s: number, t: number): (words: UniformWords) => number {
	let block = 1;
	while (2 * block * s <= t) block *= 2;
	const mask = block - 1;
	const bigS = BigInt(s);
	const bigT = BigInt(t);
	const keepThreshold = wordThresholds(block, (u) => (u * s) / t);
	const geometricThresholds = thresholdsDownToZero((block * s) / t);

	function isKept(u: number, words: UniformWords): boolean {
		const word = words.next();
		const excess = word - keepThreshold(u);
		if (excess < -1) return true;
		if (excess > 0) return false;
		return createLazyUniform(word, words).isBelowExpNegative(BigInt(u) * bigS, bigT);
	}

	function drawGeometric(words: UniformWords): number {
		const word = words.next();
		let v = 0;
		while (word - geometricThresholds[v] < -1) v++;
		if (word > geometricThresholds[v]) return v;
		const uniform = createLazyUniform(word, words);
		while (uniform.isBelowExpNegative(BigInt(v + 1) * BigInt(block) * bigS, bigT)) v++;
		return v;
	}

	return (words) => {
		for (;;) {
			const first = words.next();
			const u = first & mask;
			if (!isKept(u, words)) continue;
			const magnitude = u + block * drawGeometric(words);
			if (first < 2_147_483_648) return magnitude;
			if (magnitude !== 0) return -magnitude;
		}
	};
}

/** Thresholds of e^-gamma, e^-2gamma, … up to and with the first that is 0, where every word is decided or undecided. */
function thresholdsDownToZero(gamma: number): Float64Array {
	const thresholds: number[] = [];
	for (let k = 1; thresholds.at(-1) !== 0; k++) thresholds.push(wordThreshold(k * gamma));
	return Float64Array.from(thresholds);
}

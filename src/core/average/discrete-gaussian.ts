import { createLazyUniform, wordThresholds } from './bernoulli-exp.js';
import { createDiscreteLaplace } from './discrete-laplace.js';
import type { UniformWords } from './uniform-words.js';

/**
 * Draws integers with P(y) proportional to e^(-y^2 / 2 sigma^2), exactly, for sigma = sigmaSteps / stepsPerUnit.
 * Source: Canonne, Kamath, Steinke 2020 (arXiv 2004.00010), Algorithm 3, with t = the power of two in
 * (3/4 sigma, 3/2 sigma] (or 1) in place of floor(sigma) + 1: their proof holds for every t >= 1.
 * Randomness of one draw: y from discrete Laplace of scale t, then a lazy uniform C; unless
 * C < e^(-(|y| - sigma^2/t)^2 / (2 sigma^2)), start again. A lazy uniform takes one word nearly always (see
 * `createLazyUniform`).
 */
export function createDiscreteGaussian(sigmaSteps: number, stepsPerUnit: number): (words: UniformWords) => number {
	let t = 1;
	while (4 * t * stepsPerUnit <= 3 * sigmaSteps) t *= 2;
	const drawLaplace = createDiscreteLaplace(1, t);
	const thresholdOf = acceptThresholds(sigmaSteps / stepsPerUnit, t);

	// With sigma^2 = a/b the exponent is (y t b - a)^2 / (2 a b t^2).
	const a = BigInt(sigmaSteps) ** 2n;
	const b = BigInt(stepsPerUnit) ** 2n;
	const bigT = BigInt(t);
	const denominator = 2n * a * b * bigT * bigT;

	function isAccepted(magnitude: number, words: UniformWords): boolean {
		const word = words.next();
		const excess = word - thresholdOf(magnitude);
		if (excess < -1) return true;
		if (excess > 0) return false;
		return createLazyUniform(word, words).isBelowExpNegative((BigInt(magnitude) * bigT * b - a) ** 2n, denominator);
	}

	return (words) => {
		for (;;) {
			const y = drawLaplace(words);
			if (isAccepted(Math.abs(y), words)) return y;
		}
	};
}

/** Word thresholds for |y| = 0, 1, …, up to where they stay 0. */
function acceptThresholds(sigma: number, t: number): (magnitude: number) => number {
	const centre = (sigma * sigma) / t;
	// e^-22.9 2^32 < 1/2
	const count = Math.ceil(centre + sigma * Math.sqrt(2 * 22.9)) + 1;
	return wordThresholds(count, (y) => (y - centre) ** 2 / (2 * sigma * sigma));
}

import { createAdditive } from './additive.js';
import { createDiscreteGaussian } from './discrete-gaussian.js';
import { epsilonOfGaussianSample } from './gaussian-privacy.js';
import { createGaussianTails } from './gaussian-tails.js';
import { maxSampleCountWithinInt16 } from './int16-overflow.js';
import type { Mechanism } from './mechanism.js';
import type { GaussianParameters } from './mechanism-parameters.js';
import { GRID_STEPS_PER_UNIT, gridSteps } from './parameter-guards.js';

/**
 * x + discrete Gaussian: P(y) proportional to e^(-y^2 / 2 sigma^2).
 * Randomness: one draw of `createDiscreteGaussian` per sample.
 * Guarantee: two values of a sample lie at most 255 apart. rho = 255^2 / (2 sigma^2) zCDP (Canonne, Kamath, Steinke
 * 2020, Theorem 4), which adds up over samples; for one sample also (epsilon, delta) exactly (their Theorem 7).
 */
export function createGaussian(parameters: GaussianParameters): Mechanism {
	const { sigma, delta } = parameters;
	const tails = createGaussianTails(sigma);
	return createAdditive({
		parameters,
		rangeOfReport: { min: -32_768, max: 32_767 },
		variance: tails.variance,
		expectedWordsPerSample: 6.5,
		maxSampleCount: maxSampleCountWithinInt16(tails.atLeast),
		account: {
			kind: 'concentrated',
			epsilon: epsilonOfGaussianSample(tails, delta),
			delta,
			rho: 255 ** 2 / (2 * sigma ** 2),
		},
		createSampler: () => createDiscreteGaussian(gridSteps(sigma, 'up'), GRID_STEPS_PER_UNIT),
	});
}

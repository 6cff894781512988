import { createAdditive } from './additive.js';
import { createDiscreteLaplace } from './discrete-laplace.js';
import { maxSampleCountWithinInt16 } from './int16-overflow.js';
import type { Mechanism } from './mechanism.js';
import type { LaplaceParameters } from './mechanism-parameters.js';
import { GRID_STEPS_PER_UNIT, gridSteps } from './parameter-guards.js';

/**
 * x + discrete Laplace of scale 255 / epsilon: P(y) proportional to e^(-|y| epsilon / 255).
 * Randomness: one draw of `createDiscreteLaplace` per sample, s/t = epsilon/255 in lowest terms.
 * Guarantee: two values of a sample lie at most 255 apart, so |y| changes by at most 255 and P by at most e^epsilon;
 * exact, because epsilon is a multiple of 0.001 and the sampler is exact.
 */
export function createLaplace(parameters: LaplaceParameters): Mechanism {
	const { epsilon } = parameters;
	const ratio = Math.exp(-epsilon / 255);
	const [s, t] = lowestTerms(gridSteps(epsilon, 'down'), 255 * GRID_STEPS_PER_UNIT);
	return createAdditive({
		parameters,
		rangeOfReport: { min: -32_768, max: 32_767 },
		variance: (2 * ratio) / Math.expm1(-epsilon / 255) ** 2,
		expectedWordsPerSample: 4.5,
		maxSampleCount: maxSampleCountWithinInt16((k) => Math.exp((-epsilon * k) / 255) / (1 + ratio)),
		account: { kind: 'pure', epsilon },
		createSampler: () => createDiscreteLaplace(s, t),
	});
}

function lowestTerms(numerator: number, denominator: number): [s: number, t: number] {
	let divisor = numerator;
	for (let rest = denominator; rest !== 0; [divisor, rest] = [rest, divisor % rest]);
	return [numerator / divisor, denominator / divisor];
}

import { createAdditive } from './additive.js';
import type { Mechanism } from './mechanism.js';
import type { UniformParameters } from './mechanism-parameters.js';

/**
 * x + an integer uniform on -amplitude..amplitude.
 * Randomness: `below(2 amplitude + 1)` per sample.
 * Guarantee: none by epsilon, since a word beyond the other picture's range rules that picture out. Two values of a
 * sample that lie d apart share 2 amplitude + 1 - d of 2 amplitude + 1 outputs, all equally likely, so the total
 * variation, which is delta at epsilon = 0 and at any other epsilon, is min(1, d / (2 amplitude + 1)); d = 255 at worst.
 */
export function createUniform(parameters: UniformParameters): Mechanism {
	const { amplitude } = parameters;
	const outcomes = 2 * amplitude + 1;
	return createAdditive({
		parameters,
		rangeOfReport: { min: -amplitude, max: 255 + amplitude },
		variance: (amplitude * (amplitude + 1)) / 3,
		expectedWordsPerSample: 1,
		maxSampleCount: Number.POSITIVE_INFINITY,
		account: { kind: 'delta-only', delta: Math.min(1, 255 / outcomes), deltaPerGrayLevel: 1 / outcomes },
		createSampler: () => (words) => words.below(outcomes) - amplitude,
	});
}

import test from 'ava';
import { createDiscreteGaussian } from '../../../src/core/average/discrete-gaussian.js';
import { createDiscreteLaplace } from '../../../src/core/average/discrete-laplace.js';
import { createUniformWords, type UniformWords } from '../../../src/core/average/uniform-words.js';
import { seededRandom } from './keystream.js';

const DRAWS = 400_000;

/**
 * Mean within 4.5 standard errors, variance within 4.5 standard errors, chi-square within 4.5 of its deviations, of a
 * distribution given by weights proportional to its probabilities.
 */
const fits = test.macro(
	(t, seed: number, draw: (words: UniformWords) => number, weightOf: (magnitude: number) => number) => {
		const reach = 100_000;
		const weights = Float64Array.from({ length: reach }, (_, magnitude) => weightOf(magnitude));
		const total = 2 * weights.reduce((sum, weight) => sum + weight) - weights[0];
		const moment = (power: number) => (2 * weights.reduce((sum, weight, k) => sum + k ** power * weight, 0)) / total;
		const variance = moment(2);

		const words = createUniformWords(seededRandom(seed), 16_384);
		const counts = new Map<number, number>();
		let sum = 0;
		let squares = 0;
		for (let i = 0; i < DRAWS; i++) {
			const y = draw(words);
			counts.set(y, (counts.get(y) ?? 0) + 1);
			sum += y;
			squares += y * y;
		}
		t.true(Math.abs(sum / DRAWS) < 4.5 * Math.sqrt(variance / DRAWS), `mean ${sum / DRAWS}`);
		const varianceError = Math.sqrt((moment(4) - variance ** 2) / DRAWS);
		t.true(Math.abs(squares / DRAWS - variance) < 4.5 * varianceError, `variance ${squares / DRAWS}, not ${variance}`);

		// Neighbouring values share a bin until at least 50 draws are expected in it.
		let chiSquare = 0;
		let bins = 0;
		let expected = 0;
		let seen = 0;
		for (let y = -reach + 1; y < reach; y++) {
			expected += (DRAWS * weights[Math.abs(y)]) / total;
			seen += counts.get(y) ?? 0;
			if (expected < 50) continue;
			chiSquare += (seen - expected) ** 2 / expected;
			bins += 1;
			expected = 0;
			seen = 0;
		}
		const freedom = bins - 1;
		t.true(Math.abs(chiSquare - freedom) < 4.5 * Math.sqrt(2 * freedom), `chi-square ${chiSquare} of ${freedom}`);
	},
);

const laplace = (s: number, u: number) => (magnitude: number) => Math.exp((-magnitude * s) / u);
const gaussian = (sigma: number) => (magnitude: number) => Math.exp(-(magnitude ** 2) / (2 * sigma ** 2));

test('discrete Laplace of scale 255', fits, 11, createDiscreteLaplace(1, 255), laplace(1, 255));
test('discrete Laplace of scale 2550/7', fits, 12, createDiscreteLaplace(7, 2550), laplace(7, 2550));
test('discrete Laplace of scale 1', fits, 13, createDiscreteLaplace(1, 1), laplace(1, 1));
test('discrete Laplace of scale 1/2: mostly zeros', fits, 14, createDiscreteLaplace(2, 1), laplace(2, 1));
test('discrete Laplace of scale 16: a whole block', fits, 15, createDiscreteLaplace(1, 16), laplace(1, 16));
test('discrete Gaussian of sigma 1', fits, 21, createDiscreteGaussian(1000, 1000), gaussian(1));
test('discrete Gaussian of sigma 2.345', fits, 22, createDiscreteGaussian(2345, 1000), gaussian(2.345));
test('discrete Gaussian of sigma 100.3', fits, 23, createDiscreteGaussian(100_300, 1000), gaussian(100.3));
test('discrete Gaussian of sigma 1000', fits, 24, createDiscreteGaussian(1_000_000, 1000), gaussian(1000));

test('the fit notices a sampler that is one part in fifty too wide', async (t) => {
	const result = await t.try(fits, 23, createDiscreteGaussian(102_300, 1000), gaussian(100.3));
	result.discard();
	t.false(result.passed);
});

test('the fit notices that minus zero is not rejected', async (t) => {
	const inner = createDiscreteLaplace(1, 16);
	// Adds back about half of the zeros that a sampler without the rejection would give.
	const draw = (words: UniformWords) => (words.next() < 2 ** 32 / 33 ? 0 : inner(words));
	const result = await t.try(fits, 15, draw, laplace(1, 16));
	result.discard();
	t.false(result.passed);
});

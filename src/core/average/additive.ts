import type { RandomSource } from '../random.js';
import type { Mechanism, ReportRange, SampleAccount } from './mechanism.js';
import type { MechanismParameters } from './mechanism-parameters.js';
import { type ParameterOrigin, refusedParameter } from './parameter-guards.js';
import { requireBodyLength } from './report-length.js';
import { createUniformWords, type UniformWords } from './uniform-words.js';

/** What tells one noise distribution from another. */
export interface AdditiveNoise {
	readonly parameters: MechanismParameters;
	readonly rangeOfReport: ReportRange;
	/** Of one draw, in squared gray levels. */
	readonly variance: number;
	/** Sizes the buffer of random words only. */
	readonly expectedWordsPerSample: number;
	/** Largest picture whose int16 words overflow with at most 2^-40; Infinity where they cannot. */
	readonly maxSampleCount: number;
	readonly account: SampleAccount;
	/** Made on first use: a collector never draws noise and needs no tables. */
	createSampler(): (words: UniformWords) => number;
}

/**
 * A mechanism that sends x + noise as int16 little-endian, for noise that is symmetric about 0.
 * Nothing is clamped and nothing is redrawn: a word beyond int16 (at most 2^-40 per picture) wraps around, which is
 * a function of the noisy value alone and so costs no privacy.
 * Randomness: the draws of the samples one after the other, in sample order.
 */
export function createAdditive(noise: AdditiveNoise): Mechanism {
	let sampler: ((words: UniformWords) => number) | undefined;

	function assertFits(sampleCount: number, origin: ParameterOrigin = 'user'): void {
		if (sampleCount <= noise.maxSampleCount) return;
		const { parameters } = noise;
		const strength = parameters.kind === 'laplace' ? 'epsilon' : 'sigma';
		throw refusedParameter(
			origin,
			`mechanism.${strength}`,
			`noise that leaves int16 with a probability of at most 2^-40 per picture of ${sampleCount} samples`,
			parameters.kind === 'laplace'
				? parameters.epsilon
				: parameters.kind === 'gaussian'
					? parameters.sigma
					: undefined,
			strength === 'epsilon' ? 'Choose a larger epsilon, or one-bit.' : 'Choose a smaller sigma, or one-bit.',
		);
	}

	function privatizeInto(body: Uint8Array, samples: Uint8Array, random: RandomSource): void {
		const sampleCount = samples.length;
		assertFits(sampleCount);
		requireBodyLength(body, 2 * sampleCount);
		sampler ??= noise.createSampler();
		const draw = sampler;
		const words = createUniformWords(random, sampleCount * noise.expectedWordsPerSample);
		const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
		for (let i = 0; i < sampleCount; i++) view.setInt16(2 * i, samples[i] + draw(words), true);
		words.erase();
	}

	return {
		parameters: noise.parameters,
		rangeOfReport: noise.rangeOfReport,
		reportBytes: (sampleCount) => 2 * sampleCount,
		assertFits,
		privatize(samples, random) {
			const body = new Uint8Array(2 * samples.length);
			privatizeInto(body, samples, random);
			return body;
		},
		privatizeInto,
		estimateMeans(sums, count) {
			return Float64Array.from(sums, (sum) => sum / count);
		},
		varianceOfMean: (_x, count) => noise.variance / count,
		worstVarianceOfMean: (count) => noise.variance / count,
		expectedRmse: (count) => Math.sqrt(noise.variance / count),
		account: () => noise.account,
	};
}

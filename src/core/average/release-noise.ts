import { PolicyError } from '../errors.js';
import { createDiscreteGaussian } from './discrete-gaussian.js';
import {
	DELTA_RANGE,
	PER_PERSON_RANGE,
	type PrivacyBudget,
	RELEASE_EPSILON_RANGE,
	type SharesParameters,
} from './mechanism-parameters.js';
import {
	GRID_STEPS_PER_UNIT,
	type ParameterOrigin,
	requireInteger,
	requireNumber,
	requireRecord,
} from './parameter-guards.js';
import type { UniformWords } from './uniform-words.js';
import { epsilonOfZcdp } from './zcdp.js';

/** What a noisy release promises: for one picture, or for one person of whom the batch holds so many pictures. */
export interface ReleasePromise {
	readonly epsilon: number;
	readonly delta: number;
	readonly picturesPerPerson: number;
}

/** The noise of one release. */
export interface ReleaseNoise {
	/** Of each party's summand, on the grid of 0.001. Unit: of the sum. */
	readonly partySigma: number;
	/** Of the noise in the sum: sqrt(3) partySigma. */
	readonly totalSigma: number;
	/** zCDP that the release costs, against one party who knows its own summand. */
	readonly rho: number;
}

/** With less the sum of two is no Gaussian (`rhoOfSum`); with more nothing is left that could be shown. */
const PARTY_SIGMA_RANGE = { min: 10, max: 4_000_000 } as const;

const SAMPLES_AT_ONCE = 8192;

/** Two sums of people have this L2 distance at most where one person's pictures are all replaced by gray 128. */
export function sensitivityOfSum(bits: SharesParameters['bits'], sampleCount: number, pictures: number): number {
	// 128 rather than 127.5: the grid of the noise has whole numbers only, and 128 - 0 is the farthest from gray 128
	return (bits === 8 ? 128 : 1) * Math.sqrt(sampleCount) * pictures;
}

/** Checks a promise that a client asks for. Throws in the family of `origin`. */
export function parsePromise(value: unknown, origin: ParameterOrigin): ReleasePromise {
	const fields = requireRecord(origin, 'noise', value);
	return {
		epsilon: requireNumber(origin, 'noise.epsilon', fields.epsilon, RELEASE_EPSILON_RANGE),
		delta: requireNumber(origin, 'noise.delta', fields.delta, DELTA_RANGE),
		picturesPerPerson: requireInteger(origin, 'noise.picturesPerPerson', fields.picturesPerPerson, PER_PERSON_RANGE),
	};
}

/**
 * Summands of noise that count against whoever wants to know: the corrupt party knows its own and could leave it out of
 * what it sees. Three would hold against those who are no party, and is promised to nobody.
 */
export const HONEST_SUMMANDS = 2;

/**
 * zCDP of a sum whose noise is `summands` discrete Gaussians of `partySigma` each, in each of `sampleCount` samples.
 * The sum of several is not quite one: it is eps^2/2-zCDP with eps = L2 / (sqrt(n) sigma) + tau sqrt(d),
 * tau = 10 sum over k = 1..n-1 of exp(-2 pi^2 sigma^2 k / (k + 1)). tau is below 1e-400 from a sigma of 10 on.
 * Source: Kairouz, Liu, Steinke 2021 (arXiv 2102.06387), Proposition 14.
 */
export function rhoOfSum(
	sensitivity: number,
	partySigma: number,
	sampleCount: number,
	summands: number = HONEST_SUMMANDS,
): number {
	let tau = 0;
	for (let k = 1; k < summands; k++) tau += 10 * Math.exp((-2 * Math.PI ** 2 * partySigma ** 2 * k) / (k + 1));
	const epsilon = sensitivity / (Math.sqrt(summands) * partySigma) + tau * Math.sqrt(sampleCount);
	return (epsilon * epsilon) / 2;
}

/** The largest rho whose zCDP gives epsilon at delta. */
export function rhoOf({ epsilon, delta }: PrivacyBudget): number {
	let low = 0;
	let high = epsilon;
	for (let step = 0; step < 80; step++) {
		const middle = (low + high) / 2;
		if (epsilonOfZcdp(middle, delta) <= epsilon) low = middle;
		else high = middle;
	}
	return low;
}

/**
 * The noise that keeps a promise.
 * Neighbours: the pictures of one person (or one picture) replaced by gray 128, the count public.
 * Derivation: a party knows its own summand, so two of three protect against it: partySigma = sigma / sqrt(2) with
 * rho = L2^2 / (2 sigma^2), rounded up to the grid; `rhoOfSum` is what that costs.
 * Throws: PolicyError where no sigma in range keeps it.
 */
export function noiseFor(promise: ReleasePromise, bits: SharesParameters['bits'], sampleCount: number): ReleaseNoise {
	const sensitivity = sensitivityOfSum(bits, sampleCount, promise.picturesPerPerson);
	const wanted = sensitivity / Math.sqrt(2 * HONEST_SUMMANDS * rhoOf(promise));
	const steps = Math.ceil(Math.max(wanted, PARTY_SIGMA_RANGE.min) * GRID_STEPS_PER_UNIT);
	const partySigma = steps / GRID_STEPS_PER_UNIT;
	if (!(partySigma <= PARTY_SIGMA_RANGE.max)) {
		throw new PolicyError(
			'too-much-noise',
			`epsilon ${promise.epsilon} needs noise of ${Math.round(wanted)} per party`,
			{
				hint: `At most ${PARTY_SIGMA_RANGE.max} can be drawn; take fewer pixels, fewer pictures per person or a larger epsilon.`,
			},
		);
	}
	const rho = rhoOfSum(sensitivity, partySigma, sampleCount);
	return { partySigma, totalSigma: Math.sqrt(3) * partySigma, rho };
}

/** Draws one party's summand: a discrete Gaussian per sample, whole numbers. Stops after every few thousand samples: some milliseconds. */
export function* drawSummandInto(summand: Float64Array, partySigma: number, words: UniformWords): Generator<void> {
	const draw = createDiscreteGaussian(Math.round(partySigma * GRID_STEPS_PER_UNIT), GRID_STEPS_PER_UNIT);
	for (let i = 0; i < summand.length; i++) {
		summand[i] = draw(words);
		if (i % SAMPLES_AT_ONCE === SAMPLES_AT_ONCE - 1) yield;
	}
}

/**
 * Bits of a sum of so many pictures: with noise in two's complement, and room for 27 sigma on either side, which noise
 * exceeds with a chance below 1e-100.
 */
export function bitsOfSum(bits: SharesParameters['bits'], count: number, noise: ReleaseNoise | null): number {
	const most = (bits === 8 ? 255 : 1) * count;
	if (noise === null) return Math.ceil(Math.log2(most + 1));
	return 1 + Math.ceil(Math.log2(most + 27 * noise.totalSigma + 1));
}

/** Expected RMSE of an average in gray levels from the noise alone. */
export function rmseOfNoise(bits: SharesParameters['bits'], count: number, totalSigma: number): number {
	return ((bits === 8 ? 1 : 255) * totalSigma) / count;
}

/** Expected RMSE of the average of a release in gray levels: its noise, and at worst the dithering of one bit. */
export function rmseOfRelease(bits: SharesParameters['bits'], count: number, totalSigma: number): number {
	const dithering = bits === 8 ? 0 : 127.5 / Math.sqrt(count);
	return Math.hypot(dithering, rmseOfNoise(bits, count, totalSigma));
}

/** What is left of a budget after releases that cost so much zCDP; none is negative. */
export function rhoLeft(budget: PrivacyBudget, spentRho: number): number {
	return Math.max(0, rhoOf(budget) - spentRho);
}

import type { RandomSource } from '../random.js';
import { createGaussian } from './gaussian.js';
import { createLaplace } from './laplace.js';
import { type MechanismParameters, parseMechanismParameters } from './mechanism-parameters.js';
import { createOneBit } from './one-bit.js';
import type { ParameterOrigin } from './parameter-guards.js';
import { createShares } from './shares.js';
import { createUniform } from './uniform.js';

/** Guarantee for one sample, from which accounting composes pictures and persons. */
export type SampleAccount =
	/** epsilon-DP: adds up over samples. */
	| { readonly kind: 'pure'; readonly epsilon: number }
	/** No finite epsilon: (0, delta)-DP for the whole sample, and for a change by one gray level. */
	| { readonly kind: 'delta-only'; readonly delta: number; readonly deltaPerGrayLevel: number }
	/** (epsilon, delta)-DP exactly for one sample; rho-zCDP, which adds up over samples. */
	| { readonly kind: 'concentrated'; readonly epsilon: number; readonly delta: number; readonly rho: number };

/** Smallest and largest int16 word that an honest report can hold. */
export interface ReportRange {
	readonly min: number;
	readonly max: number;
}

/** One way for a camera to salt a picture, and for a collector to read the sum of many. */
export interface Mechanism {
	/** On the grid, that is: what is in force. */
	readonly parameters: MechanismParameters;
	/** For checking int16 words on arrival; null where a report is bits. */
	readonly rangeOfReport: ReportRange | null;
	/** Length of a report of so many samples on the wire. */
	reportBytes(sampleCount: number): number;
	/** Throws in the family of `origin` where an int16 word would overflow with more than 2^-40 per picture. */
	assertFits(sampleCount: number, origin?: ParameterOrigin): void;
	/**
	 * The wire body of one report.
	 * Shape: samples H, W, C. one-bit: sample i is bit i & 7, lowest first, of byte i >> 3, the last byte padded with
	 * zero bits; the others: int16 little-endian.
	 */
	privatize(samples: Uint8Array, random: RandomSource): Uint8Array<ArrayBuffer>;
	/** The same into `body`, which must have `reportBytes(samples.length)` bytes; all are overwritten. */
	privatizeInto(body: Uint8Array, samples: Uint8Array, random: RandomSource): void;
	/** Unclamped means in gray levels, from per-sample sums of bits or int16 words over `count` reports. */
	estimateMeans(sums: ArrayLike<number>, count: number): Float64Array<ArrayBuffer>;
	/** Variance of the estimated mean in squared gray levels, where every camera shows gray level `x`. */
	varianceOfMean(x: number, count: number): number;
	/** The largest `varianceOfMean` over x. */
	worstVarianceOfMean(count: number): number;
	/** Expected RMSE of the average in gray levels: over the samples of a picture, or at worst without one. */
	expectedRmse(count: number, samples?: ArrayLike<number>): number;
	account(): SampleAccount;
}

/**
 * The mechanism of a session.
 * Throws: UserError for parameters outside their range.
 */
export function createMechanism(parameters: MechanismParameters): Mechanism {
	const inForce = parseMechanismParameters(parameters);
	switch (inForce.kind) {
		case 'one-bit':
			return createOneBit(inForce);
		case 'uniform':
			return createUniform(inForce);
		case 'gaussian':
			return createGaussian(inForce);
		case 'laplace':
			return createLaplace(inForce);
		case 'shares':
			return createShares(inForce);
	}
}

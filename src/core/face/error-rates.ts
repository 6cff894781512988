import { upperBound } from '../audit/clopper-pearson.js';
import type { FacePairs } from './face-pairs.js';
import { DESCRIPTOR_BITS, fixedThreshold } from './fixed-match.js';

type Squares = Pick<FacePairs, 'same' | 'different'>;

/** How often a threshold is wrong. A pair is taken for one person where its distance is below the threshold. */
export interface ErrorRates {
	readonly threshold: number;
	/** Pairs of different people that are taken for one person, and their share: the false-accept rate. */
	readonly falseAccepts: number;
	readonly far: number;
	/** Pairs of one person that are not, and their share: the false-reject rate. */
	readonly falseRejects: number;
	readonly frr: number;
}

/** Thresholds have three decimals. */
const STEPS_PER_UNIT = 1000;
const CONFIDENCE = 0.95;

/** The rates as the parties would decide. Shape: both kinds ascending and not empty. Unit: distance, above 0 and below 4. */
export function ratesAt({ same, different }: Squares, threshold: number): ErrorRates {
	const limit = fixedThreshold(threshold);
	const falseAccepts = countBelow(different, limit);
	const falseRejects = same.length - countBelow(same, limit);
	return {
		threshold,
		falseAccepts,
		far: falseAccepts / different.length,
		falseRejects,
		frr: falseRejects / same.length,
	};
}

/**
 * The largest threshold of three decimals at which at most this share of the pairs of different people is taken for one;
 * undefined where two of them are too alike for any.
 */
export function thresholdFor({ different }: Squares, far: number, most: number): number | undefined {
	const allowed = Math.floor(far * different.length);
	if (allowed >= different.length) return most;
	const threshold = Math.floor(distanceOf(different[allowed]) * STEPS_PER_UNIT) / STEPS_PER_UNIT;
	return threshold > 0 ? Math.min(threshold, most) : undefined;
}

/**
 * Where both rates are equal, or as near to it as the pairs let them be: the mean of the two, and the middle of the
 * thresholds at which they are so.
 * Source: ISO/IEC 19795-1, equal error rate.
 */
export function equalErrorRate({ same, different }: Squares): { readonly eer: number; readonly threshold: number } {
	let best = { gap: Number.POSITIVE_INFINITY, eer: 1, threshold: 0 };
	let [accepted, rejected] = [0, same.length];
	let before = 0;
	// between two neighbouring distances nothing changes; beyond the last one everything is accepted
	while (accepted < different.length || rejected > 0) {
		const square = Math.min(different[accepted] ?? Infinity, same[same.length - rejected] ?? Infinity);
		const [far, frr] = [accepted / different.length, rejected / same.length];
		const gap = Math.abs(far - frr);
		const distance = distanceOf(square);
		if (gap < best.gap) best = { gap, eer: (far + frr) / 2, threshold: (before + distance) / 2 };
		while (different[accepted] === square) accepted++;
		while (same[same.length - rejected] === square) rejected--;
		before = distance;
	}
	return { eer: best.eer, threshold: best.threshold };
}

/**
 * The rate that so many errors in so many independent trials leave possible, at 95 % confidence: without any, about
 * 3 / trials, the rule of three. Pairs that share a picture are not independent, so for them it is a lower estimate.
 * Source: Clopper and Pearson, Biometrika 26 (1934), one-sided.
 */
export function rateAtMost(errors: number, trials: number): number {
	return upperBound(errors, trials, 1 - CONFIDENCE);
}

/** Pairs of different people without any error, from which this rate could be told. */
export function trialsFor(rate: number): number {
	return Math.ceil(Math.log(1 - CONFIDENCE) / Math.log1p(-rate));
}

/** Of a squared distance of integers. */
export function distanceOf(square: number): number {
	return Math.sqrt(square) / 2 ** DESCRIPTOR_BITS;
}

function countBelow(ascending: Int32Array, limit: number): number {
	let [low, high] = [0, ascending.length];
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (ascending[middle] < limit) low = middle + 1;
		else high = middle;
	}
	return low;
}

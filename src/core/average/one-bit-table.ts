import { floorExpNegative } from './exact-exp.js';
import { GRID_STEPS_PER_UNIT, gridSteps } from './parameter-guards.js';
import { roundUpMillionths } from './rounding.js';

const TWO_TO_32 = 4_294_967_296;

/** Fixed-point probabilities of the one-bit mechanism. */
export interface OneBitTable {
	/** P(1 | x) = thresholds[x] / 2^32, x = 0..255; thresholds[255 - x] = 2^32 - thresholds[x]. */
	readonly thresholds: Uint32Array;
	/** tanh(epsilon / 2) of this table: (thresholds[255] - thresholds[0]) / 2^32, exact. */
	readonly slope: number;
	/** ln(thresholds[255] / thresholds[0]), rounded up to a multiple of 1e-6. */
	readonly epsilon: number;
}

/**
 * Thresholds for at most `epsilon` per sample.
 * thresholds[0] = ceil(2^32 / (1 + e^epsilon)): rounding up keeps the ratio at or below e^epsilon. The rest lies on
 * the line to thresholds[255], rounded to the nearest integer (halves away from 1/2).
 * Derivation: neighbours are two values of one sample; P(1 | x) rises with x, so the largest ratio of
 * probabilities is P(1 | 255) / P(1 | 0), and by symmetry the same for a zero bit.
 * Error: P(1 | x) is within 2^-33 of the line, which biases a mean by at most 255 * 2^-33 / slope gray levels.
 */
export function createOneBitTable(epsilon: number): OneBitTable {
	const lowest = lowestThreshold(epsilon);
	const rise = TWO_TO_32 - 2 * lowest;
	const thresholds = new Uint32Array(256);
	for (let x = 0; x < 128; x++) {
		// x * rise < 2^40: exact, and the quotient is never a half because 255 is odd.
		const threshold = lowest + Math.round((x * rise) / 255);
		thresholds[x] = threshold;
		thresholds[255 - x] = TWO_TO_32 - threshold;
	}
	const ratio = (TWO_TO_32 - lowest) / lowest;
	return { thresholds, slope: rise / TWO_TO_32, epsilon: roundUpMillionths(Math.log(ratio)) };
}

/** ceil(2^32 / (1 + e^epsilon)), exactly, for epsilon on the grid of 0.001. */
function lowestThreshold(epsilon: number): number {
	const steps = BigInt(gridSteps(epsilon, 'down'));
	const decay = floorExpNegative(steps, BigInt(GRID_STEPS_PER_UNIT), 128);
	// 1 / (1 + e^epsilon) = d / (1 + d) with d = e^-epsilon; irrational, so the ceiling is the floor plus one. d is
	// known to 2^-128, the quotient therefore to 2^-96: no epsilon of the grid comes near an integer (tested).
	return Number((decay << 32n) / ((1n << 128n) + decay)) + 1;
}

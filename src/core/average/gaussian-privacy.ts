import { UserError } from '../errors.js';
import { createGaussianTails, type GaussianTails } from './gaussian-tails.js';
import { DELTA_RANGE, EPSILON_RANGE, SIGMA_RANGE } from './mechanism-parameters.js';
import { GRID_STEPS_PER_UNIT, requireNumber } from './parameter-guards.js';
import { roundUpMillionths } from './rounding.js';

/** Two values of a sample lie at most this far apart. */
const SENSITIVITY = 255;

/** Rounding of the tails must not make a delta look smaller than it is. */
const TAIL_SLACK = 1 + 1e-9;

/**
 * The smallest delta for which one sample with discrete Gaussian noise is (epsilon, delta)-DP.
 * Neighbours: one sample replaced by any other value, 255 away at worst.
 * Derivation: P(y)/P(y - d) > e^epsilon exactly where y < d/2 - epsilon sigma^2/d, so by symmetry
 * delta = P(y > epsilon sigma^2/d - d/2) - e^epsilon P(y > epsilon sigma^2/d + d/2).
 * Error: at most 1e-9 relative above the truth. Source: Canonne, Kamath, Steinke 2020, Theorem 7.
 */
export function deltaOfGaussianSample(tails: GaussianTails, epsilon: number, distance = SENSITIVITY): number {
	const centre = (epsilon * tails.sigma ** 2) / distance;
	const above = (bound: number) => tails.atLeast(Math.floor(bound) + 1);
	const gain = above(centre - distance / 2) * TAIL_SLACK;
	const loss = above(centre + distance / 2);
	// Where e^epsilon is beyond a double the subtrahend is left out, which can only raise delta.
	return loss === 0 || epsilon > 700 ? gain : Math.max(0, gain - Math.exp(epsilon) * loss);
}

/**
 * The smallest epsilon for which one sample is (epsilon, delta)-DP, rounded up to a multiple of 1e-6.
 * Neighbours as in `deltaOfGaussianSample`.
 */
export function epsilonOfGaussianSample(tails: GaussianTails, delta: number): number {
	let low = 0;
	// Here the gain alone is below the 14 sigma tail.
	let high = ((14 * tails.sigma + SENSITIVITY) * SENSITIVITY) / tails.sigma ** 2;
	for (let step = 0; step < 60; step++) {
		const middle = (low + high) / 2;
		if (deltaOfGaussianSample(tails, middle) <= delta) high = middle;
		else low = middle;
	}
	return roundUpMillionths(high);
}

/**
 * The smallest sigma on the grid of 0.001 that gives one sample (epsilon, delta)-DP by the exact criterion.
 * Unit: gray levels.
 * Throws: UserError for arguments outside their range, or where no sigma up to 8,192 is enough.
 */
export function sigmaFor(epsilon: number, delta: number): number {
	requireNumber('user', 'epsilon', epsilon, EPSILON_RANGE);
	requireNumber('user', 'delta', delta, DELTA_RANGE);
	const isEnough = (steps: number) =>
		deltaOfGaussianSample(createGaussianTails(steps / GRID_STEPS_PER_UNIT), epsilon) <= delta;
	let tooSmall: number = SIGMA_RANGE.min * GRID_STEPS_PER_UNIT;
	let enough: number = SIGMA_RANGE.max * GRID_STEPS_PER_UNIT;
	if (!isEnough(enough)) {
		throw new UserError(
			'session-parameter',
			`epsilon ${epsilon} with delta ${delta} needs a sigma above ${SIGMA_RANGE.max}`,
			{
				hint: 'Choose a larger epsilon or delta, or one-bit.',
			},
		);
	}
	while (enough - tooSmall > 1) {
		const middle = Math.floor((tooSmall + enough) / 2);
		if (isEnough(middle)) enough = middle;
		else tooSmall = middle;
	}
	return enough / GRID_STEPS_PER_UNIT;
}

import { DataError, UserError } from '../errors.js';
import type { SignWindow } from '../mpc/steps/sign.js';

/** Numbers of a face's descriptor. */
export const DESCRIPTOR_LENGTH = 128;

/**
 * Fractional bits of a descriptor on shares, those that the network on shares computes with. Descriptors are of norm 1 to
 * 1.5; rounding moves each of two by at most sqrt(128) / 2 * 2^-10 = 0.0056, so their distance by at most 0.011, and
 * typically, along the line between them, by 0.0004. What follows is exact: sums of products of integers.
 */
export const DESCRIPTOR_BITS = 10;

/** Norms stay below this, so that squared distances are below 16 * 2^20, and 25 bits tell any two of them apart. */
const NORM_LIMIT = 2;

/** The bits that decide over a difference of squared distances: all there are, so signs are exact. */
export const DISTANCE_SIGN: SignWindow = { from: 0, to: 2 * DESCRIPTOR_BITS + 5 };

/**
 * A descriptor as integers, each coordinate rounded to the nearest.
 * Throws: DataError for another number of coordinates, or a norm of 2 or more.
 */
export function fixedDescriptor(values: ArrayLike<number>, name: string): Int32Array {
	const fixed = Int32Array.from(values, (value) => Math.round(value * 2 ** DESCRIPTOR_BITS));
	const square = fixed.reduce((sum, value) => sum + value * value, 0);
	const allFinite = Array.from(values).every(Number.isFinite);
	if (!allFinite || fixed.length !== DESCRIPTOR_LENGTH || square >= NORM_LIMIT ** 2 * 4 ** DESCRIPTOR_BITS) {
		const message = `${name}: expected ${DESCRIPTOR_LENGTH} numbers of a norm below ${NORM_LIMIT}`;
		throw new DataError('bad-descriptor', message, { hint: 'Descriptors of the face network have norms of 1 to 1.5.' });
	}
	return fixed;
}

/**
 * A threshold of the distance as one of the squared distance of integers: d < threshold is d^2 < this, rounded up.
 * Throws: UserError unless it lies between 0 and 4.
 */
export function fixedThreshold(threshold: number): number {
	if (threshold > 0 && threshold < 2 * NORM_LIMIT) return Math.ceil((threshold * 2 ** DESCRIPTOR_BITS) ** 2);
	throw new UserError(
		'bad-threshold',
		`threshold: expected more than 0 and less than ${2 * NORM_LIMIT}, got ${threshold}`,
	);
}

/** Squared distances of the integers, which the parties compute on shares. Shape: templates count x length. Error: exact. */
export function squaredDistances(probe: Int32Array, templates: Int32Array): Int32Array {
	return Int32Array.from({ length: templates.length / probe.length }, (_, row) => {
		let sum = 0;
		for (let i = 0; i < probe.length; i++) sum += (probe[i] - templates[row * probe.length + i]) ** 2;
		return sum;
	});
}

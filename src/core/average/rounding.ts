/**
 * The smallest multiple of 1e-6 that is not below `value`, for figures that must not flatter.
 * Error: 1e-14 of slack, relative for values above 1, covers the rounding of the logarithm before and of the quotient.
 */
export function roundUpMillionths(value: number): number {
	return Math.ceil((value + 1e-14 * Math.max(1, value)) * 1e6) / 1e6;
}

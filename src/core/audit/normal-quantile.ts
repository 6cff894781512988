const POLYNOMIALS = {
	middle: [
		[3.3871327179, 50.434271938, 159.29113202, 59.10937472],
		[1, 17.895169469, 78.757757664, 67.1875636],
	],
	tail: [
		[1.4234372777, 2.75681539, 1.3067284816, 0.17023821103],
		[1, 0.7370016425, 0.12021132975],
	],
	far: [
		[6.657905115, 3.081226386, 0.42868294337, 0.017337203997],
		[1, 0.24197894225, 0.012258202635],
	],
} as const;

/** The x with P(normal <= x) = p, for p in 0..1. Error: about 1e-7 relative. Source: Wichura 1988, AS 241 (PPND7). */
export function normalQuantile(p: number): number {
	if (p <= 0) return Number.NEGATIVE_INFINITY;
	if (p >= 1) return Number.POSITIVE_INFINITY;
	const q = p - 0.5;
	if (Math.abs(q) <= 0.425) return q * ratio(POLYNOMIALS.middle, 0.180625 - q * q);
	const r = Math.sqrt(-Math.log(Math.min(p, 1 - p)));
	const size = r <= 5 ? ratio(POLYNOMIALS.tail, r - 1.6) : ratio(POLYNOMIALS.far, r - 5);
	return q < 0 ? -size : size;
}

function ratio([above, below]: readonly [readonly number[], readonly number[]], x: number): number {
	return valueAt(above, x) / valueAt(below, x);
}

function valueAt(coefficients: readonly number[], x: number): number {
	return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

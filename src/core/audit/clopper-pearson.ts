/**
 * Lower bound on a probability of which `hits` of `trials` were seen: too high with a chance of `alpha` at most, exactly.
 * Source: Clopper, Pearson 1934: the p for which so many hits or more have probability alpha.
 */
export function lowerBound(hits: number, trials: number, alpha: number): number {
	return hits === 0 ? 0 : betaQuantile(alpha, hits, trials - hits + 1);
}

/** Upper bound, too low with a chance of `alpha` at most. */
export function upperBound(hits: number, trials: number, alpha: number): number {
	return 1 - lowerBound(trials - hits, trials, alpha);
}

/** The x with I_x(a, b) = p, by halving. Error: 1e-15, and that of `incompleteBeta`. */
function betaQuantile(p: number, a: number, b: number): number {
	let low = 0;
	let high = 1;
	for (let step = 0; step < 60; step++) {
		const middle = (low + high) / 2;
		if (incompleteBeta(middle, a, b) < p) low = middle;
		else high = middle;
	}
	return low;
}

/**
 * The regularised incomplete beta function I_x(a, b), for a, b >= 1.
 * Error: about 1e-10 relative. Source: the continued fraction of Abramowitz, Stegun 26.5.8, by Lentz's method.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
	if (x <= 0) return 0;
	if (x >= 1) return 1;
	// the fraction converges fast on one side of the mean only
	if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
	const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b)) / a;
	const tiny = 1e-300;
	let c = 1;
	let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1), tiny);
	let fraction = d;
	for (let m = 1; m <= 10_000; m++) {
		const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
		const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
		let change = 1;
		for (const term of [even, odd]) {
			d = 1 / nonZero(1 + term * d, tiny);
			c = nonZero(1 + term / c, tiny);
			change = c * d;
			fraction *= change;
		}
		if (Math.abs(change - 1) < 1e-14) break;
	}
	return front * fraction;
}

function nonZero(value: number, tiny: number): number {
	return Math.abs(value) < tiny ? tiny : value;
}

function logBeta(a: number, b: number): number {
	return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** ln Gamma(x) for x >= 1, by Stirling's series above 10. Error: about 1e-13 relative. */
function logGamma(x: number): number {
	let [shift, z] = [0, x];
	for (; z < 10; z++) shift -= Math.log(z);
	const r = 1 / (z * z);
	const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / z;
	return shift + (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series;
}

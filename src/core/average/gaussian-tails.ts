/** Where the tables end: P(|y| > 14 sigma) < 2e-44. */
const TABLE_SIGMAS = 14;

/** Probabilities of the discrete Gaussian, for accounting. Floating point is good enough here, not for sampling. */
export interface GaussianTails {
	readonly sigma: number;
	/** A little below sigma^2. */
	readonly variance: number;
	/** P(y >= k) for an integer k; 0 beyond 14 sigma. Error: about 1e-12 relative. */
	atLeast(k: number): number;
}

/** Sums the probabilities from the far end, so that small tails keep their digits. */
export function createGaussianTails(sigma: number): GaussianTails {
	const length = Math.ceil(TABLE_SIGMAS * sigma) + 2;
	const tails = new Float64Array(length);
	let weight = 0;
	let weightedSquares = 0;
	for (let k = length - 1; k >= 0; k--) {
		const density = Math.exp(-(k * k) / (2 * sigma * sigma));
		weight += density;
		weightedSquares += k * k * density;
		tails[k] = weight;
	}
	// Twice the right half, less the middle that both halves hold.
	const total = 2 * weight - 1;
	for (let k = 0; k < length; k++) tails[k] /= total;
	const upper = (k: number) => (k < length ? tails[k] : 0);
	return {
		sigma,
		variance: (2 * weightedSquares) / total,
		atLeast: (k) => (k >= 0 ? upper(k) : 1 - upper(1 - k)),
	};
}

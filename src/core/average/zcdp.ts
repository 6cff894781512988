import { roundUpMillionths } from './rounding.js';

/**
 * The (epsilon, delta)-DP that rho-zCDP gives, as epsilon for a delta in 0..1, rounded up to a multiple of 1e-6.
 * Derivation: for every alpha > 1, epsilon = alpha rho + ln(1 - 1/alpha) + ln(1 / (delta alpha)) / (alpha - 1). Each
 * alpha gives a valid bound, so a search that misses the best one is only less tight. The search runs over
 * ln(alpha - 1), in which the bound falls and then rises.
 * Source: Canonne, Kamath, Steinke 2020 (arXiv 2004.00010), Proposition 12 and Corollary 13.
 */
export function epsilonOfZcdp(rho: number, delta: number): number {
	const bound = (logExcess: number): number => {
		const excess = Math.exp(logExcess);
		const alpha = 1 + excess;
		return alpha * rho + (logExcess - Math.log1p(excess)) - (Math.log(delta) + Math.log1p(excess)) / excess;
	};
	let low = -40;
	let high = 40;
	for (let step = 0; step < 200; step++) {
		const left = low + (high - low) / 3;
		const right = high - (high - low) / 3;
		if (bound(left) <= bound(right)) high = right;
		else low = left;
	}
	return roundUpMillionths(Math.max(0, bound((low + high) / 2)));
}

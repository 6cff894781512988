/**
 * The largest picture whose reports leave int16 with a probability of at most 2^-40.
 * `upperTail(k)` is P(noise >= k) of a distribution symmetric about 0.
 * Derivation: x + noise leaves -32768..32767 with P(noise >= 32768 - x) + P(noise >= 32769 + x). Both tails are convex
 * and falling, so the sum is largest at an end of 0..255, and at 255 one of them is nearest. Over n samples at most n
 * times that, which is also the truth up to its square.
 */
export function maxSampleCountWithinInt16(upperTail: (k: number) => number): number {
	const perSample = upperTail(32_768 - 255) + upperTail(32_769 + 255);
	return Math.floor(2 ** -40 / perSample);
}

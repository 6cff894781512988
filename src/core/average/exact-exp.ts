/** Terms of the series of e^x stay below this many, for x up to a few hundred at any precision used here. */
const FIRST_GUARD_BITS = 64;

/**
 * floor(2^bits e^(-p/q)), exactly, for p >= 0, q >= 1.
 * Error: none. e^(p/q) is enclosed by its series; the precision doubles until both ends have the same floor, which
 * happens because e^(-p/q) is irrational for p > 0.
 */
export function floorExpNegative(p: bigint, q: bigint, bits: number): bigint {
	if (p === 0n) return 1n << BigInt(bits);
	// e^-bits < 2^-bits
	if (p >= q * BigInt(bits)) return 0n;
	for (let guardBits = FIRST_GUARD_BITS; ; guardBits *= 2) {
		// e^(p/q) may be as large as 2^(1.45 bits): the enclosure is relative, so this precision does.
		const precision = BigInt(bits + guardBits);
		const [low, high] = encloseExp(p, q, precision);
		const numerator = 1n << (BigInt(bits) + precision);
		const floorLow = numerator / high;
		const floorHigh = numerator / low;
		if (floorLow === floorHigh) return floorLow;
	}
}

/**
 * Integers low <= 2^precision e^(p/q) <= high.
 * Each of J terms is rounded down by less than 1, and later terms carry that error multiplied by at most e^(p/q) in
 * all; so does the tail after the first term below 1 once j > 2p/q. Hence the sum is short by less than (J + 2) e^(p/q),
 * and e^(p/q) <= 2 low / 2^precision.
 */
function encloseExp(p: bigint, q: bigint, precision: bigint): [low: bigint, high: bigint] {
	let term = 1n << precision;
	let low = 0n;
	let j = 0n;
	while (term > 0n || j * q <= 2n * p) {
		low += term;
		j += 1n;
		term = (term * p) / (q * j);
	}
	return [low, low + ((2n * (j + 2n) * low) >> precision) + 1n];
}

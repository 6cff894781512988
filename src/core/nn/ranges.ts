/** Bits [from, to) of a value that a sign is taken from: exact but for 0 <= x <= 2^from - 2, which may be called negative. */
export interface SignWindow {
	readonly from: number;
	readonly to: number;
}

/** What a node's integers were before their truncation, in one run. */
export interface NodeRange {
	/** Output tensor of the node. */
	readonly name: string;
	/** Smallest and largest value before truncation, before it wraps; the nearest float64 from 2^53 on. */
	readonly min: number;
	readonly max: number;
	/** By how many bits it is truncated. */
	readonly truncation: number;
	/** Bits of room between the largest value and what the node allows; negative: the result is wrong. */
	readonly headroomBits: number;
	/** One sentence for each range that was left. */
	readonly problems: readonly string[];
}

/** What is asked of values: a truncation needs |y| < 2^(ringBits - 2), a sign its window, all else the ring. */
export interface RangeRule {
	readonly name: string;
	readonly ringBits: number;
	readonly truncation: number;
	/** Of a ReLU or the differences of a max-pool. */
	readonly window?: SignWindow | undefined;
}

/** Compares values, or for a max-pool their differences, with the rule, exactly. Source of the bounds: see `SignWindow`. */
export function judgeRange(min: number | bigint, max: number | bigint, rule: RangeRule): NodeRange {
	const { name, ringBits, truncation, window } = rule;
	const problems: string[] = [];
	const limitBits = ringBits - (truncation > 0 ? 2 : 1);
	// bounds of 64 bits are no float64; comparing a bigint with either kind of number is exact
	const bound = 2n ** BigInt(limitBits);
	const tooLow = truncation > 0 ? min <= -bound : min < -bound;
	if (tooLow || max >= bound) {
		const limit =
			truncation > 0 ? `a truncation in ${ringBits} bits takes up to 2^${limitBits}` : `it wraps at 2^${limitBits}`;
		problems.push(`${name}: ${min} to ${max}, ${limit}`);
	}
	let allowed = bound;
	if (window !== undefined) {
		const highest = 2n ** BigInt(window.to - 1);
		const lowest = 2n ** BigInt(window.from) - highest;
		if (highest < allowed) allowed = highest;
		if (min < lowest || max >= highest) {
			problems.push(`${name}: ${min} to ${max}, its sign is read from ${lowest} to below ${highest}`);
		}
	}
	const [least, most] = [Number(min), Number(max)];
	const headroomBits = Math.log2(Number(allowed)) - Math.log2(Math.max(1, -least, most));
	return { name, min: least, max: most, truncation, headroomBits, problems };
}

/** Smallest and largest of values; 0 and 0 for none. */
export function extremes(values: Float64Array): { readonly min: number; readonly max: number } {
	let min = values.length === 0 ? 0 : Number.POSITIVE_INFINITY;
	let max = values.length === 0 ? 0 : Number.NEGATIVE_INFINITY;
	for (const value of values) {
		if (value < min) min = value;
		if (value > max) max = value;
	}
	return { min, max };
}

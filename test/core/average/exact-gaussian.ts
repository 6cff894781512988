// Canonne, Kamath, Steinke 2020 worked through with fractions of whole numbers: no floating point, no table, and nothing
// of src/. Slow, and the specification of what `createDiscreteGaussian` does with a stream of words.

/** numerator / denominator, both >= 0. */
interface Fraction {
	readonly n: bigint;
	readonly d: bigint;
}

const WORD = 2n ** 32n;
/** Bounds on e^-x are whole multiples of 1 / SCALE, rounded away from it. */
const SCALE = 2n ** 400n;

type Bounds = readonly [low: bigint, high: bigint];

const times = ([a, b]: Bounds, [c, d]: Bounds): Bounds => [(a * c) / SCALE, (b * d + SCALE - 1n) / SCALE];

/** e^-x for x = n/d <= 1: sums of an odd and an even number of terms of the alternating series lie on either side of it. */
function boundsBelowOne({ n, d }: Fraction): Bounds {
	let [low, high]: Bounds = [0n, 0n];
	let [termLow, termHigh]: Bounds = [SCALE, SCALE];
	let over = SCALE;
	// 1/90! is below 2^-450; an even number of terms, so that the sum is below, and the one before it above
	for (let j = 1n; j <= 90n; j++) {
		[low, high] = j % 2n === 1n ? [low + termLow, high + termHigh] : [low - termHigh, high - termLow];
		if (j % 2n === 1n) over = high;
		termLow = (termLow * n) / (d * j);
		termHigh = (termHigh * n + d * j - 1n) / (d * j);
	}
	return [low, over];
}

const ONE_OVER_E = boundsBelowOne({ n: 1n, d: 1n });

/** Bounds on e^(-n/d) in units of 1 / SCALE. */
export function boundsOfExp({ n, d }: Fraction): Bounds {
	let bounds = boundsBelowOne({ n: n % d, d });
	let power = ONE_OVER_E;
	for (let rest = n / d; rest > 0n; rest /= 2n) {
		if (rest % 2n === 1n) bounds = times(bounds, power);
		power = times(power, power);
	}
	return bounds;
}

/** A number uniform on 0..1 of which only some leading bits are drawn: it lies in [drawn, drawn + 1) / 2^bits. */
function lazyUniform(word: () => bigint) {
	let [drawn, unit] = [word(), WORD];
	return (x: Fraction): boolean => {
		if (x.n === 0n) return true;
		const [low, high] = boundsOfExp(x);
		for (;;) {
			if ((drawn + 1n) * SCALE <= low * unit) return true;
			if (drawn * SCALE >= high * unit) return false;
			if (unit > WORD ** 10n) throw new Error('the bounds are too wide for this stream');
			drawn = drawn * WORD + word();
			unit *= WORD;
		}
	};
}

/** Algorithm 2 for scale t = 2^k: P(y) proportional to e^(-|y| / t). */
function drawLaplace(t: bigint, word: () => bigint): bigint {
	for (;;) {
		const first = word();
		const u = first % t;
		if (!lazyUniform(word)({ n: u, d: t })) continue;
		const isBelow = lazyUniform(word);
		let v = 0n;
		while (isBelow({ n: v + 1n, d: 1n })) v++;
		const magnitude = u + t * v;
		if (first < WORD / 2n) return magnitude;
		if (magnitude > 0n) return -magnitude;
	}
}

/** The exponent of Algorithm 3 for |y| and sigma^2 = a/b: (|y| - sigma^2 / t)^2 / (2 sigma^2). */
export function acceptExponent(magnitude: bigint, t: bigint, { n: a, d: b }: Fraction): Fraction {
	const root = magnitude * t * b - a;
	return { n: root * root, d: 2n * a * b * t * t };
}

/** The power of two in (3/4 sigma, 3/2 sigma]. */
export function scaleFor({ n: a, d: b }: Fraction): bigint {
	let t = 1n;
	while (16n * t * t * b <= 9n * a) t *= 2n;
	return t;
}

/** One draw with sigma^2 = variance, from 32-bit words. */
export function drawExactGaussian(variance: Fraction, word: () => bigint): bigint {
	const t = scaleFor(variance);
	for (;;) {
		const y = drawLaplace(t, word);
		if (lazyUniform(word)(acceptExponent(y < 0n ? -y : y, t, variance))) return y;
	}
}

import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { planeBytes, type RingKernel, type WindowShape } from '../../../src/core/kernels/ring.js';
import { referenceRing } from '../../../src/core/kernels/ring-reference.js';
import { referenceRing64 } from '../../../src/core/kernels/ring64-reference.js';
import { type KernelBuild, kernelBuilds64 } from './kernel-builds.js';

const MOST = 2n ** 63n - 1n;
const LEAST = -(2n ** 63n);
const word = fc.oneof(
	{ weight: 4, arbitrary: fc.bigInt({ min: LEAST, max: MOST }) },
	{ weight: 1, arbitrary: fc.constantFrom(0n, 1n, -1n, MOST, LEAST, 2n ** 62n, -(2n ** 62n), 2n ** 32n, 2n ** 31n) },
);
const words = fc.infiniteStream(word);
const take = (stream: Iterator<bigint>, count: number) =>
	BigInt64Array.from({ length: count }, () => stream.next().value ?? 0n);
const takeBits = (stream: Iterator<bigint>, count: number) =>
	Uint8Array.from({ length: planeBytes(count) }, () => Number(BigInt.asUintN(8, stream.next().value ?? 0n)));
const onHeap = (values: ArrayLike<bigint>) => BigInt64Array.from(Array.from(values));
const OPTIONS = { numRuns: 100, seed: 12 };

/** Lengths around the vectors of 16 and 128 values. */
const lengths = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 120, max: 280 }));

const windows: fc.Arbitrary<WindowShape> = fc
	.record({
		channels: fc.integer({ min: 1, max: 3 }),
		height: fc.integer({ min: 1, max: 10 }),
		width: fc.integer({ min: 1, max: 23 }),
		kernelHeight: fc.integer({ min: 1, max: 4 }),
		kernelWidth: fc.integer({ min: 1, max: 4 }),
		strideY: fc.integer({ min: 1, max: 3 }),
		strideX: fc.constantFrom(1, 1, 2, 3),
		dilationY: fc.integer({ min: 1, max: 2 }),
		dilationX: fc.integer({ min: 1, max: 2 }),
		padTop: fc.integer({ min: 0, max: 3 }),
		padLeft: fc.integer({ min: 0, max: 3 }),
		below: fc.integer({ min: 0, max: 3 }),
	})
	.map(({ below, ...window }) => {
		const outputs = (size: number, pad: number, kernel: number, stride: number, dilation: number) =>
			Math.floor((size + pad + below - dilation * (kernel - 1) - 1) / stride) + 1;
		const { height, padTop, kernelHeight, strideY, dilationY } = window;
		const { width, padLeft, kernelWidth, strideX, dilationX } = window;
		const outHeight = outputs(height, padTop, kernelHeight, strideY, dilationY);
		return { ...window, outHeight, outWidth: outputs(width, padLeft, kernelWidth, strideX, dilationX) };
	})
	.filter(({ outHeight, outWidth }) => outHeight > 0 && outWidth > 0);

interface Given {
	readonly words: readonly BigInt64Array[];
	readonly planes: readonly Uint8Array[];
}

/** Each operation that goes through its arrays once, with an f that depends on the length. */
const elementwise: Record<string, (ring: RingKernel, out: BigInt64Array, given: Given) => void> = {
	addInto: (ring, out, { words: [a, b] }) => ring.addInto(out, a, b),
	subtractInto: (ring, out, { words: [a, b] }) => ring.subtractInto(out, a, b),
	negateInto: (ring, out, { words: [a] }) => ring.negateInto(out, a),
	scaleInto: (ring, out, { words: [a] }) => ring.scaleInto(out, a, -6_148_914_691_236_517),
	scaleByPower: (ring, out, { words: [a] }) => ring.scaleInto(out, a, 2 ** 61),
	addZeroShareInto: (ring, out, { words: [a, b, c] }) => ring.addZeroShareInto(out, a, b, c),
	multiplyElementsInto: (ring, out, { words: [a, b] }) => ring.multiplyElementsInto(out, a, b),
	truncateFirstInto: (ring, out, { words: [a, b], planes: [p, q, r] }) =>
		ring.truncateFirstInto(out, a, 1 + (a.length % 62), { first: p, second: q, phi: r }, b),
	truncateSecondInto: (ring, out, { words: [a, b], planes: [p, q] }) =>
		ring.truncateSecondInto(out, a, 1 + (a.length % 62), { first: p, second: q }, b),
	bitMinusInto: (ring, out, { words: [a], planes: [p] }) => ring.bitMinusInto(out, p, a),
	selectedMinusInto: (ring, out, { words: [a, b, c], planes: [p] }) => ring.selectedMinusInto(out, p, a, b, c),
	selectInto: (ring, out, { words: [a, b, c, d], planes: [p] }) =>
		ring.selectInto(out, p, { half: a, rho: b, y: c, g: d }),
};

const behaviours: Record<string, (t: ExecutionContext, build: KernelBuild) => void> = {
	'wraps sums, differences and products': (t, { ring, int64 }) => {
		const out = int64([0n, 0n, 0n, 0n]);
		const a = int64([MOST, LEAST, 0n, 2n ** 32n + 1n]);
		ring.addInto(out, a, int64([1n, -1n, 0n, 1n]));
		t.deepEqual([...out], [LEAST, MOST, 0n, 2n ** 32n + 2n]);
		ring.subtractInto(out, int64([LEAST, MOST, 0n, 0n]), int64([1n, -1n, 0n, LEAST]));
		t.deepEqual([...out], [MOST, LEAST, 0n, LEAST]);
		ring.negateInto(out, a);
		t.deepEqual([...out], [-MOST, LEAST, 0n, -(2n ** 32n) - 1n]);
		ring.multiplyElementsInto(out, a, int64([2n, 2n, 9n, 2n ** 32n + 1n]));
		t.deepEqual([...out], [-2n, 0n, 0n, 2n ** 33n + 1n]);
	},
	'multiplies matrices by hand and adds': (t, { ring, int64 }) => {
		const out = int64([100n, 0n, 0n, 0n]);
		const shape = { rows: 2, inner: 3, columns: 2 };
		ring.multiplyAddInto(out, int64([1n, 2n, 3n, 4n, 5n, 6n]), int64([7n, 8n, 9n, 10n, 11n, 12n]), shape);
		t.deepEqual([...out], [158n, 64n, 139n, 154n]);
	},
	'multiplies as the reference does, at any sizes': (t, build) => {
		const sizes = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(16, 17));
		const inners = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(255, 256, 257, 520));
		fc.assert(
			fc.property(sizes, inners, sizes, words, (rows, inner, columns, stream) => {
				const shape = { rows, inner, columns };
				const left = { first: take(stream, rows * inner), second: take(stream, rows * inner) };
				const right = { first: take(stream, inner * columns), second: take(stream, inner * columns) };
				const start = take(stream, rows * columns);
				const run = (ring: RingKernel, put: (values: ArrayLike<bigint>) => BigInt64Array) => {
					const [plain, shared] = [put(start), put(start)];
					const lefts = { first: put(left.first), second: put(left.second) };
					const rights = { first: put(right.first), second: put(right.second) };
					ring.multiplyAddInto(plain, lefts.first, rights.first, shape);
					ring.multiplySharedAddInto(shared, lefts, rights, shape);
					return [plain, shared];
				};
				const got = run(build.ring, build.int64);
				const same = run(referenceRing64, onHeap).every((expected, i) => equal(got[i], expected));
				build.checkAndReset();
				return same;
			}),
			{ ...OPTIONS, numRuns: 60 },
		);
		t.pass();
	},
	'multiplies and convolves modulo 2^32 as the ring of 32 bits does': (t, build) => {
		const { ring, int64 } = build;
		const low = (values: BigInt64Array) => Int32Array.from(values, (value) => Number(BigInt.asIntN(32, value)));
		fc.assert(
			fc.property(windows, fc.integer({ min: 1, max: 5 }), words, (window, rows, stream) => {
				const inner = window.channels * window.kernelHeight * window.kernelWidth;
				const plane = window.outHeight * window.outWidth;
				const samples = window.channels * window.height * window.width;
				const [left, second] = [int64(take(stream, rows * inner)), int64(take(stream, rows * inner))];
				const [image, other] = [int64(take(stream, samples)), int64(take(stream, samples))];
				const out = int64(new BigInt64Array(rows * plane).fill(5n));
				ring.convolveSharedAddInto(out, { first: left, second }, { first: image, second: other }, window);
				const expected = new Int32Array(rows * plane).fill(5);
				const lefts = { first: low(left), second: low(second) };
				referenceRing.convolveSharedAddInto(expected, lefts, { first: low(image), second: low(other) }, window);
				const columns = int64(new BigInt64Array(inner * plane));
				ring.columnsInto(columns, image, window);
				const expectedColumns = new Int32Array(inner * plane);
				referenceRing.columnsInto(expectedColumns, low(image), window);
				const same = equal(low(out), expected) && equal(low(columns), expectedColumns);
				build.checkAndReset();
				return same;
			}),
			OPTIONS,
		);
		t.pass();
	},
	'moves windows as the reference does, whatever strides and padding': (t, build) => {
		fc.assert(
			fc.property(windows, fc.integer({ min: 1, max: 6 }), words, (window, rows, stream) => {
				const inner = window.channels * window.kernelHeight * window.kernelWidth;
				const plane = window.outHeight * window.outWidth;
				const samples = window.channels * window.height * window.width;
				const image = { first: take(stream, samples), second: take(stream, samples) };
				const left = { first: take(stream, rows * inner), second: take(stream, rows * inner) };
				const place = { u: window.kernelHeight - 1, v: window.kernelWidth >> 1, outside: -(2 ** 61) };
				const run = (kernel: RingKernel, put: (values: ArrayLike<bigint>) => BigInt64Array) => {
					const images = { first: put(image.first), second: put(image.second) };
					const lefts = { first: put(left.first), second: put(left.second) };
					const dirty = (length: number) => put(new BigInt64Array(length).fill(-3n));
					const outs = {
						columns: dirty(inner * plane),
						tap: dirty(window.channels * plane),
						sums: dirty(window.channels * plane),
						rowSums: dirty(window.channels * window.height),
						product: dirty(rows * plane),
						shared: dirty(rows * plane),
						biased: dirty(window.channels * plane),
					};
					kernel.columnsInto(outs.columns, images.first, window);
					kernel.tapInto(outs.tap, images.first, window, place);
					kernel.windowSumInto(outs.sums, images.first, window);
					kernel.rowSumInto(outs.rowSums, images.first);
					kernel.convolveAddInto(outs.product, lefts.first, images.first, window);
					kernel.convolveSharedAddInto(outs.shared, lefts, images, window);
					kernel.addBiasInto(outs.biased, images.first.subarray(0, window.channels), plane);
					return Object.values(outs).map((out) => [...out]);
				};
				t.deepEqual(run(build.ring, build.int64), run(referenceRing64, onHeap));
				build.checkAndReset();
			}),
			OPTIONS,
		);
	},
	'works through arrays as the reference does, in place too': (t, build) => {
		for (const [name, operation] of Object.entries(elementwise)) {
			fc.assert(
				fc.property(lengths, words, (length, stream) => {
					const values = Array.from({ length: 4 }, () => take(stream, length));
					const bits = Array.from({ length: 3 }, () => takeBits(stream, length));
					const given = { words: values.map(build.int64), planes: bits.map(build.bytes) };
					const out = build.int64(new BigInt64Array(length));
					operation(build.ring, out, given);
					operation(build.ring, given.words[0], given);
					const expected = new BigInt64Array(length);
					operation(referenceRing64, expected, { words: values.map(onHeap), planes: bits });
					const same = equal(out, expected) && equal(given.words[0], expected);
					build.checkAndReset();
					return same;
				}),
				{ ...OPTIONS, numRuns: 70 },
			);
			t.pass(name);
		}
	},
	'takes sign bits, with zeros behind the last one': (t, build) => {
		const { ring, int64, bytes } = build;
		const bits = bytes(new Uint8Array(16).fill(255));
		ring.msbInto(bits, int64([-1n, 0n, LEAST, MOST, 2n ** 31n, -5n]));
		t.deepEqual([...bits], [0b10_0101, ...new Array(15).fill(0)]);
		ring.truncateFirstBitInto(bits, int64([0n, -(2n ** 62n) - 1n, 2n ** 62n - 1n, 2n ** 62n]));
		t.deepEqual([...bits], [0b0101, ...new Array(15).fill(0)]);
		ring.truncateSecondBitInto(bits, int64([0n, 1n, -1n, LEAST]));
		t.deepEqual([...bits], [0b1010, ...new Array(15).fill(0)]);
		build.checkAndReset();
		fc.assert(
			fc.property(lengths, words, (length, stream) => {
				const values = take(stream, length);
				const run = (kernel: RingKernel, there: BigInt64Array, put: (values: Uint8Array) => Uint8Array) => {
					const got = [0, 1, 2].map(() => put(new Uint8Array(planeBytes(length)).fill(255)));
					kernel.msbInto(got[0], there);
					kernel.truncateFirstBitInto(got[1], there);
					kernel.truncateSecondBitInto(got[2], there);
					return got;
				};
				const got = run(ring, int64(values), bytes);
				const same = run(referenceRing64, values, (fresh) => fresh).every((plane, i) => equal(got[i], plane));
				build.checkAndReset();
				return same;
			}),
			OPTIONS,
		);
	},
	'truncates two halves to the floor or one above': (t, build) => {
		const { ring, int64, bytes } = build;
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 62 }), words, (f, stream) => {
				const length = 37;
				const y = take(stream, length).map((value) => value >> 1n);
				const y1 = int64(take(stream, length));
				const y0 = int64(y);
				ring.subtractInto(y0, y0, y1);
				const s0 = int64(take(stream, length));
				const phi = bytes(takeBits(stream, length));
				const psi = bytes(takeBits(stream, length));
				const both = bytes(phi.map((byte, i) => byte & psi[i]));
				const s1 = int64(new BigInt64Array(length));
				ring.bitMinusInto(s1, both, s0);
				const [e, d] = [0, 1].map(() => bytes(new Uint8Array(planeBytes(length))));
				ring.truncateFirstBitInto(e, y0);
				ring.truncateSecondBitInto(d, y1);
				for (let i = 0; i < e.length; i++) {
					e[i] ^= phi[i];
					d[i] ^= psi[i];
				}
				ring.truncateFirstInto(y0, y0, f, { first: e, second: d, phi }, s0);
				ring.truncateSecondInto(y1, y1, f, { first: e, second: d }, s1);
				ring.addInto(y0, y0, y1);
				const right = y.every((value, i) => {
					const floor = value >> BigInt(f);
					// the least value of all lies on the edge, |y| = 2^62, which is out of range
					return value === -(2n ** 62n) || y0[i] === floor || y0[i] === floor + 1n;
				});
				build.checkAndReset();
				return right;
			}),
			OPTIONS,
		);
		t.pass();
	},
	'selects a shared value by a shared bit': (t, { ring, int64, bytes }) => {
		const stream = fc.sample(words, { numRuns: 1, seed: 5 })[0];
		const length = 200;
		const [x0, x1, x2, rho0, g0] = Array.from({ length: 5 }, () => int64(take(stream, length)));
		const [b0, b1, b2, mask] = Array.from({ length: 4 }, () => bytes(takeBits(stream, length)));
		const rho = bytes(b2.map((byte, i) => byte ^ mask[i]));
		const c = bytes(b0.map((byte, i) => byte ^ b1[i] ^ mask[i]));
		const [rho1, g1, x01, out0, out1] = Array.from({ length: 5 }, () => int64(new BigInt64Array(length)));
		ring.bitMinusInto(rho1, rho, rho0);
		ring.selectedMinusInto(g1, rho, x2, x0, g0);
		ring.addInto(x01, x0, x1);
		ring.selectInto(out0, c, { half: x01, rho: rho0, y: x1, g: g0 });
		ring.selectInto(out1, c, { half: x2, rho: rho1, y: x1, g: g1 });
		for (let i = 0; i < length; i++) {
			const bit = ((b0[i >> 3] ^ b1[i >> 3] ^ b2[i >> 3]) >> (i & 7)) & 1;
			t.is(BigInt.asIntN(64, out0[i] + out1[i]), bit === 1 ? BigInt.asIntN(64, x0[i] + x1[i] + x2[i]) : 0n);
		}
	},
	'refuses lengths that do not fit, before it writes': (t, { ring, int64, bytes }) => {
		const out = int64([1n, 2n, 3n]);
		const two = int64([1n, 2n]);
		const plane = bytes(new Uint8Array(16));
		const bad: (() => void)[] = [
			() => ring.addInto(out, out, two),
			() => ring.multiplyAddInto(out, two, two, { rows: 1, inner: 2, columns: 3 }),
			() => ring.truncateFirstInto(out, out, 63, { first: plane, second: plane, phi: plane }, out),
			() => ring.truncateSecondInto(out, out, 0, { first: plane, second: plane }, out),
		];
		for (const call of bad) t.throws(call, { instanceOf: RangeError });
		t.deepEqual([...out], [1n, 2n, 3n]);
	},
	'slices any window of bits of any number of values, and joins them again': (t, build) => {
		const window = fc
			.integer({ min: 0, max: 63 })
			.chain((from) => fc.tuple(fc.constant(from), fc.integer({ min: 1, max: 64 - from })));
		fc.assert(
			fc.property(lengths, window, words, (length, [from, width], stream) => {
				const { bits, int64, bytes } = build;
				const values = take(stream, length);
				const stride = planeBytes(length);
				const planes = bytes(new Uint8Array(width * stride).fill(255));
				bits.sliceInto(planes, int64(values), from, width);
				for (let b = 0; b < width; b++) {
					for (let i = 0; i < stride * 8; i++) {
						const expected = i < length ? Number((values[i] >> BigInt(from + b)) & 1n) : 0;
						if (((planes[b * stride + (i >> 3)] >> (i & 7)) & 1) !== expected) return false;
					}
				}
				const joined = int64(new BigInt64Array(length).fill(-9n));
				bits.unsliceInto(joined, planes, width);
				for (let i = 0; i < length; i++) {
					const part = BigInt.asUintN(width, values[i] >> BigInt(from));
					if (joined[i] !== BigInt.asIntN(64, part)) return false;
				}
				bits.spreadInto(joined, planes.subarray(0, stride));
				const spread = joined.every((bit, i) => bit === ((values[i] >> BigInt(from)) & 1n));
				build.checkAndReset();
				return spread;
			}),
			OPTIONS,
		);
		t.pass();
	},
};

function equal(a: ArrayLike<number | bigint>, b: ArrayLike<number | bigint>): boolean {
	for (let i = 0; i < b.length; i++) if (a[i] !== b[i]) return false;
	return a.length === b.length;
}

for (const [name, make] of Object.entries(kernelBuilds64)) {
	for (const [behaviour, check] of Object.entries(behaviours)) {
		test(`ring of 64 bits (${name}) ${behaviour}`, async (t) => {
			const build = await make();
			check(t, build);
			build.checkAndReset();
		});
	}
}

test('the wasm kernels of 64 bits refuse words of 32', async (t) => {
	const { ring, bits, int32, bytes } = await kernelBuilds64.wasm();
	const narrow = int32([1, 2, 3, 4]);
	t.throws(() => ring.addInto(narrow, narrow, narrow), { message: /words of 8 bytes/ });
	t.throws(() => bits.sliceInto(bytes(new Uint8Array(16)), narrow, 0, 1), { message: /words of 8 bytes/ });
});

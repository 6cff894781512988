import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { planeBytes, type RingKernel, type WindowShape } from '../../../src/core/kernels/ring.js';
import { referenceRing } from '../../../src/core/kernels/ring-reference.js';
import { type KernelBuild, kernelBuilds } from './kernel-builds.js';

const MOST = 2 ** 31 - 1;
const LEAST = -(2 ** 31);
const word = fc.oneof(
	{ weight: 4, arbitrary: fc.integer({ min: LEAST, max: MOST }) },
	{ weight: 1, arbitrary: fc.constantFrom(0, 1, -1, MOST, LEAST, 2 ** 30, -(2 ** 30), 2 ** 30 - 1) },
);
const words = fc.infiniteStream(word);
const take = (stream: Iterator<number>, count: number) =>
	Int32Array.from({ length: count }, () => stream.next().value ?? 0);
const takeBits = (stream: Iterator<number>, count: number) =>
	Uint8Array.from({ length: planeBytes(count) }, () => stream.next().value ?? 0);
const privateInt32 = (values: ArrayLike<number>) => Int32Array.from(values);
const privateBytes = (values: ArrayLike<number>) => Uint8Array.from(values);
const OPTIONS = { numRuns: 300, seed: 11 };

/** Lengths around the vectors of 4, 8, 16 and 128 values. */
const lengths = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 120, max: 280 }));

const square = (size: number, kernel: number, out: number, more: Partial<WindowShape> = {}): WindowShape => ({
	channels: 1,
	height: size,
	width: size,
	kernelHeight: kernel,
	kernelWidth: kernel,
	strideY: 1,
	strideX: 1,
	dilationY: 1,
	dilationX: 1,
	padTop: 0,
	padLeft: 0,
	outHeight: out,
	outWidth: out,
	...more,
});

const windows: fc.Arbitrary<WindowShape> = fc
	.record({
		channels: fc.integer({ min: 1, max: 3 }),
		height: fc.integer({ min: 1, max: 12 }),
		width: fc.integer({ min: 1, max: 37 }),
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
		const outHeight =
			Math.floor(
				(window.height + window.padTop + below - window.dilationY * (window.kernelHeight - 1) - 1) / window.strideY,
			) + 1;
		const outWidth =
			Math.floor(
				(window.width + window.padLeft + below - window.dilationX * (window.kernelWidth - 1) - 1) / window.strideX,
			) + 1;
		return { ...window, outHeight, outWidth };
	})
	.filter(({ outHeight, outWidth }) => outHeight > 0 && outWidth > 0);

type Elementwise = (
	ring: RingKernel,
	out: Int32Array,
	given: { a: Int32Array; b: Int32Array; c: Int32Array; d: Int32Array; p: Uint8Array; q: Uint8Array; r: Uint8Array },
) => void;
/** Each operation that goes through its arrays once, with f and a factor that depend on the length. */
const elementwise: Record<string, Elementwise> = {
	addInto: (ring, out, { a, b }) => ring.addInto(out, a, b),
	subtractInto: (ring, out, { a, b }) => ring.subtractInto(out, a, b),
	negateInto: (ring, out, { a }) => ring.negateInto(out, a),
	scaleInto: (ring, out, { a }) => ring.scaleInto(out, a, -715_827_883),
	addZeroShareInto: (ring, out, { a, b, c }) => ring.addZeroShareInto(out, a, b, c),
	multiplyElementsInto: (ring, out, { a, b }) => ring.multiplyElementsInto(out, a, b),
	truncateFirstInto: (ring, out, { a, b, p, q, r }) =>
		ring.truncateFirstInto(out, a, 1 + (a.length % 30), { first: p, second: q, phi: r }, b),
	truncateSecondInto: (ring, out, { a, b, p, q }) =>
		ring.truncateSecondInto(out, a, 1 + (a.length % 30), { first: p, second: q }, b),
	bitMinusInto: (ring, out, { a, p }) => ring.bitMinusInto(out, p, a),
	selectedMinusInto: (ring, out, { a, b, c, p }) => ring.selectedMinusInto(out, p, a, b, c),
	selectInto: (ring, out, { a, b, c, d, p }) => ring.selectInto(out, p, { half: a, rho: b, y: c, g: d }),
};

const behaviours: Record<string, (t: ExecutionContext, build: KernelBuild) => void> = {
	'wraps sums, differences and products': (t, { ring, int32 }) => {
		const out = int32([0, 0, 0, 0, 0]);
		const a = int32([MOST, LEAST, 0, 5, 65_537]);
		ring.addInto(out, a, int32([1, -1, 0, -7, 1]));
		t.deepEqual([...out], [LEAST, MOST, 0, -2, 65_538]);
		ring.subtractInto(out, int32([LEAST, MOST, 0, 5, 0]), int32([1, -1, 0, 7, LEAST]));
		t.deepEqual([...out], [MOST, LEAST, 0, -2, LEAST]);
		ring.negateInto(out, int32([LEAST, 0, 1, -1, MOST]));
		t.deepEqual([...out], [LEAST, 0, -1, 1, -MOST]);
		ring.multiplyElementsInto(out, a, int32([2, 2, 9, -3, 65_537]));
		t.deepEqual([...out], [-2, 0, 0, -15, 131_073]);
	},
	'multiplies matrices by hand and adds': (t, { ring, int32 }) => {
		const out = int32([100, 0, 0, 0]);
		const shape = { rows: 2, inner: 3, columns: 2 };
		ring.multiplyAddInto(out, int32([1, 2, 3, 4, 5, 6]), int32([7, 8, 9, 10, 11, 12]), shape);
		t.deepEqual([...out], [158, 64, 139, 154]);
		const one = int32([1]);
		ring.multiplyAddInto(one, int32([LEAST]), int32([3]), { rows: 1, inner: 1, columns: 1 });
		t.deepEqual([...one], [LEAST + 1]);
	},
	'multiplies as the reference does, at any sizes': (t, build) => {
		const sizes = fc.oneof(fc.integer({ min: 1, max: 21 }), fc.constantFrom(32, 33));
		const inners = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(255, 256, 257, 600, 2049));
		fc.assert(
			fc.property(sizes, inners, sizes, words, (rows, inner, columns, stream) => {
				const shape = { rows, inner, columns };
				const left = { first: take(stream, rows * inner), second: take(stream, rows * inner) };
				const right = { first: take(stream, inner * columns), second: take(stream, inner * columns) };
				const start = take(stream, rows * columns);
				const expected = { plain: start.slice(), shared: start.slice() };
				referenceRing.multiplyAddInto(expected.plain, left.first, right.first, shape);
				referenceRing.multiplySharedAddInto(expected.shared, left, right, shape);

				const { ring, int32 } = build;
				const plain = int32(start);
				const shared = int32(start);
				const lefts = { first: int32(left.first), second: int32(left.second) };
				const rights = { first: int32(right.first), second: int32(right.second) };
				ring.multiplyAddInto(plain, lefts.first, rights.first, shape);
				ring.multiplySharedAddInto(shared, lefts, rights, shape);
				const same = equal(plain, expected.plain) && equal(shared, expected.shared);
				build.checkAndReset();
				return same;
			}),
			{ ...OPTIONS, numRuns: 60 },
		);
		t.pass();
	},
	'three parties multiply to the product of what they share': (t, { ring, int32 }) => {
		const stream = fc.sample(words, { numRuns: 1, seed: 3 })[0];
		const shape = { rows: 5, inner: 9, columns: 7 };
		const x = Array.from({ length: 3 }, () => int32(take(stream, 45)));
		const y = Array.from({ length: 3 }, () => int32(take(stream, 63)));
		const sum = (parts: Int32Array[]) => {
			const total = int32(new Int32Array(parts[0].length));
			for (const part of parts) ring.addInto(total, total, part);
			return total;
		};
		const out = int32(new Int32Array(35));
		for (let i = 0; i < 3; i++) {
			const next = (i + 1) % 3;
			ring.multiplySharedAddInto(out, { first: x[i], second: x[next] }, { first: y[i], second: y[next] }, shape);
		}
		const expected = int32(new Int32Array(35));
		ring.multiplyAddInto(expected, sum(x), sum(y), shape);
		t.deepEqual([...out], [...expected]);
	},
	'lays out the columns of a picture by hand': (t, { ring, int32 }) => {
		const columns = int32(new Int32Array(16));
		ring.columnsInto(columns, int32([1, 2, 3, 4, 5, 6, 7, 8, 9]), square(3, 2, 2));
		t.deepEqual([...columns], [1, 2, 4, 5, 2, 3, 5, 6, 4, 5, 7, 8, 5, 6, 8, 9]);
		const padded = int32(new Int32Array(4).fill(7));
		ring.columnsInto(padded, int32([5]), square(1, 2, 1, { padTop: 1, padLeft: 1 }));
		t.deepEqual([...padded], [0, 0, 0, 5]);
	},
	'takes and sums the places of windows by hand': (t, { ring, int32 }) => {
		const image = int32(Array.from({ length: 16 }, (_, i) => i));
		const halves = square(4, 2, 2, { strideY: 2, strideX: 2 });
		const out = int32(new Int32Array(4));
		ring.tapInto(out, image, halves, { u: 1, v: 0, outside: -9 });
		t.deepEqual([...out], [4, 6, 12, 14]);
		ring.windowSumInto(out, image, halves);
		t.deepEqual([...out], [10, 18, 42, 50]);
		ring.tapInto(out, image, { ...halves, padTop: 1, padLeft: 1 }, { u: 0, v: 0, outside: -9 });
		t.deepEqual([...out], [-9, -9, -9, 5]);
		const total = int32(new Int32Array(2));
		ring.rowSumInto(total, image);
		t.deepEqual([...total], [28, 92]);
		ring.addBiasInto(image, int32([100, -100]), 8);
		t.deepEqual([image[0], image[7], image[8], image[15]], [100, 107, -92, -85]);
	},
	'moves windows as the reference does, whatever strides and padding': (t, build) => {
		fc.assert(
			fc.property(windows, fc.integer({ min: 1, max: 6 }), words, (window, rows, stream) => {
				const { ring, int32 } = build;
				const inner = window.channels * window.kernelHeight * window.kernelWidth;
				const plane = window.outHeight * window.outWidth;
				const samples = window.channels * window.height * window.width;
				const image = { first: take(stream, samples), second: take(stream, samples) };
				const left = { first: take(stream, rows * inner), second: take(stream, rows * inner) };
				const place = { u: window.kernelHeight - 1, v: window.kernelWidth >> 1, outside: 77 };
				const run = (kernel: RingKernel, put: (values: ArrayLike<number>) => Int32Array) => {
					const images = { first: put(image.first), second: put(image.second) };
					const lefts = { first: put(left.first), second: put(left.second) };
					const dirty = (length: number) => put(new Int32Array(length).fill(-3));
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
				const got = run(ring, int32);
				const expected = run(referenceRing, privateInt32);
				t.deepEqual(got, expected);
				build.checkAndReset();
			}),
			OPTIONS,
		);
	},
	'works through arrays as the reference does, in place too': (t, build) => {
		for (const [name, operation] of Object.entries(elementwise)) {
			fc.assert(
				fc.property(lengths, words, (length, stream) => {
					const { ring, int32, bytes } = build;
					const values = Array.from({ length: 4 }, () => take(stream, length));
					const planes = Array.from({ length: 3 }, () => takeBits(stream, length));
					const run = (
						kernel: RingKernel,
						put: (values: ArrayLike<number>) => Int32Array,
						putBits: (values: ArrayLike<number>) => Uint8Array,
					) => {
						const [a, b, c, d] = values.map((array) => put(array));
						const [p, q, r] = planes.map((plane) => putBits(plane));
						const out = put(new Int32Array(length));
						operation(kernel, out, { a, b, c, d, p, q, r });
						operation(kernel, a, { a, b, c, d, p, q, r });
						return [out, a];
					};
					const [out, inPlace] = run(ring, int32, bytes);
					const [expected] = run(referenceRing, privateInt32, privateBytes);
					const same = equal(out, expected) && equal(inPlace, expected);
					build.checkAndReset();
					return same;
				}),
				{ ...OPTIONS, numRuns: 40 },
			);
			t.pass(name);
		}
	},
	'takes sign bits, with zeros behind the last one': (t, build) => {
		const { ring, int32, bytes } = build;
		const bits = bytes(new Uint8Array(16).fill(255));
		ring.msbInto(bits, int32([-1, 0, LEAST, MOST, 1, -5]));
		t.deepEqual([...bits], [0b10_0101, ...new Array(15).fill(0)]);
		ring.truncateFirstBitInto(bits, int32([0, -(2 ** 30) - 1, 2 ** 30 - 1, 2 ** 30]));
		t.deepEqual([...bits], [0b0101, ...new Array(15).fill(0)]);
		ring.truncateSecondBitInto(bits, int32([0, 1, -1, LEAST]));
		t.deepEqual([...bits], [0b1010, ...new Array(15).fill(0)]);
		build.checkAndReset();
		fc.assert(
			fc.property(lengths, words, (length, stream) => {
				const values = take(stream, length);
				const expected = Array.from({ length: 3 }, () => new Uint8Array(planeBytes(length)));
				referenceRing.msbInto(expected[0], values);
				referenceRing.truncateFirstBitInto(expected[1], values);
				referenceRing.truncateSecondBitInto(expected[2], values);
				const there = int32(values);
				const got = expected.map(({ length: n }) => bytes(new Uint8Array(n).fill(255)));
				ring.msbInto(got[0], there);
				ring.truncateFirstBitInto(got[1], there);
				ring.truncateSecondBitInto(got[2], there);
				const same = got.every((plane, i) => equal(plane, expected[i]));
				build.checkAndReset();
				return same;
			}),
			OPTIONS,
		);
	},
	'truncates two halves to the floor or one above': (t, build) => {
		const { ring, int32, bytes } = build;
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 30 }), words, (f, stream) => {
				const length = 37;
				const y = take(stream, length).map((value) => value >> 1);
				const y1 = int32(take(stream, length));
				const y0 = int32(y);
				ring.subtractInto(y0, y0, y1);
				const s0 = int32(take(stream, length));
				const phi = bytes(takeBits(stream, length));
				const psi = bytes(takeBits(stream, length));
				const both = bytes(phi.map((byte, i) => byte & psi[i]));
				const s1 = int32(new Int32Array(length));
				ring.bitMinusInto(s1, both, s0);
				const e = bytes(new Uint8Array(planeBytes(length)));
				const d = bytes(new Uint8Array(planeBytes(length)));
				ring.truncateFirstBitInto(e, y0);
				ring.truncateSecondBitInto(d, y1);
				for (let i = 0; i < e.length; i++) {
					e[i] ^= phi[i];
					d[i] ^= psi[i];
				}
				ring.truncateFirstInto(y0, y0, f, { first: e, second: d, phi }, s0);
				ring.truncateSecondInto(y1, y1, f, { first: e, second: d }, s1);
				ring.addInto(y0, y0, y1);
				const right = y.every((value, i) => y0[i] === value >> f || y0[i] === (value >> f) + 1);
				build.checkAndReset();
				return right;
			}),
			OPTIONS,
		);
		t.pass();
	},
	'selects a shared value by a shared bit': (t, { ring, int32, bytes }) => {
		const stream = fc.sample(words, { numRuns: 1, seed: 5 })[0];
		const length = 200;
		const [x0, x1, x2, rho0, g0] = Array.from({ length: 5 }, () => int32(take(stream, length)));
		const [b0, b1, b2, mask] = Array.from({ length: 4 }, () => bytes(takeBits(stream, length)));
		const rho = bytes(b2.map((byte, i) => byte ^ mask[i]));
		const c = bytes(b0.map((byte, i) => byte ^ b1[i] ^ mask[i]));
		const [rho1, g1, x01, out0, out1] = Array.from({ length: 5 }, () => int32(new Int32Array(length)));
		ring.bitMinusInto(rho1, rho, rho0);
		ring.selectedMinusInto(g1, rho, x2, x0, g0);
		ring.addInto(x01, x0, x1);
		ring.selectInto(out0, c, { half: x01, rho: rho0, y: x1, g: g0 });
		ring.selectInto(out1, c, { half: x2, rho: rho1, y: x1, g: g1 });
		for (let i = 0; i < length; i++) {
			const bit = ((b0[i >> 3] ^ b1[i >> 3] ^ b2[i >> 3]) >> (i & 7)) & 1;
			t.is((out0[i] + out1[i]) | 0, bit === 1 ? (x0[i] + x1[i] + x2[i]) | 0 : 0);
		}
	},
	'refuses lengths that do not fit, before it writes': (t, { ring, int32, bytes }) => {
		const out = int32([1, 2, 3]);
		const two = int32([1, 2]);
		const plane = bytes(new Uint8Array(16));
		const bad: (() => void)[] = [
			() => ring.addInto(out, out, two),
			() => ring.addZeroShareInto(out, out, out, two),
			() => ring.multiplyAddInto(out, two, two, { rows: 1, inner: 2, columns: 3 }),
			() => ring.columnsInto(out, two, square(3, 2, 2)),
			() => ring.convolveAddInto(out, two, int32(new Int32Array(9)), square(3, 2, 2)),
			() => ring.addBiasInto(out, two, 2),
			() => ring.rowSumInto(two, out),
			() => ring.msbInto(bytes(new Uint8Array(8)), out),
			() => ring.truncateFirstInto(out, out, 31, { first: plane, second: plane, phi: plane }, out),
			() => ring.truncateSecondInto(out, out, 0, { first: plane, second: plane }, out),
			() => ring.selectInto(out, plane, { half: out, rho: two, y: out, g: out }),
		];
		for (const call of bad) t.throws(call, { instanceOf: RangeError });
		t.deepEqual([...out], [1, 2, 3]);
	},
};

function equal(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
	for (let i = 0; i < b.length; i++) if (a[i] !== b[i]) return false;
	return a.length === b.length;
}

for (const [name, make] of Object.entries(kernelBuilds)) {
	for (const [behaviour, check] of Object.entries(behaviours)) {
		test(`ring (${name}) ${behaviour}`, async (t) => {
			const build = await make();
			check(t, build);
			build.checkAndReset();
		});
	}
}

test('the wasm ring refuses views that are not on its memory', async (t) => {
	const { ring } = await kernelBuilds.wasm();
	const stranger = new Int32Array(4);
	t.throws(() => ring.addInto(stranger, stranger, stranger), { message: /memory of the kernel/ });
});

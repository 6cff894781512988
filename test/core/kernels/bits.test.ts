import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { planeBytes } from '../../../src/core/kernels/ring.js';
import { type KernelBuild, kernelBuilds } from './kernel-builds.js';

const words = fc.infiniteStream(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
const take = (stream: Iterator<number>, count: number) =>
	Int32Array.from({ length: count }, () => stream.next().value ?? 0);
const takeBytes = (stream: Iterator<number>, count: number) =>
	Uint8Array.from({ length: count }, () => stream.next().value ?? 0);
const lengths = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 100, max: 300 }), fc.constant(1024));
const OPTIONS = { numRuns: 100, seed: 13 };

const behaviours: Record<string, (t: ExecutionContext, build: KernelBuild) => void> = {
	'slices by hand, the lowest bit first': (t, { bits, int32, bytes }) => {
		const planes = bytes(new Uint8Array(48).fill(255));
		const values = int32([0b1011, 0b0100, -1]);
		bits.sliceInto(planes, values, 1, 3);
		t.deepEqual([planes[0], planes[16], planes[32]], [0b101, 0b110, 0b101]);
		t.is(planes.filter((byte) => byte !== 0).length, 3);
		bits.spreadInto(values, planes.subarray(16, 32));
		t.deepEqual([...values], [0, 1, 1]);
	},
	'slices any window of bits of any number of values, and joins them again': (t, build) => {
		const window = fc
			.integer({ min: 0, max: 31 })
			.chain((from) => fc.tuple(fc.constant(from), fc.integer({ min: 1, max: 32 - from })));
		fc.assert(
			fc.property(lengths, window, words, (length, [from, width], stream) => {
				const { bits, int32, bytes } = build;
				const values = take(stream, length);
				const stride = planeBytes(length);
				const planes = bytes(new Uint8Array(width * stride).fill(255));
				bits.sliceInto(planes, int32(values), from, width);
				for (let b = 0; b < width; b++) {
					for (let i = 0; i < stride * 8; i++) {
						const expected = i < length ? Math.floor((values[i] >>> 0) / 2 ** (from + b)) % 2 : 0;
						if (((planes[b * stride + (i >> 3)] >> (i & 7)) & 1) !== expected) return false;
					}
				}
				const joined = int32(new Int32Array(length).fill(-9));
				bits.unsliceInto(joined, planes, width);
				for (let i = 0; i < length; i++) {
					if (joined[i] !== ((Math.floor((values[i] >>> 0) / 2 ** from) % 2 ** width) | 0)) return false;
				}
				bits.spreadInto(joined, planes.subarray(0, stride));
				const spread = joined.every((bit, i) => bit === ((values[i] >>> from) & 1));
				build.checkAndReset();
				return spread;
			}),
			OPTIONS,
		);
		t.pass();
	},
	'works on whole vectors, in place too': (t, build) => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 9 }), words, (vectors, stream) => {
				const { bits, bytes } = build;
				const [x, x2, y, y2, m] = Array.from({ length: 5 }, () => takeBytes(stream, vectors * 16));
				const pairs = { x: { first: bytes(x), second: bytes(x2) }, y: { first: bytes(y), second: bytes(y2) } };
				const mask = bytes(m);
				const out = bytes(x);
				bits.xorInto(out, out, pairs.y.first);
				const xored = out.every((byte, i) => byte === (x[i] ^ y[i]));
				bits.andXorInto(out, pairs.x.first, pairs.y.first, mask);
				const anded = out.every((byte, i) => byte === ((x[i] & y[i]) ^ m[i]));
				bits.andInto(pairs.x.first, pairs.x, pairs.y, mask);
				const shared = pairs.x.first.every(
					(byte, i) => byte === (((x[i] & y[i]) ^ (x[i] & y2[i]) ^ (x2[i] & y[i]) ^ m[i]) & 255),
				);
				build.checkAndReset();
				return xored && anded && shared;
			}),
			OPTIONS,
		);
		t.pass();
	},
	'three parties compute the AND of what they share': (t, { bits, bytes }) => {
		const stream = fc.sample(words, { numRuns: 1, seed: 3 })[0];
		const x = Array.from({ length: 3 }, () => bytes(takeBytes(stream, 32)));
		const y = Array.from({ length: 3 }, () => bytes(takeBytes(stream, 32)));
		const keys = Array.from({ length: 3 }, () => takeBytes(stream, 32));
		const parts = x.map((own, i) => {
			const next = (i + 1) % 3;
			const mask = bytes(keys[i].map((byte, at) => byte ^ keys[next][at]));
			const out = bytes(new Uint8Array(32));
			bits.andInto(out, { first: own, second: x[next] }, { first: y[i], second: y[next] }, mask);
			return out;
		});
		for (let i = 0; i < 32; i++) {
			const factors = (x[0][i] ^ x[1][i] ^ x[2][i]) & (y[0][i] ^ y[1][i] ^ y[2][i]);
			t.is(parts[0][i] ^ parts[1][i] ^ parts[2][i], factors);
		}
	},
	'keeps padding bits zero in each plane': (t, build) => {
		fc.assert(
			fc.property(lengths, fc.integer({ min: 1, max: 4 }), words, (bitCount, count, stream) => {
				const { bits, bytes } = build;
				const stride = planeBytes(bitCount);
				const drawn = takeBytes(stream, count * stride);
				const cleared = bytes(drawn);
				bits.clearPaddingInto(cleared, bitCount);
				const inverted = bytes(drawn);
				bits.invertInto(inverted, bitCount);
				for (let i = 0; i < count * stride * 8; i++) {
					const bit = (drawn[i >> 3] >> (i & 7)) & 1;
					const inside = i % (stride * 8) < bitCount;
					if (((cleared[i >> 3] >> (i & 7)) & 1) !== (inside ? bit : 0)) return false;
					if (((inverted[i >> 3] >> (i & 7)) & 1) !== (inside ? 1 - bit : 0)) return false;
				}
				build.checkAndReset();
				return true;
			}),
			OPTIONS,
		);
		t.pass();
	},
	'refuses lengths and windows that do not fit, before it writes': (t, { bits, int32, bytes }) => {
		const plane = bytes(new Uint8Array(16).fill(3));
		const short = bytes(new Uint8Array(8));
		const values = int32([1, 2, 3]);
		const pair = { first: plane, second: plane };
		const bad: (() => void)[] = [
			() => bits.sliceInto(plane, values, 0, 2),
			() => bits.sliceInto(plane, values, 32, 1),
			() => bits.sliceInto(plane, values, -1, 1),
			() => bits.unsliceInto(values, plane, 0),
			() => bits.spreadInto(values, short),
			() => bits.xorInto(short, short, short),
			() => bits.xorInto(plane, plane, short),
			() => bits.andInto(plane, pair, { first: plane, second: short }, plane),
			() => bits.invertInto(plane, 129),
			() => bits.clearPaddingInto(plane, 0),
		];
		for (const call of bad) t.throws(call, { instanceOf: RangeError });
		t.true(plane.every((byte) => byte === 3));
	},
};

for (const [name, make] of Object.entries(kernelBuilds)) {
	for (const [behaviour, check] of Object.entries(behaviours)) {
		test(`bits (${name}) ${behaviour}`, async (t) => {
			const build = await make();
			check(t, build);
			build.checkAndReset();
		});
	}
}

import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { type AccumulateKernel, paddedSampleCount, referenceAccumulate } from '../../../src/core/kernels/accumulate.js';
import { accumulateScratchBytes, createWasmAccumulate } from '../../../src/core/kernels/accumulate-wasm.js';
import { KernelMemory } from '../../../src/core/kernels/memory.js';

/** A kernel with room for its arrays: on the wasm memory, or anywhere for the reference. */
interface Bench {
	readonly kernel: AccumulateKernel;
	readonly int32: (values: ArrayLike<number>) => Int32Array;
	readonly int16: (values: ArrayLike<number>) => Int16Array;
	readonly bytes: (values: ArrayLike<number>) => Uint8Array;
}

const builds: Record<string, () => Promise<Bench>> = {
	reference: async () => ({
		kernel: referenceAccumulate,
		int32: (values) => Int32Array.from(values),
		int16: (values) => Int16Array.from(values),
		bytes: (values) => Uint8Array.from(values),
	}),
	wasm: async () => {
		const memory = new KernelMemory(48e6);
		const kernel = await createWasmAccumulate(memory, 2 * 76_800);
		const { buffer } = memory.memory;
		const put = <T extends Int32Array | Int16Array | Uint8Array>(view: T, values: ArrayLike<number>): T => {
			view.set(values);
			return view;
		};
		return {
			kernel,
			int32: (v) => put(new Int32Array(buffer, memory.allocate(4 * v.length), v.length), v),
			int16: (v) => put(new Int16Array(buffer, memory.allocate(2 * v.length), v.length), v),
			bytes: (v) => put(new Uint8Array(buffer, memory.allocate(v.length), v.length), v),
		};
	},
};

const behaviours: Record<string, (t: ExecutionContext, bench: Bench) => void> = {
	'adds int16 reports by hand': (t, { kernel, int32, int16 }) => {
		const sums = int32(new Int32Array(128).fill(5));
		const first = new Int16Array(128);
		first.set([-32768, 32767, 1, 0, 7]);
		kernel.addInt16Into(sums, [int16(first), int16(new Int16Array(128).fill(-2))]);
		t.deepEqual([...sums.subarray(0, 6)], [-32765, 32770, 4, 3, 10, 3]);
	},
	'adds bits by hand, the lowest bit first': (t, { kernel, int32, bytes }) => {
		const sums = int32(new Int32Array(128));
		const report = new Uint8Array(16);
		report.set([0b0000_0101, 0x80]);
		kernel.addBitsInto(sums, [bytes(report), bytes(report)]);
		t.deepEqual([...sums.subarray(0, 17)], [2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0]);
	},
	'adds no report and many reports': (t, { kernel, int32, int16, bytes }) => {
		const sums = int32(new Int32Array(256));
		kernel.addInt16Into(sums, []);
		t.true(sums.every((sum) => sum === 0));
		const all = bytes(new Uint8Array(32).fill(255));
		kernel.addBitsInto(sums, new Array(1000).fill(all));
		t.true(sums.every((sum) => sum === 1000));
		const least = int16(new Int16Array(256).fill(-32768));
		kernel.addInt16Into(sums, new Array(600).fill(least));
		t.true(sums.every((sum) => sum === 1000 - 600 * 32768));
	},
	'agrees with the definition on random reports of several sizes': (t, { kernel, int32, int16, bytes }) => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 700 }),
				fc.integer({ min: 1, max: 9 }),
				fc.infiniteStream(fc.integer({ min: -32768, max: 32767 })),
				(sampleCount, reportCount, stream) => {
					const padded = paddedSampleCount(sampleCount);
					const next = () => stream.next().value ?? 0;
					const words = Array.from({ length: reportCount }, () => Int16Array.from({ length: padded }, next));
					const bits = Array.from({ length: reportCount }, () => Uint8Array.from({ length: padded / 8 }, next));
					const sums = int32(new Int32Array(padded));
					kernel.addInt16Into(sums, words.map(int16));
					kernel.addBitsInto(sums, bits.map(bytes));
					for (let i = 0; i < padded; i++) {
						let expected = 0;
						for (const report of words) expected += report[i];
						for (const report of bits) expected += (report[Math.floor(i / 8)] >>> (i % 8)) % 2;
						if (sums[i] !== expected) return false;
					}
					return true;
				},
			),
			{ numRuns: 60, seed: 7 },
		);
		t.pass();
	},
	'finds a sample outside its range wherever it lies': (t, { kernel, int16 }) => {
		for (const at of [0, 7, 8, 127, 255]) {
			const report = int16(new Int16Array(256).fill(10));
			t.true(kernel.isWithin(report, 10, 10));
			report[at] = 11;
			t.false(kernel.isWithin(report, -5, 10), `above at ${at}`);
			report[at] = -6;
			t.false(kernel.isWithin(report, -5, 10), `below at ${at}`);
		}
	},
	'refuses reports of another length': (t, { kernel, int32, int16, bytes }) => {
		const sums = int32(new Int32Array(256));
		t.throws(() => kernel.addInt16Into(sums, [int16(new Int16Array(128))]), { instanceOf: RangeError });
		t.throws(() => kernel.addBitsInto(sums, [bytes(new Uint8Array(48))]), { instanceOf: RangeError });
	},
};

for (const [build, make] of Object.entries(builds)) {
	for (const [behaviour, check] of Object.entries(behaviours)) {
		test(`accumulate (${build}) ${behaviour}`, async (t) => check(t, await make()));
	}
}

test('the wasm kernel refuses views that are not on its memory', async (t) => {
	const memory = new KernelMemory(1e6);
	const kernel = await createWasmAccumulate(memory, 256);
	t.throws(() => kernel.addInt16Into(new Int32Array(128), [new Int16Array(128)]), { message: /memory of the kernel/ });
	t.true(accumulateScratchBytes(256) < 4096);
});

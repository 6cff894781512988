// Adding one 320x240 report: the wasm kernel in commit groups of several sizes against the plain loop.
import { referenceAccumulate } from '../src/core/kernels/accumulate.js';
import { createWasmAccumulate } from '../src/core/kernels/accumulate-wasm.js';
import { KernelMemory } from '../src/core/kernels/memory.js';
import { median } from './wrk.js';

const SAMPLES = 76_800;
const GROUPS = [1, 4, 20, 64];

/** The table of this benchmark, in Markdown. */
export async function benchKernels(): Promise<string> {
	const memory = new KernelMemory(40e6);
	const kernel = await createWasmAccumulate(memory, 2 * SAMPLES);
	const { buffer } = memory.memory;
	const sums = new Int32Array(buffer, memory.allocate(4 * SAMPLES), SAMPLES);
	const words = Array.from({ length: 64 }, (_, r) => {
		return new Int16Array(buffer, memory.allocate(2 * SAMPLES), SAMPLES).map(
			(_value, i) => ((i * 7919 + r) % 60_000) - 30_000,
		);
	});
	const wordsInPlace = words.map((report) => {
		const place = new Int16Array(buffer, memory.allocate(2 * SAMPLES), SAMPLES);
		place.set(report);
		return place;
	});
	const bits = words.map((report) => {
		const place = new Uint8Array(buffer, memory.allocate(SAMPLES / 8), SAMPLES / 8);
		place.set(new Uint8Array(report.buffer, report.byteOffset, place.length));
		return place;
	});
	const plain = new Int32Array(SAMPLES);
	const loops = {
		int16: (report: Int16Array) => {
			for (let i = 0; i < SAMPLES; i++) plain[i] += report[i];
		},
		bits: (report: Uint8Array) => {
			for (let i = 0; i < SAMPLES; i++) plain[i] += (report[i >> 3] >> (i & 7)) & 1;
		},
	};
	const expected = new Int32Array(SAMPLES);
	referenceAccumulate.addInt16Into(expected, words);
	referenceAccumulate.addBitsInto(expected, bits);
	kernel.addInt16Into(sums, wordsInPlace);
	kernel.addBitsInto(sums, bits);
	if (sums.some((sum, i) => sum !== expected[i])) throw new Error('the kernel and the definition disagree');

	const lines = ['| work | us per report | times the plain loop |', '| --- | --- | --- |'];
	const loopUs = {
		int16: microseconds(() => loops.int16(words[0]), 1),
		bits: microseconds(() => loops.bits(bits[0]), 1),
	};
	for (const kind of ['int16', 'bits'] as const) {
		lines.push(`| ${kind}, plain JavaScript loop | ${loopUs[kind].toFixed(1)} | 1.0 |`);
		for (const group of GROUPS) {
			const us =
				kind === 'int16'
					? microseconds(() => kernel.addInt16Into(sums, wordsInPlace.slice(0, group)), group)
					: microseconds(() => kernel.addBitsInto(sums, bits.slice(0, group)), group);
			lines.push(`| ${kind}, wasm, group of ${group} | ${us.toFixed(1)} | ${(loopUs[kind] / us).toFixed(1)} |`);
		}
	}
	return lines.join('\n');
}

function microseconds(work: () => void, count: number): number {
	for (let i = 0; i < 50; i++) work();
	return median(
		Array.from({ length: 101 }, () => {
			const start = performance.now();
			work();
			return ((performance.now() - start) * 1000) / count;
		}),
	);
}

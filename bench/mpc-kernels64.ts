// The kernels of the ring Z_2^64. Each result is compared with the reference before it is measured.
import { createWasmBits } from '../src/core/kernels/bit-wasm.js';
import { referenceBits64 } from '../src/core/kernels/bit64-reference.js';
import type { KernelMemory } from '../src/core/kernels/memory.js';
import type { BitKernel, RingKernel } from '../src/core/kernels/ring.js';
import { planeBytes } from '../src/core/kernels/ring.js';
import { createWasmRing } from '../src/core/kernels/ring-wasm.js';
import { referenceRing64 } from '../src/core/kernels/ring64-reference.js';
import { microseconds, squareWindow } from './measure.js';

const VALUES = 62_500;
const PRODUCTS = [
	{ rows: 64, inner: 256, columns: 256 },
	{ rows: 32, inner: 288, columns: 1225 },
	{ rows: 256, inner: 512, columns: 1 },
];
const CONVOLUTIONS = [
	{ name: '1 to 4 channels, 7x7 on 100x100', rows: 4, window: squareWindow(1, 100, 7, 0) },
	{ name: '32 to 32 channels, 3x3 on 35x35, padded', rows: 32, window: squareWindow(32, 35, 3, 1) },
];

interface Task {
	readonly name: string;
	readonly work: number;
	readonly unit: string;
	readonly out: BigInt64Array | Uint8Array;
	readonly run: (ring: RingKernel, bits: BitKernel) => void;
}

/** Lines of the table of kernels, in Markdown. */
export async function kernels64Lines(memory: KernelMemory): Promise<string[]> {
	const ring = await createWasmRing(memory, 64);
	const bits = await createWasmBits(memory, 64);
	const { buffer } = memory.memory;
	const bytes = (length: number): Uint8Array => {
		const view = new Uint8Array(buffer, memory.allocate(length), length);
		for (let i = 0; i < length; i++) view[i] = Math.imul(i + length, 0x9e37_79b1) >>> 24;
		return view;
	};
	const words = (length: number): BigInt64Array => new BigInt64Array(buffer, bytes(8 * length).byteOffset, length);
	return [...productTasks(words), ...valueTasks(words, bytes)].map(({ name, work, unit, out, run }) => {
		const start = out.slice();
		run(referenceRing64, referenceBits64);
		const expected = asBytes(out).slice();
		asBytes(out).set(asBytes(start));
		run(ring, bits);
		if (asBytes(out).some((byte, i) => byte !== expected[i])) throw new Error(`${name}: not as the reference`);
		const us = microseconds(() => run(ring, bits));
		return `| 64 bits: ${name} | ${us.toFixed(1)} | ${(work / us / 1000).toFixed(2)} G ${unit}/s |`;
	});
}

function productTasks(words: (length: number) => BigInt64Array): Task[] {
	const products = PRODUCTS.map((shape): Task => {
		const { rows, inner, columns } = shape;
		const [out, left, right] = [words(rows * columns), words(rows * inner), words(inner * columns)];
		return {
			name: `product ${rows}x${inner}x${columns}`,
			...{ work: rows * inner * columns, unit: 'multiply-adds', out },
			run: (ring) => ring.multiplyAddInto(out, left, right, shape),
		};
	});
	const convolutions = CONVOLUTIONS.map(({ name, rows, window }): Task => {
		const inner = window.channels * window.kernelHeight * window.kernelWidth;
		const plane = window.outHeight * window.outWidth;
		const samples = window.channels * window.height * window.width;
		const out = words(rows * plane);
		const left = { first: words(rows * inner), second: words(rows * inner) };
		const image = { first: words(samples), second: words(samples) };
		return {
			name: `convolution ${name}, shared`,
			...{ work: 2 * rows * inner * plane, unit: 'multiply-adds', out },
			run: (ring) => ring.convolveSharedAddInto(out, left, image, window),
		};
	});
	return [...products, ...convolutions];
}

function valueTasks(words: (length: number) => BigInt64Array, bytes: (length: number) => Uint8Array): Task[] {
	const [out, a, b, c, d] = Array.from({ length: 5 }, () => words(VALUES));
	const [p, q, r] = Array.from({ length: 3 }, () => bytes(planeBytes(VALUES)));
	const planes = bytes(64 * planeBytes(VALUES));
	const values = { work: VALUES, unit: 'values', out };
	return [
		{ ...values, name: 'add', run: (ring) => ring.addInto(out, a, b) },
		{
			...values,
			name: 'truncate, first half',
			run: (ring) => ring.truncateFirstInto(out, a, 12, { first: p, second: q, phi: r }, b),
		},
		{ ...values, name: 'select', run: (ring) => ring.selectInto(out, p, { half: a, rho: b, y: c, g: d }) },
		...[64, 20].map((width): Task => {
			const part = planes.subarray(0, width * planeBytes(VALUES));
			const run: Task['run'] = (_ring, bits) => bits.sliceInto(part, a, 0, width);
			return { name: `slice ${VALUES} x ${width} bits`, work: VALUES * width, unit: 'bits', out: part, run };
		}),
		{
			name: `join ${VALUES} x 12 bits`,
			...{ work: VALUES * 12, unit: 'bits', out },
			run: (_ring, bits) => bits.unsliceInto(out, planes.subarray(0, 12 * planeBytes(VALUES)), 12),
		},
	];
}

function asBytes(view: BigInt64Array | Uint8Array): Uint8Array {
	return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

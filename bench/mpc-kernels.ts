// The kernels of the computation on shares. Each result is compared with the reference before it is measured.
import { createCipheriv } from 'node:crypto';
import { referenceBits } from '../src/core/kernels/bit-reference.js';
import { createWasmBits } from '../src/core/kernels/bit-wasm.js';
import { KernelMemory } from '../src/core/kernels/memory.js';
import type { BitKernel, RingKernel } from '../src/core/kernels/ring.js';
import { planeBytes } from '../src/core/kernels/ring.js';
import { referenceRing } from '../src/core/kernels/ring-reference.js';
import { createWasmRing } from '../src/core/kernels/ring-wasm.js';
import { microseconds, squareWindow } from './measure.js';
import { boundsTable } from './mpc-bounds.js';
import { kernels64Lines } from './mpc-kernels64.js';

const VALUES = 62_500;
const STREAM_BYTES = 65_536;
/** One block of packed rows with everything in the caches, which is the bound, then layers of all kinds. */
const PRODUCTS = [
	{ name: 'one block', rows: 64, inner: 256, columns: 256 },
	{ name: 'large', rows: 128, inner: 512, columns: 512 },
	{ name: 'deep', rows: 128, inner: 1152, columns: 1225 },
	{ name: '3x3, 32 to 32 channels', rows: 32, inner: 288, columns: 1225 },
	{ name: 'narrow layer', rows: 4, inner: 49, columns: 8836 },
	{ name: 'fully connected', rows: 256, inner: 512, columns: 1 },
];
const CONVOLUTIONS = [
	{ name: '1 to 4 channels, 7x7 on 100x100', rows: 4, window: squareWindow(1, 100, 7, 0) },
	{ name: '32 to 32 channels, 3x3 on 35x35, padded', rows: 32, window: squareWindow(32, 35, 3, 1) },
	{ name: '1 to 1 channel, 3x3 on 640x640', rows: 1, window: squareWindow(1, 640, 3, 0) },
];

/** One thing to measure: `run` makes `out` with either build, `work` is how many units one run is. */
interface Task {
	readonly name: string;
	readonly work: number;
	readonly unit: string;
	readonly out: Int32Array | Uint8Array;
	readonly run: (ring: RingKernel, bits: BitKernel) => void;
}

/** The tables of this benchmark, in Markdown. */
export async function benchMpcKernels(): Promise<string> {
	const memory = new KernelMemory(256e6);
	const ring = await createWasmRing(memory);
	const bits = await createWasmBits(memory);
	const { buffer } = memory.memory;
	const bytes = (length: number): Uint8Array => {
		const view = new Uint8Array(buffer, memory.allocate(length), length);
		for (let i = 0; i < length; i++) view[i] = Math.imul(i + length, 0x9e37_79b1) >>> 24;
		return view;
	};
	const int32 = (length: number): Int32Array => {
		const view = bytes(4 * length);
		return new Int32Array(buffer, view.byteOffset, length);
	};

	const lines = ['| work | us | rate |', '| --- | --- | --- |'];
	for (const task of [...productTasks(int32), ...valueTasks(int32, bytes), ...vectorTasks(bytes)]) {
		const start = task.out.slice();
		task.run(referenceRing, referenceBits);
		const expected = task.out.slice();
		task.out.set(start);
		task.run(ring, bits);
		if (task.out.some((value, i) => value !== expected[i])) throw new Error(`${task.name}: not as the reference`);
		const us = microseconds(() => task.run(ring, bits));
		lines.push(`| ${task.name} | ${us.toFixed(1)} | ${(task.work / us / 1000).toFixed(2)} G ${task.unit}/s |`);
	}

	lines.push(...(await kernels64Lines(memory)));

	const cipher = createCipheriv('aes-128-ctr', new Uint8Array(16), new Uint8Array(16));
	const zeros = new Uint8Array(STREAM_BYTES);
	const target = bytes(STREAM_BYTES + 64);
	const copies = {
		'aes-128-ctr, 64 KiB': () => cipher.update(zeros),
		'set of 64 KiB into the memory, both on 8 bytes': () => target.set(zeros, 8),
		'set of 64 KiB into the memory, one byte off': () => target.set(zeros, 1),
	};
	for (const [name, run] of Object.entries(copies)) {
		const us = microseconds(run);
		lines.push(`| ${name} | ${us.toFixed(1)} | ${(STREAM_BYTES / us / 1000).toFixed(2)} G bytes/s |`);
	}
	lines.push('', ...boundsTable({ ring, bits, int32, bytes }));
	return lines.join('\n');
}

function productTasks(int32: (length: number) => Int32Array): Task[] {
	const products = PRODUCTS.flatMap(({ name, ...shape }): Task[] => {
		const { rows, inner, columns } = shape;
		const out = int32(rows * columns);
		const left = { first: int32(rows * inner), second: int32(rows * inner) };
		const right = { first: int32(inner * columns), second: int32(inner * columns) };
		const work = rows * inner * columns;
		const title = `product ${rows}x${inner}x${columns} (${name})`;
		return [
			{
				name: title,
				work,
				unit: 'multiply-adds',
				out,
				run: (ring) => ring.multiplyAddInto(out, left.first, right.first, shape),
			},
			{
				name: `${title}, shared`,
				work: 2 * work,
				unit: 'multiply-adds',
				out,
				run: (ring) => ring.multiplySharedAddInto(out, left, right, shape),
			},
		];
	});
	const convolutions = CONVOLUTIONS.flatMap(({ name, rows, window: at }): Task[] => {
		const inner = at.channels * at.kernelHeight * at.kernelWidth;
		const plane = at.outHeight * at.outWidth;
		const samples = at.channels * at.height * at.width;
		const out = int32(rows * plane);
		const matrix = int32(inner * plane);
		const left = { first: int32(rows * inner), second: int32(rows * inner) };
		const image = { first: int32(samples), second: int32(samples) };
		const work = rows * inner * plane;
		return [
			{
				name: `convolution ${name}`,
				work,
				unit: 'multiply-adds',
				out,
				run: (ring) => ring.convolveAddInto(out, left.first, image.first, at),
			},
			{
				name: `convolution ${name}, shared`,
				work: 2 * work,
				unit: 'multiply-adds',
				out,
				run: (ring) => ring.convolveSharedAddInto(out, left, image, at),
			},
			{
				name: `columns of ${name}`,
				work: inner * plane,
				unit: 'elements',
				out: matrix,
				run: (ring) => ring.columnsInto(matrix, image.first, at),
			},
		];
	});
	return [...products, ...convolutions];
}

function valueTasks(int32: (length: number) => Int32Array, bytes: (length: number) => Uint8Array): Task[] {
	const [out, a, b, c, d] = Array.from({ length: 5 }, () => int32(VALUES));
	const [p, q, r] = Array.from({ length: 3 }, () => bytes(planeBytes(VALUES)));
	const planes = bytes(32 * planeBytes(VALUES));
	const powerOfTwo = int32(65_536);
	const powerPlanes = bytes(32 * planeBytes(65_536));
	const values = { work: VALUES, unit: 'values', out };
	return [
		{ ...values, name: 'add', run: (ring) => ring.addInto(out, a, b) },
		{ ...values, name: 'add a zero share', run: (ring) => ring.addZeroShareInto(out, a, b, c) },
		{ ...values, out: p, name: 'sign bits', run: (ring) => ring.msbInto(p, a) },
		{
			...values,
			name: 'truncate, first half',
			run: (ring) => ring.truncateFirstInto(out, a, 12, { first: p, second: q, phi: r }, b),
		},
		{
			...values,
			name: 'truncate, second half',
			run: (ring) => ring.truncateSecondInto(out, a, 12, { first: p, second: q }, b),
		},
		{ ...values, name: 'select', run: (ring) => ring.selectInto(out, p, { half: a, rho: b, y: c, g: d }) },
		...[32, 20].map((width) => {
			const part = planes.subarray(0, width * planeBytes(VALUES));
			const run: Task['run'] = (_ring, bits) => bits.sliceInto(part, a, 0, width);
			return { name: `slice ${VALUES} x ${width} bits`, work: VALUES * width, unit: 'bits', out: part, run };
		}),
		{
			name: 'slice 65536 x 32 bits',
			work: 65_536 * 32,
			unit: 'bits',
			out: powerPlanes,
			run: (_ring, bits) => bits.sliceInto(powerPlanes, powerOfTwo, 0, 32),
		},
		...[32, 12].map((width) => {
			const part = planes.subarray(0, width * planeBytes(VALUES));
			const run: Task['run'] = (_ring, bits) => bits.unsliceInto(out, part, width);
			return { name: `join ${VALUES} x ${width} bits`, work: VALUES * width, unit: 'bits', out, run };
		}),
	];
}

function vectorTasks(bytes: (length: number) => Uint8Array): Task[] {
	const layers = { 'first-level cache': 4096, [`20 planes of ${VALUES}`]: 20 * planeBytes(VALUES) };
	return Object.entries(layers).flatMap(([name, length]): Task[] => {
		const [out, a, b, c, d, mask] = Array.from({ length: 6 }, () => bytes(length));
		const work = 8 * length;
		return [
			{
				name: `AND layer, ${name}`,
				work,
				unit: 'ANDs',
				out,
				run: (_ring, bits) => bits.andInto(out, { first: a, second: b }, { first: c, second: d }, mask),
			},
			{ name: `XOR, ${name}`, work, unit: 'bits', out, run: (_ring, bits) => bits.xorInto(out, a, b) },
		];
	});
}

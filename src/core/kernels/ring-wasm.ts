import { loadKernel } from './load.js';
import type { KernelMemory } from './memory.js';
import type { RingKernel, WindowShape } from './ring.js';
import {
	checkFraction,
	checkLengths,
	checkPlanes,
	checkProduct,
	checkWindow,
	columnRows,
	convolutionShape,
} from './ring-checks.js';
import { viewPointer } from './view-pointer.js';

/** Bytes of kernel memory that `createWasmRing` takes for itself. */
export const RING_SCRATCH_BYTES = 147_776;
const WINDOW_BYTES = 64;

interface ProductExports {
	scratchBytes: { readonly value: number };
	multiplyAdd(
		out: number,
		left: number,
		leftSecond: number,
		right: number,
		rightSecond: number,
		rows: number,
		inner: number,
		columns: number,
		scratch: number,
	): void;
	convolveAdd(
		out: number,
		left: number,
		leftSecond: number,
		image: number,
		imageSecond: number,
		rows: number,
		window: number,
		scratch: number,
	): void;
}

interface WindowExports {
	columns(columns: number, image: number, window: number): void;
	tap(out: number, image: number, window: number, u: number, v: number, outside: number): void;
	windowSum(out: number, image: number, window: number): void;
}

interface RingExports {
	add(out: number, a: number, b: number, length: number): void;
	subtract(out: number, a: number, b: number, length: number): void;
	scale(out: number, a: number, factor: number, length: number): void;
	addZeroShare(out: number, values: number, plus: number, minus: number, length: number): void;
	multiplyElements(out: number, a: number, b: number, length: number): void;
	rowSum(out: number, values: number, rows: number, length: number): void;
	addBias(out: number, bias: number, channels: number, plane: number): void;
	signBits(bits: number, values: number, length: number, flip: number, plus: number): void;
	truncateFirst(
		out: number,
		y0: number,
		f: number,
		e: number,
		d: number,
		phi: number,
		s0: number,
		length: number,
	): void;
	truncateSecond(out: number, y1: number, f: number, e: number, d: number, s1: number, length: number): void;
	bitMinus(out: number, bits: number, values: number, length: number): void;
	selectedMinus(out: number, bits: number, a: number, b: number, mask: number, length: number): void;
	select(out: number, bits: number, half: number, rho: number, y: number, g: number, length: number): void;
}

/**
 * The wasm build of `RingKernel` for words of 32 bits, by SIMD, or of 64. Every array must be a view on `memory`; results
 * are in the caller's arrays, and nothing of a call is kept. Takes `RING_SCRATCH_BYTES` of the memory, so one build serves
 * one thread.
 * Bound: memory traffic in 32 bits, but for products, which are bound by arithmetic from 4 rows on.
 * Throws: RangeError for a view on another buffer, or of words of another size.
 */
export async function createWasmRing(memory: KernelMemory, wordBits: 32 | 64 = 32): Promise<RingKernel> {
	const suffix = wordBits === 64 ? '64' : '';
	const wasm = await loadKernel<RingExports>(`ring${suffix}`, memory.memory);
	const products = await loadKernel<ProductExports>(`product${suffix}`, memory.memory);
	const windows = await loadKernel<WindowExports>(`window${suffix}`, memory.memory);
	const scratch = memory.allocate(RING_SCRATCH_BYTES);
	const windowAt = scratch + RING_SCRATCH_BYTES - WINDOW_BYTES;
	if (products.scratchBytes.value + WINDOW_BYTES > RING_SCRATCH_BYTES) throw new RangeError('scratch: too small');
	const windowFields = new Int32Array(memory.memory.buffer, windowAt, 13);
	const at = viewPointer(memory.memory, wordBits / 8);
	// how P0's and P1's bits of a truncation come out of a sign: of ~y0 - 2^(k-2), and of ~y1 + 1
	const firstBit = { flip: -1, plus: -(2 ** (wordBits - 2)) };
	const secondBit = { flip: -1, plus: 1 };

	const putWindow = (window: WindowShape): number => {
		windowFields.set([
			...[window.channels, window.height, window.width, window.kernelHeight, window.kernelWidth],
			...[window.strideY, window.strideX, window.dilationY, window.dilationX],
			...[window.padTop, window.padLeft, window.outHeight, window.outWidth],
		]);
		return windowAt;
	};
	return {
		addInto(out, a, b) {
			checkLengths(out.length, a, b);
			wasm.add(at(out), at(a), at(b), out.length);
		},
		subtractInto(out, a, b) {
			checkLengths(out.length, a, b);
			wasm.subtract(at(out), at(a), at(b), out.length);
		},
		negateInto(out, a) {
			checkLengths(out.length, a);
			wasm.scale(at(out), at(a), -1, out.length);
		},
		scaleInto(out, a, factor) {
			checkLengths(out.length, a);
			wasm.scale(at(out), at(a), factor, out.length);
		},
		addZeroShareInto(out, values, plus, minus) {
			checkLengths(out.length, values, plus, minus);
			wasm.addZeroShare(at(out), at(values), at(plus), at(minus), out.length);
		},
		multiplyElementsInto(out, a, b) {
			checkLengths(out.length, a, b);
			wasm.multiplyElements(at(out), at(a), at(b), out.length);
		},

		multiplyAddInto(out, left, right, shape) {
			checkProduct(shape, out, left, right);
			const { rows, inner, columns } = shape;
			products.multiplyAdd(at(out), at(left), 0, at(right), 0, rows, inner, columns, scratch);
		},
		multiplySharedAddInto(out, left, right, shape) {
			checkProduct(shape, out, left.first, right.first);
			checkProduct(shape, out, left.second, right.second);
			products.multiplyAdd(
				at(out),
				at(left.first),
				at(left.second),
				at(right.first),
				at(right.second),
				shape.rows,
				shape.inner,
				shape.columns,
				scratch,
			);
		},
		convolveAddInto(out, left, image, window) {
			const { rows } = convolutionShape(left, window);
			checkWindow(window, image, out, rows);
			products.convolveAdd(at(out), at(left), 0, at(image), 0, rows, putWindow(window), scratch);
		},
		convolveSharedAddInto(out, left, image, window) {
			const { rows } = convolutionShape(left.first, window);
			checkLengths(left.first.length, left.second);
			checkWindow(window, image.first, out, rows);
			checkWindow(window, image.second, out, rows);
			products.convolveAdd(
				at(out),
				at(left.first),
				at(left.second),
				at(image.first),
				at(image.second),
				rows,
				putWindow(window),
				scratch,
			);
		},

		columnsInto(columns, image, window) {
			checkWindow(window, image, columns, columnRows(window));
			windows.columns(at(columns), at(image), putWindow(window));
		},
		tapInto(out, image, window, { u, v, outside }) {
			checkWindow(window, image, out, window.channels);
			windows.tap(at(out), at(image), putWindow(window), u, v, outside);
		},
		windowSumInto(out, image, window) {
			checkWindow(window, image, out, window.channels);
			windows.windowSum(at(out), at(image), putWindow(window));
		},
		rowSumInto(out, values) {
			const length = out.length === 0 ? 0 : Math.floor(values.length / out.length);
			checkLengths(out.length * length, values);
			wasm.rowSum(at(out), at(values), out.length, length);
		},
		addBiasInto(out, bias, plane) {
			checkLengths(bias.length * plane, out);
			wasm.addBias(at(out), at(bias), bias.length, plane);
		},

		msbInto(bits, values) {
			checkPlanes(values.length, bits);
			wasm.signBits(at(bits), at(values), values.length, 0, 0);
		},
		truncateFirstBitInto(bits, y0) {
			checkPlanes(y0.length, bits);
			wasm.signBits(at(bits), at(y0), y0.length, firstBit.flip, firstBit.plus);
		},
		truncateSecondBitInto(bits, y1) {
			checkPlanes(y1.length, bits);
			wasm.signBits(at(bits), at(y1), y1.length, secondBit.flip, secondBit.plus);
		},
		truncateFirstInto(out, y0, f, { first, second, phi }, s0) {
			checkFraction(f, wordBits);
			checkLengths(out.length, y0, s0);
			checkPlanes(out.length, first, second, phi);
			wasm.truncateFirst(at(out), at(y0), f, at(first), at(second), at(phi), at(s0), out.length);
		},
		truncateSecondInto(out, y1, f, { first, second }, s1) {
			checkFraction(f, wordBits);
			checkLengths(out.length, y1, s1);
			checkPlanes(out.length, first, second);
			wasm.truncateSecond(at(out), at(y1), f, at(first), at(second), at(s1), out.length);
		},

		bitMinusInto(out, bits, values) {
			checkLengths(out.length, values);
			checkPlanes(out.length, bits);
			wasm.bitMinus(at(out), at(bits), at(values), out.length);
		},
		selectedMinusInto(out, bits, a, b, mask) {
			checkLengths(out.length, a, b, mask);
			checkPlanes(out.length, bits);
			wasm.selectedMinus(at(out), at(bits), at(a), at(b), at(mask), out.length);
		},
		selectInto(out, bits, { half, rho, y, g }) {
			checkLengths(out.length, half, rho, y, g);
			checkPlanes(out.length, bits);
			wasm.select(at(out), at(bits), at(half), at(rho), at(y), at(g), out.length);
		},
	};
}

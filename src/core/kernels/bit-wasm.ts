import { loadKernel } from './load.js';
import type { KernelMemory } from './memory.js';
import { type BitKernel, planeBytes } from './ring.js';
import { checkBits, checkLengths, checkPlanes, checkVectors, checkWholePlanes } from './ring-checks.js';
import { viewPointer } from './view-pointer.js';

/** Bytes of kernel memory that `createWasmBits` takes for itself. */
export const BITS_SCRATCH_BYTES = 512;

interface Exports {
	slice(planes: number, values: number, length: number, from: number, width: number, scratch: number): void;
	unslice(values: number, planes: number, length: number, width: number): void;
	xor(out: number, a: number, b: number, bytes: number): void;
	andXor(out: number, a: number, b: number, mask: number, bytes: number): void;
	and(out: number, x: number, x2: number, y: number, y2: number, mask: number, bytes: number): void;
	invert(planes: number, bytes: number): void;
	clearPadding(planes: number, count: number, bits: number): void;
}

/**
 * The wasm SIMD build of `BitKernel`. Every array must be a view on `memory`; nothing of a call is kept.
 * Takes `BITS_SCRATCH_BYTES` of the memory, so one build serves one thread.
 * Bound: memory traffic; five loads and one store per 128 ANDs.
 * Throws: RangeError for a view on another buffer.
 */
export async function createWasmBits(memory: KernelMemory): Promise<BitKernel> {
	const wasm = await loadKernel<Exports>('bits', memory.memory);
	const scratch = memory.allocate(BITS_SCRATCH_BYTES);
	const at = viewPointer(memory.memory);
	const clearPadding = (planes: Uint8Array, bitCount: number): void => {
		wasm.clearPadding(at(planes), planes.length / planeBytes(bitCount), bitCount);
	};
	return {
		sliceInto(planes, values, from, width) {
			checkBits(from, width);
			checkLengths(width * planeBytes(values.length), planes);
			wasm.slice(at(planes), at(values), values.length, from, width, scratch);
		},
		unsliceInto(values, planes, width) {
			checkBits(0, width);
			checkLengths(width * planeBytes(values.length), planes);
			wasm.unslice(at(values), at(planes), values.length, width);
		},
		spreadInto(values, plane) {
			checkPlanes(values.length, plane);
			wasm.unslice(at(values), at(plane), values.length, 1);
		},
		xorInto(out, a, b) {
			checkVectors(out, a, b);
			wasm.xor(at(out), at(a), at(b), out.length);
		},
		andXorInto(out, a, b, mask) {
			checkVectors(out, a, b, mask);
			wasm.andXor(at(out), at(a), at(b), at(mask), out.length);
		},
		andInto(out, x, y, mask) {
			checkVectors(out, x.first, x.second, y.first, y.second, mask);
			wasm.and(at(out), at(x.first), at(x.second), at(y.first), at(y.second), at(mask), out.length);
		},
		invertInto(planes, bitCount) {
			checkWholePlanes(bitCount, planes);
			wasm.invert(at(planes), planes.length);
			clearPadding(planes, bitCount);
		},
		clearPaddingInto(planes, bitCount) {
			checkWholePlanes(bitCount, planes);
			clearPadding(planes, bitCount);
		},
	};
}

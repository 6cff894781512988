import { loadKernel } from './load.js';
import type { KernelMemory } from './memory.js';
import { type BitKernel, planeBytes } from './ring.js';
import { checkBits, checkLengths, checkPlanes, checkVectors, checkWholePlanes } from './ring-checks.js';
import { viewPointer } from './view-pointer.js';

/** Bytes of kernel memory that `createWasmBits` takes for itself at most: a vector of each plane. */
export const BITS_SCRATCH_BYTES = 1024;

interface SliceExports {
	slice(planes: number, values: number, length: number, from: number, width: number, scratch: number): void;
	unslice(values: number, planes: number, length: number, width: number): void;
}

interface Exports extends SliceExports {
	xor(out: number, a: number, b: number, bytes: number): void;
	andXor(out: number, a: number, b: number, mask: number, bytes: number): void;
	and(out: number, x: number, x2: number, y: number, y2: number, mask: number, bytes: number): void;
	invert(planes: number, bytes: number): void;
	clearPadding(planes: number, count: number, bits: number): void;
}

/**
 * The wasm SIMD build of `BitKernel` for words of 32 or 64 bits. Every array must be a view on `memory`; nothing of a
 * call is kept. Takes `BITS_SCRATCH_BYTES` of the memory, so one build serves one thread.
 * Bound: memory traffic; five loads and one store per 128 ANDs.
 * Throws: RangeError for a view on another buffer, or of words of another size.
 */
export async function createWasmBits(memory: KernelMemory, wordBits: 32 | 64 = 32): Promise<BitKernel> {
	const wasm = await loadKernel<Exports>('bits', memory.memory);
	const slices = wordBits === 64 ? await loadKernel<SliceExports>('bits64', memory.memory) : wasm;
	const scratch = memory.allocate(BITS_SCRATCH_BYTES);
	const at = viewPointer(memory.memory, wordBits / 8);
	const clearPadding = (planes: Uint8Array, bitCount: number): void => {
		wasm.clearPadding(at(planes), planes.length / planeBytes(bitCount), bitCount);
	};
	return {
		sliceInto(planes, values, from, width) {
			checkBits(from, width, wordBits);
			checkLengths(width * planeBytes(values.length), planes);
			slices.slice(at(planes), at(values), values.length, from, width, scratch);
		},
		unsliceInto(values, planes, width) {
			checkBits(0, width, wordBits);
			checkLengths(width * planeBytes(values.length), planes);
			slices.unslice(at(values), at(planes), values.length, width);
		},
		spreadInto(values, plane) {
			checkPlanes(values.length, plane);
			slices.unslice(at(values), at(plane), values.length, 1);
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

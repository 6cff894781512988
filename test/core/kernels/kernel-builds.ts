import { referenceBits } from '../../../src/core/kernels/bit-reference.js';
import { createWasmBits } from '../../../src/core/kernels/bit-wasm.js';
import { referenceBits64 } from '../../../src/core/kernels/bit64-reference.js';
import { KernelMemory } from '../../../src/core/kernels/memory.js';
import type { BitKernel, RingKernel } from '../../../src/core/kernels/ring.js';
import { referenceRing } from '../../../src/core/kernels/ring-reference.js';
import { createWasmRing } from '../../../src/core/kernels/ring-wasm.js';
import { referenceRing64 } from '../../../src/core/kernels/ring64-reference.js';

/** Kernels with room for their arrays; `misalignment` shifts each array off its 64 bytes by whole elements. */
export interface KernelBuild {
	readonly ring: RingKernel;
	readonly bits: BitKernel;
	readonly int32: (values: ArrayLike<number>) => Int32Array;
	readonly int64: (values: ArrayLike<bigint>) => BigInt64Array;
	readonly bytes: (values: ArrayLike<number>) => Uint8Array;
	/** Throws unless nothing was written beside the arrays handed out; gives their room back. */
	readonly checkAndReset: () => void;
}

const CAPACITY_BYTES = 8e6;
const GUARD = 0xa5;

const onHeap = {
	int32: (values: ArrayLike<number>) => Int32Array.from(values),
	int64: (values: ArrayLike<bigint>) => BigInt64Array.from(Array.from(values)),
	bytes: (values: ArrayLike<number>) => Uint8Array.from(values),
	checkAndReset: () => undefined,
};

/** The builds by name: the reference, wasm on aligned arrays, and wasm on arrays that lie anywhere. */
export const kernelBuilds: Record<string, () => Promise<KernelBuild>> = {
	reference: async () => ({ ring: referenceRing, bits: referenceBits, ...onHeap }),
	wasm: () => wasmBuild(0, 32),
	'wasm, unaligned': () => wasmBuild(1, 32),
};

/** The same for words of 64 bits. */
export const kernelBuilds64: Record<string, () => Promise<KernelBuild>> = {
	reference: async () => ({ ring: referenceRing64, bits: referenceBits64, ...onHeap }),
	wasm: () => wasmBuild(0, 64),
	'wasm, unaligned': () => wasmBuild(1, 64),
};

async function wasmBuild(misalignment: number, wordBits: 32 | 64): Promise<KernelBuild> {
	const memory = new KernelMemory(CAPACITY_BYTES);
	const ring = await createWasmRing(memory, wordBits);
	const bits = await createWasmBits(memory, wordBits);
	const { buffer } = memory.memory;
	const start = memory.usedBytes;
	const guards = new Uint8Array(buffer).fill(GUARD, start);
	let used = start;
	let taken: { from: number; to: number }[] = [];
	const take = (byteLength: number, elementBytes: number): number => {
		const from = used + 64 + misalignment * elementBytes;
		taken.push({ from, to: from + byteLength });
		used = Math.ceil((from + byteLength) / 64) * 64;
		return from;
	};
	return {
		ring,
		bits,
		int32(values) {
			const view = new Int32Array(buffer, take(4 * values.length, 4), values.length);
			view.set(values);
			return view;
		},
		int64(values) {
			const view = new BigInt64Array(buffer, take(8 * values.length, 8), values.length);
			view.set(Array.from(values));
			return view;
		},
		bytes(values) {
			const view = new Uint8Array(buffer, take(values.length, 1), values.length);
			view.set(values);
			return view;
		},
		checkAndReset() {
			for (const { from, to } of taken) guards.fill(GUARD, from, to);
			const end = used + 64;
			for (let i = start; i < end; i++) {
				if (guards[i] !== GUARD) throw new Error(`byte ${i} was written beside every array`);
			}
			used = start;
			taken = [];
		},
	};
}

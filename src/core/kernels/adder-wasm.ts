import { type AdderKernel, checkAdder } from './adder.js';
import { loadKernel } from './load.js';
import type { KernelMemory } from './memory.js';
import { viewPointer } from './view-pointer.js';

interface Exports {
	addRows(
		rows: number,
		triples: number,
		count: number,
		bytes: number,
		next: number,
		previous: number,
		carries: number,
	): void;
}

/**
 * The wasm SIMD build of `AdderKernel`. Every array must be a view on `memory`; nothing of a call is kept.
 * Bound: memory traffic; eight loads and four stores per 128 adders.
 * Throws: RangeError for a view on another buffer.
 */
export async function createWasmAdder(memory: KernelMemory): Promise<AdderKernel> {
	const wasm = await loadKernel<Exports>('adder', memory.memory);
	const at = viewPointer(memory.memory, 4);
	return {
		addRowsInto(rows, triples, rowBytes, masks, carries) {
			checkAdder(rows, triples, rowBytes, masks, carries);
			const count = triples.length / 3;
			wasm.addRows(at(rows), at(triples), count, rowBytes, at(masks.next), at(masks.previous), at(carries));
		},
	};
}

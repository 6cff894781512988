import { type AccumulateKernel, checkLength, SAMPLE_BLOCK } from './accumulate.js';
import { loadKernel } from './load.js';
import type { KernelMemory } from './memory.js';

/** Reports that one call of the wasm function takes: their counts fit in eight bits, and it is a multiple of four. */
const REPORTS_PER_CALL = 252;
/** 256 pointers of four bytes, then eight vectors of scratch space. */
const TABLE_BYTES = 1024 + 128;

interface Exports {
	addInt16(sums: number, table: number, reports: number, samples: number): void;
	addBits(sums: number, table: number, reports: number, samples: number): void;
	addOneInt16(sums: number, report: number, samples: number): void;
	addOneBits(sums: number, report: number, samples: number): void;
	withinInt16(report: number, samples: number, low: number, high: number): number;
}

/** Bytes of kernel memory that `createWasmAccumulate` takes for itself, for reports of `reportBytes`. */
export function accumulateScratchBytes(reportBytes: number): number {
	return TABLE_BYTES + reportBytes + 128;
}

/**
 * The wasm SIMD build of `AccumulateKernel`. Sums and reports must be views on `memory`, aligned to 16 bytes.
 * Bound: memory traffic; about 4 vector operations per 8 int16 samples, 11 per 128 bits.
 * Throws: RangeError for a view on another buffer, an unaligned one, or one of another length.
 */
export async function createWasmAccumulate(memory: KernelMemory, reportBytes: number): Promise<AccumulateKernel> {
	const wasm = await loadKernel<Exports>('accumulate', memory.memory);
	const buffer = memory.memory.buffer;
	const tableAt = memory.allocate(TABLE_BYTES);
	const zeroAt = memory.allocate(reportBytes);
	const table = new Uint32Array(buffer, tableAt, 256);

	const pointer = (view: ArrayBufferView): number => {
		if (view.buffer !== buffer) throw new RangeError('view: expected one on the memory of the kernel');
		if (view.byteOffset % 16 !== 0) throw new RangeError(`view: expected alignment to 16, got ${view.byteOffset}`);
		return view.byteOffset;
	};
	const addInto = (
		add: Exports['addInt16'],
		addOne: Exports['addOneInt16'],
		sums: Int32Array,
		reports: readonly (Int16Array | Uint8Array)[],
		samplesPerItem: number,
	): void => {
		for (const report of reports) checkLength(sums.length, report.length * samplesPerItem);
		if (reports.length === 1) {
			addOne(pointer(sums), pointer(reports[0]), sums.length);
			return;
		}
		for (let start = 0; start < reports.length; start += REPORTS_PER_CALL) {
			const part = reports.slice(start, start + REPORTS_PER_CALL);
			const padded = Math.ceil(part.length / 4) * 4;
			for (let i = 0; i < padded; i++) table[i] = i < part.length ? pointer(part[i]) : zeroAt;
			add(pointer(sums), tableAt, padded, sums.length);
		}
	};
	return {
		addInt16Into: (sums, reports) => addInto(wasm.addInt16, wasm.addOneInt16, sums, reports, 1),
		addBitsInto: (sums, reports) => addInto(wasm.addBits, wasm.addOneBits, sums, reports, 8),
		isWithin(report, low, high) {
			if (report.length % SAMPLE_BLOCK !== 0) throw new RangeError('report: expected whole blocks of samples');
			return wasm.withinInt16(pointer(report), report.length, low, high) === 1;
		},
	};
}

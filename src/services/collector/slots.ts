import { paddedSampleCount } from '../../core/kernels/accumulate.js';
import { type KernelMemory, roundUpBytes } from '../../core/kernels/memory.js';

/** An id, then the tag of the report's bytes. */
const HEAD_BYTES = 32;

/** Where reports wait in kernel memory: fixed places that the network thread fills and the ledger's thread reads. */
export interface SlotLayout {
	readonly slotCount: number;
	/** Bytes of a report. */
	readonly reportBytes: number;
	/** Bytes of its place: whole blocks of samples, zero beyond the report. */
	readonly bodyBytes: number;
	/** Offset of the first slot; each is a head in 64 bytes, then the body. */
	readonly offset: number;
}

/** Bytes of kernel memory per slot. */
export function slotBytes(layout: Pick<SlotLayout, 'bodyBytes'>): number {
	return roundUpBytes(HEAD_BYTES) + roundUpBytes(layout.bodyBytes);
}

/** The layout for reports of `reportBytes`; the offset comes from the memory. */
export function layoutSlots(
	memory: KernelMemory,
	shape: { readonly sampleCount: number; readonly reportBytes: number; readonly slotCount: number },
): SlotLayout {
	const { sampleCount, reportBytes, slotCount } = shape;
	const bodyBytes = paddedReportBytes(sampleCount, reportBytes);
	return { slotCount, reportBytes, bodyBytes, offset: memory.allocate(slotCount * slotBytes({ bodyBytes })) };
}

/** Bits or int16 words of whole blocks. */
export function paddedReportBytes(sampleCount: number, reportBytes: number): number {
	const padded = paddedSampleCount(sampleCount);
	return reportBytes === 2 * sampleCount ? 2 * padded : padded / 8;
}

/** Views on the slots of a memory. */
export interface SlotTable {
	id(slot: number): Uint8Array;
	tag(slot: number): Uint8Array;
	/** Id and tag as eight words. */
	entry(slot: number): Uint32Array;
	/** The report as it came. */
	body(slot: number): Buffer;
	paddedInt16(slot: number): Int16Array;
	paddedBits(slot: number): Uint8Array;
}

export function createSlotTable(buffer: ArrayBufferLike, layout: SlotLayout): SlotTable {
	const ids: Uint8Array[] = [];
	const tags: Uint8Array[] = [];
	const entries: Uint32Array[] = [];
	const bodies: Buffer[] = [];
	const words: Int16Array[] = [];
	const bits: Uint8Array[] = [];
	for (let slot = 0; slot < layout.slotCount; slot++) {
		const at = layout.offset + slot * slotBytes(layout);
		const bodyAt = at + roundUpBytes(HEAD_BYTES);
		ids.push(new Uint8Array(buffer, at, 16));
		tags.push(new Uint8Array(buffer, at + 16, 16));
		entries.push(new Uint32Array(buffer, at, 8));
		bodies.push(Buffer.from(buffer, bodyAt, layout.reportBytes));
		words.push(new Int16Array(buffer, bodyAt, layout.bodyBytes >> 1));
		bits.push(new Uint8Array(buffer, bodyAt, layout.bodyBytes));
	}
	return {
		id: (slot) => ids[slot],
		tag: (slot) => tags[slot],
		entry: (slot) => entries[slot],
		body: (slot) => bodies[slot],
		paddedInt16: (slot) => words[slot],
		paddedBits: (slot) => bits[slot],
	};
}

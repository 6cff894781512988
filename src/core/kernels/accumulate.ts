/**
 * Adds camera reports into sums. One interface, two builds: a reference that reads like the definition, and wasm SIMD.
 *
 * Shape: `sums` has one int32 per sample, padded with zeros to a multiple of 128 samples; each report has the same
 * number of samples, padded alike. All reports of a call are distinct from `sums`.
 * Overflow: sums wrap modulo 2^32; the caller moves them on before 65,535 int16 reports have been added.
 */
export interface AccumulateKernel {
	/** sums[i] += sum of report[i]. Mutates `sums`. */
	addInt16Into(sums: Int32Array, reports: readonly Int16Array[]): void;
	/** sums[i] += how many reports have bit i & 7 of byte i >> 3 set. Mutates `sums`. */
	addBitsInto(sums: Int32Array, reports: readonly Uint8Array[]): void;
	/** Whether every sample lies in low..high. */
	isWithin(report: Int16Array, low: number, high: number): boolean;
}

/** Samples of a report are padded with zeros to a multiple of this. */
export const SAMPLE_BLOCK = 128;

/** Rounds a sample count up to whole blocks. */
export function paddedSampleCount(sampleCount: number): number {
	return Math.ceil(sampleCount / SAMPLE_BLOCK) * SAMPLE_BLOCK;
}

/** The specification of `AccumulateKernel`, one sample at a time. */
export const referenceAccumulate: AccumulateKernel = {
	addInt16Into(sums, reports) {
		for (const report of reports) {
			checkLength(sums.length, report.length);
			for (let i = 0; i < sums.length; i++) sums[i] += report[i];
		}
	},
	addBitsInto(sums, reports) {
		for (const report of reports) {
			checkLength(sums.length, report.length * 8);
			for (let i = 0; i < sums.length; i++) sums[i] += (report[i >> 3] >> (i & 7)) & 1;
		}
	},
	isWithin(report, low, high) {
		return report.every((sample) => sample >= low && sample <= high);
	},
};

/** Throws: RangeError unless a report has as many samples as the sums, in whole blocks. */
export function checkLength(sumCount: number, reportCount: number): void {
	if (reportCount !== sumCount || sumCount % SAMPLE_BLOCK !== 0) {
		throw new RangeError(`report: expected ${sumCount} samples in blocks of ${SAMPLE_BLOCK}, got ${reportCount}`);
	}
}

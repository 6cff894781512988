import { bitErrors } from './bit-errors.js';
import type { Mechanism } from './mechanism.js';
import type { OneBitParameters } from './mechanism-parameters.js';
import { createOneBitTable } from './one-bit-table.js';
import { requireBodyLength } from './report-length.js';
import { createUniformWords } from './uniform-words.js';

/**
 * One bit per sample with P(1) = 1/2 + (x/255 - 1/2) tanh(epsilon/2).
 * Randomness: one word per sample, in sample order; the bit is word < threshold[x].
 * Guarantee: epsilon per sample, exact for the table in use (see `createOneBitTable`).
 */
export function createOneBit(parameters: OneBitParameters): Mechanism {
	const { thresholds, slope, epsilon } = createOneBitTable(parameters.epsilon);
	const reportBytes = (sampleCount: number) => Math.ceil(sampleCount / 8);

	/** p (1 - p) (255 / slope)^2: the bit's variance through the estimator. */
	function varianceOfMean(x: number, count: number): number {
		const p = 0.5 + (x / 255 - 0.5) * slope;
		return (p * (1 - p) * (255 / slope) ** 2) / count;
	}

	function privatizeInto(body: Uint8Array, samples: Uint8Array, random: Parameters<Mechanism['privatize']>[1]): void {
		const sampleCount = samples.length;
		requireBodyLength(body, reportBytes(sampleCount));
		const words = createUniformWords(random, sampleCount);
		let packed = 0;
		for (let i = 0; i < sampleCount; i++) {
			if (words.next() < thresholds[samples[i]]) packed |= 1 << (i & 7);
			if ((i & 7) === 7) {
				body[i >> 3] = packed;
				packed = 0;
			}
		}
		if ((sampleCount & 7) !== 0) body[sampleCount >> 3] = packed;
		words.erase();
	}

	return {
		parameters,
		rangeOfReport: null,
		reportBytes,
		// A bit cannot overflow.
		assertFits() {},
		privatize(samples, random) {
			const body = new Uint8Array(reportBytes(samples.length));
			privatizeInto(body, samples, random);
			return body;
		},
		privatizeInto,
		estimateMeans(sums, count) {
			return Float64Array.from(sums, (sum) => 255 * ((sum / count - 0.5) / slope + 0.5));
		},
		...bitErrors(varianceOfMean),
		account: () => ({ kind: 'pure', epsilon }),
	};
}

import type { RandomSource } from '../random.js';
import { bitErrors } from './bit-errors.js';
import type { Mechanism } from './mechanism.js';
import type { SharesParameters } from './mechanism-parameters.js';
import { requireBodyLength } from './report-length.js';
import { bitPlanesOf, sharePlaneBytes } from './share-planes.js';
import { createUniformWords } from './uniform-words.js';

/**
 * A picture for three servers: its bit planes, which are then shared (`sharePlanes`) and never leave in one piece.
 * One bit: set with probability x / 255 exactly, from one `below(255)` per sample; eight bits draw nothing.
 * Guarantee: none from an exact release. Nothing but 0..255 can be written down in eight bits, so one client moves the
 * mean by 255 / N at most.
 */
export function createShares(parameters: SharesParameters): Mechanism {
	const { bits } = parameters;
	const scale = bits === 8 ? 1 : 255;
	const reportBytes = (sampleCount: number): number => bits * sharePlaneBytes(sampleCount);
	/** Of dithering; the picture itself is exact. */
	const varianceOfMean = (x: number, count: number): number => (bits === 8 ? 0 : (x * (255 - x)) / count);
	const privatize = (samples: Uint8Array, random: RandomSource): Uint8Array<ArrayBuffer> =>
		bits === 8 ? bitPlanesOf(samples) : ditheredPlane(samples, random);
	return {
		parameters,
		rangeOfReport: bits === 8 ? { min: 0, max: 255 } : null,
		reportBytes,
		assertFits() {
			// there is no word to overflow
		},
		privatize,
		privatizeInto(body, samples, random) {
			requireBodyLength(body, reportBytes(samples.length));
			body.set(privatize(samples, random));
		},
		estimateMeans: (sums, count) => Float64Array.from(sums, (sum) => (scale * sum) / count),
		...bitErrors(varianceOfMean),
		account: () => ({ kind: 'delta-only', delta: 1, deltaPerGrayLevel: 1 }),
	};
}

function ditheredPlane(samples: Uint8Array, random: RandomSource): Uint8Array<ArrayBuffer> {
	const plane = new Uint8Array(sharePlaneBytes(samples.length));
	const words = createUniformWords(random, samples.length);
	for (let i = 0; i < samples.length; i++) if (words.below(255) < samples[i]) plane[i >> 3] |= 1 << (i & 7);
	words.erase();
	return plane;
}

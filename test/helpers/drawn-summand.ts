import { drawSummandInto } from '../../src/core/average/release-noise.js';
import type { UniformWords } from '../../src/core/average/uniform-words.js';

/** One party's noise, drawn without a stop. */
export function drawnSummand(partySigma: number, sampleCount: number, words: UniformWords): Float64Array<ArrayBuffer> {
	const summand = new Float64Array(sampleCount);
	for (const _ of drawSummandInto(summand, partySigma, words));
	return summand;
}

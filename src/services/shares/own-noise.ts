import { setImmediate } from 'node:timers/promises';
import { drawSummandInto } from '../../core/average/release-noise.js';
import { createUniformWords } from '../../core/average/uniform-words.js';
import type { RandomSource } from '../../core/random.js';

/** Draws what one party adds to a sum. */
export type DrawOwnNoise = (
	partySigma: number,
	sampleCount: number,
	random: RandomSource,
) => Promise<Uint8Array<ArrayBuffer>>;

/**
 * A party's own noise for one release, as it is stored and shared. Of a large picture it takes seconds: in between others
 * are answered.
 * Shape: float64, whole numbers.
 */
export const drawOwnNoise: DrawOwnNoise = async (partySigma, sampleCount, random) => {
	const noise = new Float64Array(sampleCount);
	const words = createUniformWords(random, 2 * sampleCount);
	for (const _ of drawSummandInto(noise, partySigma, words)) await setImmediate();
	words.erase();
	return new Uint8Array(noise.buffer);
};

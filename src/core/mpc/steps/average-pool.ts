import type { WindowShape, Words } from '../../kernels/ring.js';
import type { Party } from '../party.js';
import { copyInto, RING_32, type Ring, wordsFrom } from '../ring.js';
import type { Replicated } from '../shares.js';
import type { StepCost } from '../step-cost.js';
import { declareTruncate, runTruncate } from './truncate.js';

/** A division as a product with a public number and a quotient by 2^f. */
export interface AverageFactor {
	/** One for all outputs, or one for each place of a plane, where windows at the edge hold fewer samples. Whole. */
	readonly multiplier: number | Int32Array | Float64Array;
	readonly f: number;
	/** Said where the image's values are not all shared by draws of their own, such as ones repeated or filled in. */
	readonly refresh?: boolean;
}

export interface AveragePoolShape {
	readonly window: WindowShape;
	readonly factor: AverageFactor;
}

/**
 * What divides by `cells`: exactly where that is a power of two, otherwise with `extraBits` more bits of the product,
 * relative error at most cells / 2^(extraBits + 1).
 */
export function averageFactor(cells: number, extraBits: number): AverageFactor {
	const log = Math.log2(cells);
	if (Number.isInteger(log) && log > 0) return { multiplier: 1, f: log };
	return { multiplier: Math.round(2 ** extraBits / cells), f: extraBits };
}

/** The sums cost nothing; the division is one truncation. */
export function declareAveragePool({ window, factor }: AveragePoolShape, ring: Ring = RING_32): StepCost {
	const count = window.channels * window.outHeight * window.outWidth;
	return declareTruncate({ count, f: factor.f, from: 'replicated', refresh: mayBeEven(factor) }, ring);
}

/** Error: as `runTruncate` of the sum times the multiplier. Places outside the picture count as zeros. Shape: C, H, W. */
export async function runAveragePool(party: Party, image: Replicated, shape: AveragePoolShape): Promise<Replicated> {
	const { arena } = party;
	const { factor } = shape;
	const count = shape.window.channels * shape.window.outHeight * shape.window.outWidth;
	const result = { first: arena.words(count), second: arena.words(count) };
	const mark = arena.mark();
	const sums = sumPool(party, image, shape);
	const quotient = await runTruncate(party, sums, { f: factor.f, refresh: mayBeEven(factor) });
	copyInto(result.first, quotient.first);
	copyInto(result.second, quotient.second);
	arena.release(mark);
	return result;
}

/**
 * The sums times the multiplier, as they are: `f` more fractional bits stand for the division. No message, no draw.
 * Error: exact.
 */
export function sumPool(party: Party, image: Replicated, { window, factor }: AveragePoolShape): Replicated {
	const { arena, kernels } = party;
	const component = (values: Words): Words => {
		const sums = arena.words(window.channels * window.outHeight * window.outWidth);
		kernels.ring.windowSumInto(sums, values, window);
		if (factor.multiplier !== 1) multiplyInto(party, sums, factor.multiplier);
		return sums;
	};
	return { first: component(image.first), second: component(image.second) };
}

function multiplyInto({ arena, kernels, ring }: Party, sums: Words, multiplier: AverageFactor['multiplier']): void {
	if (typeof multiplier === 'number') {
		kernels.ring.scaleInto(sums, sums, multiplier);
		return;
	}
	const mark = arena.mark();
	const plane = arena.words(multiplier.length);
	copyInto(plane, wordsFrom(ring, multiplier));
	for (let at = 0; at < sums.length; at += plane.length) {
		const channel = sums.subarray(at, at + plane.length);
		kernels.ring.multiplyElementsInto(channel, channel, plane);
	}
	arena.release(mark);
}

/** Then the sum's last component is even somewhere, not uniform. */
function mayBeEven({ multiplier, refresh }: AverageFactor): boolean {
	return (
		refresh === true ||
		(typeof multiplier === 'number' ? multiplier % 2 === 0 : multiplier.some((factor) => factor % 2 === 0))
	);
}

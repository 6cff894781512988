import type { WindowShape } from '../../kernels/ring.js';
import type { Party } from '../party.js';
import type { Replicated } from '../shares.js';
import type { StepCost } from '../step-cost.js';
import { declareTruncate, runTruncate } from './truncate.js';

/** A division as a product with a public number and a quotient by 2^f. */
export interface AverageFactor {
	readonly multiplier: number;
	readonly f: number;
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
export function declareAveragePool({ window, factor }: AveragePoolShape): StepCost {
	const count = window.channels * window.outHeight * window.outWidth;
	return declareTruncate({ count, f: factor.f, from: 'replicated', refresh: isEven(factor) });
}

/** Error: as `runTruncate` of the sum times the multiplier. Places outside the picture count as zeros. Shape: C, H, W. */
export async function runAveragePool(party: Party, image: Replicated, shape: AveragePoolShape): Promise<Replicated> {
	const { arena, kernels } = party;
	const { window, factor } = shape;
	const count = window.channels * window.outHeight * window.outWidth;
	const result = { first: arena.words(count), second: arena.words(count) };
	const mark = arena.mark();
	const sums = { first: arena.words(count), second: arena.words(count) };
	for (const [sum, component] of [[sums.first, image.first] as const, [sums.second, image.second] as const]) {
		kernels.ring.windowSumInto(sum, component, window);
		kernels.ring.scaleInto(sum, sum, factor.multiplier);
	}
	const quotient = await runTruncate(party, sums, { f: factor.f, refresh: isEven(factor) });
	result.first.set(quotient.first);
	result.second.set(quotient.second);
	arena.release(mark);
	return result;
}

/** Then the sum's last component is even, not uniform. */
function isEven(factor: AverageFactor): boolean {
	return factor.multiplier % 2 === 0;
}

import type { Party } from '../party.js';
import { copyInto, RING_32, type Ring } from '../ring.js';
import type { Replicated, ReplicatedBits } from '../shares.js';
import type { StepCost } from '../step-cost.js';
import { declareSelect, runSelect } from './select.js';
import { declareSign, runSign, type SignWindow } from './sign.js';

export interface ReluShape {
	readonly count: number;
	readonly window: SignWindow;
	/** Bits to drop of the result; 0 keeps all. */
	readonly f: number;
}

/**
 * max(0, x), and its quotient by 2^f: sign, then select with truncation.
 * Window of 20 bits, f = 12: 5 + 3 rounds, 94 + 143 bits per value in all, 9.9 bytes per party in 32 bits; 128 more bits in 64.
 */
export function declareRelu(shape: ReluShape, ring: Ring = RING_32): StepCost[] {
	return [declareSign(shape), declareSelect(shape, ring)];
}

/** Error: as `runSign` within the window, and `runTruncate` for f > 0. A window from s with s <= f costs less than 1. */
export async function runRelu(
	party: Party,
	x: Replicated,
	options: { readonly window: SignWindow; readonly f: number },
): Promise<Replicated> {
	const { arena } = party;
	// taken first, so that the bit below the result of the selection can be given back
	const first = arena.words(x.first.length);
	const second = arena.words(x.first.length);
	const mark = arena.mark();
	const b = await runSign(party, x, options.window);
	complementInto(party, b, x.first.length);
	const selected = await runSelect(party, x, b, options);
	copyInto(first, selected.first);
	copyInto(second, selected.second);
	arena.release(mark);
	return { first, second };
}

/** b = 1 - b: component 0 flips, at P0 and P2. */
function complementInto(party: Party, b: ReplicatedBits, count: number): void {
	if (party.index === 1) return;
	party.kernels.bits.invertInto(party.index === 0 ? b.first : b.second, count);
}

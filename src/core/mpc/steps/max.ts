import type { Party } from '../party.js';
import { RING_32, type Ring } from '../ring.js';
import type { Replicated } from '../shares.js';
import type { StepCost } from '../step-cost.js';
import { declareRelu, runRelu } from './relu.js';
import type { SignWindow } from './sign.js';

/** max(x, y) = y + max(0, x - y). Window of 21 bits from 0: 5 + 2 rounds. */
export function declareMax(
	shape: { readonly count: number; readonly window: SignWindow },
	ring: Ring = RING_32,
): StepCost[] {
	return declareRelu({ ...shape, f: 0 }, ring);
}

/** Error: none where x - y is within the window; a window from s > 0 may miss the maximum by up to 2^s - 2. */
export async function runMax(party: Party, x: Replicated, y: Replicated, window: SignWindow): Promise<Replicated> {
	const { arena, kernels } = party;
	const count = x.first.length;
	const result = { first: arena.words(count), second: arena.words(count) };
	const mark = arena.mark();
	kernels.ring.subtractInto(result.first, x.first, y.first);
	kernels.ring.subtractInto(result.second, x.second, y.second);
	const excess = await runRelu(party, result, { window, f: 0 });
	kernels.ring.addInto(result.first, excess.first, y.first);
	kernels.ring.addInto(result.second, excess.second, y.second);
	arena.release(mark);
	return result;
}

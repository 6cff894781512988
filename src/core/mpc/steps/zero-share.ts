import type { Words } from '../../kernels/ring.js';
import type { Party } from '../party.js';
import { pairWithNext, pairWithPrevious } from '../party-index.js';
import type { Step } from '../step.js';
import type { DrawPlan, Form } from '../step-cost.js';

/** The draws of a zero share: one of each pair. */
export function zeroShareDraws(form: Form, name = 'zero'): DrawPlan[] {
	return (['01', '12', '02'] as const).map((pair) => ({ label: `${name} ${pair}`, pair, form }));
}

/** The draw that hides party `from`'s message from the previous party: that with the next one. */
export function zeroShareMask(from: 0 | 1 | 2, name = 'zero'): string {
	return `${name} ${pairWithNext(from)}`;
}

/** out = values + a_i with a_i = F_i,i+1 - F_i-1,i: the sum of the three a_i is zero. `out` may be `values`. */
export function addZeroShareInto(party: Party, step: Step, out: Words, values: Words, name = 'zero'): void {
	const mark = party.arena.mark();
	const plus = step.drawWords(`${name} ${pairWithNext(party.index)}`);
	const minus = step.drawWords(`${name} ${pairWithPrevious(party.index)}`);
	party.kernels.ring.addZeroShareInto(out, values, plus, minus);
	party.arena.release(mark);
}

/** The same for bits: a_i = F_i,i+1 ^ F_i-1,i, in the arena. */
export function drawZeroPlanes(party: Party, step: Step, name: string): Uint8Array {
	const mask = step.drawPlanes(`${name} ${pairWithNext(party.index)}`);
	party.kernels.bits.xorInto(mask, mask, step.drawPlanes(`${name} ${pairWithPrevious(party.index)}`));
	return mask;
}

import type { Words } from '../../kernels/ring.js';
import type { Party } from '../party.js';
import type { PartyIndex } from '../party-index.js';
import { copyInto, type Ring } from '../ring.js';
import type { Replicated } from '../shares.js';
import type { Step } from '../step.js';
import { type DrawPlan, type FieldPlan, words } from '../step-cost.js';

/**
 * A value as two halves, one at P0 and one at P1, becomes replicated with the components alpha = F_02, beta and
 * gamma = F_12: P0 sends o0 - alpha, P1 sends o1 - gamma, and beta is the sum of the two messages. A part of the steps
 * that end in halves: a word per value of P0 and of P1.
 */
export function halvesDraws(count: number, ring: Ring): DrawPlan[] {
	return [
		{ label: 'alpha', pair: '02', form: words(count, ring) },
		{ label: 'gamma', pair: '12', form: words(count, ring) },
	];
}

/** What P0 or P1 sends. */
export function halfField(from: 0 | 1, count: number, ring: Ring): FieldPlan {
	return { name: 'half', form: words(count, ring), mask: from === 0 ? 'alpha' : 'gamma' };
}

/** Memory of the result, filled with what the party draws: it is complete at P2, and waits for beta at P0 and P1. */
export function drawHalves(party: Party, step: Step, count: number): Replicated {
	const { arena, index } = party;
	const result = { first: arena.words(count), second: arena.words(count) };
	const mark = arena.mark();
	if (index !== 1) copyInto(betaNeighbour(index, result), step.drawWords('alpha'));
	if (index !== 0) copyInto(index === 1 ? result.second : result.first, step.drawWords('gamma'));
	arena.release(mark);
	return result;
}

/** At P0 and P1: puts its own masked half, which it sends, where beta will be. */
export function maskHalf(party: Party, result: Replicated, half: Words): Words {
	const own = party.index === 0 ? result.second : result.first;
	party.kernels.ring.subtractInto(own, half, party.index === 0 ? result.first : result.second);
	return own;
}

/** At P0 and P1: beta = both masked halves. */
export function addHalf(party: Party, result: Replicated, received: Words): void {
	const beta = party.index === 0 ? result.second : result.first;
	party.kernels.ring.addInto(beta, beta, received);
}

function betaNeighbour(index: PartyIndex, result: Replicated): Words {
	return index === 0 ? result.first : result.second;
}

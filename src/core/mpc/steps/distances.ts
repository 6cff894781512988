import type { Party } from '../party.js';
import { addNumberInto, copyInto, RING_32, type Ring } from '../ring.js';
import type { Replicated } from '../shares.js';
import type { StepCost } from '../step-cost.js';
import type { TemplateSource } from '../template-source.js';
import { declareReshare, runReshare } from './reshare.js';
import { squaredNorms } from './squared-norms.js';

export interface DistanceOptions {
	/** The first template, and how many. */
	readonly from: number;
	readonly count: number;
	/** A public number that is taken off. */
	readonly minus: number;
}

/**
 * Squared distances of a vector to templates, less a public number, as |b|^2 - 2 b a + |a|^2: every product is local, so
 * one resharing is all, a word per template and party, 1 round.
 */
export function declareDistances(shape: { readonly count: number }, ring: Ring = RING_32): StepCost {
	return declareReshare(shape, ring);
}

/** Error: exact in the ring. Source: |a - b|^2 expanded. */
export async function runDistances(
	party: Party,
	a: Replicated,
	templates: TemplateSource,
	{ from, count, minus }: DistanceOptions,
): Promise<Replicated> {
	const { arena, index, kernels } = party;
	const result = { first: arena.words(count), second: arena.words(count) };
	const mark = arena.mark();
	const own = arena.words(count);
	const factor = { first: arena.words(templates.length), second: arena.words(templates.length) };
	kernels.ring.scaleInto(factor.first, a.first, -2);
	kernels.ring.scaleInto(factor.second, a.second, -2);
	templates.squaresAndProductsInto(own, factor, from);
	const square = squaredNorms(party, a, 1).own;
	// a constant is a term of party 0 alone
	if (index === 0) addNumberInto(square, -minus);
	kernels.ring.addBiasInto(own, square, count);
	const shared = await runReshare(party, { own });
	copyInto(result.first, shared.first);
	copyInto(result.second, shared.second);
	arena.release(mark);
	return result;
}

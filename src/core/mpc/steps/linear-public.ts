import type { Words } from '../../kernels/ring.js';
import type { Party } from '../party.js';
import type { Additive, Replicated } from '../shares.js';
import { groupRanges, type LinearShape, linearOutcome } from './linear-shape.js';

/** A linear layer whose weights everybody knows. `bias` has one number per row of the outcome. */
export interface PublicLinear {
	readonly shape: LinearShape;
	readonly weights: Words;
	readonly bias?: Words;
}

/** Replicated -> replicated: each party multiplies both of its components. No message, no draw. */
export function runLinearPublic(party: Party, x: Replicated, layer: PublicLinear): Replicated {
	return {
		first: multiply(party, x.first, layer, party.index === 0),
		second: multiply(party, x.second, layer, party.index === 2),
	};
}

/** Replicated -> additive, half the work: what a resharing or a truncation then turns into replicated again. */
export function runLinearPublicAdditive(party: Party, x: Replicated, layer: PublicLinear): Additive {
	return { own: multiply(party, x.first, layer, party.index === 0) };
}

// A public number is its component 0, so that component alone takes the bias.
function multiply(party: Party, component: Words, layer: PublicLinear, withBias: boolean): Words {
	const { shape, weights, bias } = layer;
	const { ring } = party.kernels;
	const { rows, columns } = linearOutcome(shape);
	const out = party.arena.zeroWords(rows * columns);
	if (shape.kind === 'product') ring.multiplyAddInto(out, weights, component, shape.product);
	else {
		for (const at of groupRanges(shape)) {
			const outcome = out.subarray(...at.outcome);
			ring.convolveAddInto(outcome, weights.subarray(...at.weights), component.subarray(...at.image), shape.window);
		}
	}
	if (withBias && bias !== undefined) ring.addBiasInto(out, bias, columns);
	return out;
}

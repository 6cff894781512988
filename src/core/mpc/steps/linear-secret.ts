import type { Party } from '../party.js';
import type { Additive, Replicated } from '../shares.js';
import { groupRanges, type LinearShape, linearOutcome } from './linear-shape.js';

/** A linear layer whose weights and bias are shared. */
export interface SecretLinear {
	readonly shape: LinearShape;
	readonly weights: Replicated;
	readonly bias?: Replicated;
}

/**
 * Replicated -> additive: z_i = w_i (x_i + x_i+1) + w_i+1 x_i. No message, no draw.
 * What comes out is not fresh: it may be sent only under a zero share, as `runReshare` and `runTruncateAdditive` do.
 * Source: Araki et al. 2016, section 2.
 */
export function runLinearSecret(party: Party, x: Replicated, layer: SecretLinear): Additive {
	const { shape, weights, bias } = layer;
	const { ring } = party.kernels;
	const { rows, columns } = linearOutcome(shape);
	const own = party.arena.zeroWords(rows * columns);
	if (shape.kind === 'product') ring.multiplySharedAddInto(own, weights, x, shape.product);
	else {
		for (const at of groupRanges(shape)) {
			const left = part(weights, at.weights);
			ring.convolveSharedAddInto(own.subarray(...at.outcome), left, part(x, at.image), shape.window);
		}
	}
	if (bias !== undefined) ring.addBiasInto(own, bias.first, columns);
	return { own };
}

function part(value: Replicated, [from, to]: readonly [number, number]): Replicated {
	return { first: value.first.subarray(from, to), second: value.second.subarray(from, to) };
}

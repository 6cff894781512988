import type { Party } from '../party.js';
import type { Additive, Replicated } from '../shares.js';

/**
 * Value by value, replicated -> additive: z_i = x_i (y_i + y_i+1) + x_i+1 y_i. No message, no draw.
 * What comes out is not fresh: it may be sent only under a zero share, as `runReshare` and `runTruncateAdditive` do.
 * Source: Araki et al. 2016, section 2.
 */
export function runMultiply({ arena, kernels }: Party, x: Replicated, y: Replicated): Additive {
	const { ring } = kernels;
	const own = arena.words(x.first.length);
	const mark = arena.mark();
	const other = arena.words(x.first.length);
	ring.addInto(other, y.first, y.second);
	ring.multiplyElementsInto(own, x.first, other);
	ring.multiplyElementsInto(other, x.second, y.first);
	ring.addInto(own, own, other);
	arena.release(mark);
	return { own };
}

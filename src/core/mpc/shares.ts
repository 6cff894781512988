import type { Words } from '../kernels/ring.js';

/**
 * The forms in which three parties hold a value, as one party sees them. The types differ, so that a form cannot be
 * taken for another one.
 */

/** x = x_0 + x_1 + x_2: party i holds the components i and i + 1. */
export interface Replicated {
	readonly first: Words;
	readonly second: Words;
}

/** z = z_0 + z_1 + z_2: party i holds component i alone. */
export interface Additive {
	readonly own: Words;
}

/** b = b_0 ^ b_1 ^ b_2 on bit planes: party i holds the components i and i + 1. */
export interface ReplicatedBits {
	readonly first: Uint8Array;
	readonly second: Uint8Array;
}

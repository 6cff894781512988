import type { Party } from '../party.js';
import type { Additive, Replicated } from '../shares.js';

/** Rows that are squared at once, so that what is taken of the arena stays small. */
const PIECE_ROWS = 1024;

/**
 * Replicated -> additive: |x|^2 of each row of x. No message, no draw.
 * Shape: x is count x length.
 * As z_i = x_i (x_i + 2 x_i+1), the product of a value with itself. What comes out is not fresh: see `runLinearSecret`.
 */
export function squaredNorms(party: Party, x: Replicated, count: number): Additive {
	const { arena, kernels } = party;
	const length = count === 0 ? 0 : x.first.length / count;
	const own = arena.words(count);
	const mark = arena.mark();
	const terms = arena.words(Math.min(PIECE_ROWS, count) * length);
	for (let row = 0; row < count; row += PIECE_ROWS) {
		const rows = Math.min(PIECE_ROWS, count - row);
		const [from, to] = [row * length, (row + rows) * length];
		const first = x.first.subarray(from, to);
		const piece = terms.subarray(0, rows * length);
		kernels.ring.scaleInto(piece, x.second.subarray(from, to), 2);
		kernels.ring.addInto(piece, piece, first);
		kernels.ring.multiplyElementsInto(piece, piece, first);
		kernels.ring.rowSumInto(own.subarray(row, row + rows), piece);
	}
	arena.release(mark);
	return { own };
}

/** Values that a long step works on at once, so that its memory stays small. Whole vectors of bits. */
export const PIECE_VALUES = 131_072;

/** The pieces of `total` values, the last one shorter. */
export function piecesOf(total: number): { readonly from: number; readonly count: number }[] {
	return Array.from({ length: Math.ceil(total / PIECE_VALUES) }, (_, piece) => {
		const from = piece * PIECE_VALUES;
		return { from, count: Math.min(PIECE_VALUES, total - from) };
	});
}

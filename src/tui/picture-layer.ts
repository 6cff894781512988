/** Marks lie in a private plane of Unicode, where no text has business; `safeText` makes foreign ones visible. */
const FIRST_MARK = 0xf0000;
const ROWS_PER_SLOT = 1024;
const MARKED = /([\u{f0000}-\u{ffffd}])( *)/gu;

/**
 * Pictures of half blocks, kept out of Ink: laying out a picture of 146 x 55 cells, each with its own two colours, takes
 * Ink 460 ms on every frame. It lays out one mark per row instead, and the screen puts the row's text in its place.
 */
export interface PictureLayer {
	/** What Ink lays out for a row. */
	mark(slot: number, row: number): string;
	/** Shows these lines, each `columns` wide, wherever the slot's marks are. */
	place(slot: number, lines: readonly string[], columns: number): void;
	/** A line of a frame with the pictures in it. */
	expand(line: string): string;
}

/** `onChange` is told whenever a frame that is on the screen already would look different. */
export function createPictureLayer(onChange: () => void): PictureLayer {
	const pictures = new Map<number, { readonly lines: readonly string[]; readonly columns: number }>();
	const textOf = (mark: string, spaces: string): string => {
		const index = (mark.codePointAt(0) ?? FIRST_MARK) - FIRST_MARK;
		const picture = pictures.get(Math.floor(index / ROWS_PER_SLOT));
		const text = picture?.lines[index % ROWS_PER_SLOT];
		// The mark took one column of the picture's; Ink filled the others with spaces if something stands beside it.
		return picture === undefined || text === undefined ? ` ${spaces}` : text + spaces.slice(picture.columns - 1);
	};
	return {
		mark: (slot, row) => String.fromCodePoint(FIRST_MARK + slot * ROWS_PER_SLOT + (row % ROWS_PER_SLOT)),
		place(slot, lines, columns) {
			pictures.set(slot, { lines, columns });
			onChange();
		},
		expand: (line) => line.replace(MARKED, (_match, mark: string, spaces: string) => textOf(mark, spaces)),
	};
}

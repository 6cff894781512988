import { type CellSize, fitPicture } from '../picture-size.js';

/** Where the parts of the collector's dashboard go in a window. All in columns and rows of the terminal. */
export interface CollectLayout {
	readonly place: 'beside' | 'below' | 'none';
	/** Null when there is no room for a picture that one would recognise. */
	readonly picture: CellSize | null;
	readonly factsColumns: number;
	/** Rows for the causes of rejections. */
	readonly causeRows: number;
	readonly warningRows: number;
	/** Empty lines between the parts, where there is room to breathe. */
	readonly gapRows: 0 | 1;
}

export interface CollectContent {
	readonly width: number;
	readonly height: number;
	readonly causes: number;
	readonly warnings: number;
}

/** Header, address, and keys. */
const FRAME_ROWS = 3;
/** The rows of facts without causes, see `factRows`. */
export const FACT_ROWS = 7;
const MIN_FACTS_COLUMNS = 34;
const MAX_FACTS_COLUMNS = 60;
/** In a wide window the curves may be longer. */
const FACTS_SHARE = 0.3;
const MIN_PICTURE: CellSize = { columns: 16, rows: 5 };
export const GUTTER_COLUMNS = 2;

/** Facts before warnings before causes before the picture: what a small window cannot hold goes in the opposite order. */
export function collectLayout({ columns, rows }: CellSize, content: CollectContent): CollectLayout {
	const gapRows = rows >= 20 ? 1 : 0;
	const bodyRows = rows - FRAME_ROWS - 2 * gapRows;
	const warningRows = Math.max(0, Math.min(content.warnings, 3, bodyRows - FACT_ROWS));
	const roomRows = bodyRows - warningRows;
	const causeRows = Math.max(0, Math.min(content.causes, roomRows - FACT_ROWS));
	const common = { causeRows, warningRows, gapRows } as const;

	const besideColumns = columns - Math.max(MIN_FACTS_COLUMNS, Math.floor(columns * FACTS_SHARE)) - GUTTER_COLUMNS;
	const belowRows = roomRows - FACT_ROWS - causeRows - gapRows;
	const beside = pictureIn(content, { columns: besideColumns, rows: roomRows });
	const below = pictureIn(content, { columns, rows: belowRows });
	if (beside !== null && area(beside) >= area(below)) {
		const factsColumns = Math.min(MAX_FACTS_COLUMNS, columns - GUTTER_COLUMNS - beside.columns);
		return { ...common, place: 'beside', picture: beside, factsColumns };
	}
	const factsColumns = Math.min(MAX_FACTS_COLUMNS, columns);
	return below === null
		? { ...common, place: 'none', picture: null, factsColumns }
		: { ...common, place: 'below', picture: below, factsColumns };
}

function pictureIn(image: CollectContent, room: CellSize): CellSize | null {
	if (room.columns < MIN_PICTURE.columns || room.rows < MIN_PICTURE.rows) {
		return null;
	}
	return fitPicture(image, room);
}

function area(size: CellSize | null): number {
	return size === null ? 0 : size.columns * size.rows;
}

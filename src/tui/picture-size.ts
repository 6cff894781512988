export interface CellSize {
	readonly columns: number;
	readonly rows: number;
}

/**
 * The largest size in terminal cells that keeps a picture's shape. A half block draws two samples, one above the other,
 * in one cell, and they are about square.
 * Exact: at least 1 x 1, at most the room.
 */
export function fitPicture(image: { readonly width: number; readonly height: number }, room: CellSize): CellSize {
	const scale = Math.min(room.columns / image.width, (room.rows * 2) / image.height);
	const within = (cells: number, limit: number): number => Math.max(1, Math.min(limit, Math.round(cells)));
	return {
		columns: within(image.width * scale, room.columns),
		rows: within((image.height * scale) / 2, room.rows),
	};
}

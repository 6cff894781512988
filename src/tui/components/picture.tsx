import { Box, Text } from 'ink';
import { type ReactNode, useLayoutEffect } from 'react';
import { clip, columnsOf } from '../clip.js';
import { safeText } from '../safe-text.js';
import type { Theme } from '../theme.js';
import { usePictureLayer } from '../use-picture-layer.js';
import { Line } from './line.js';

/** The frame around the placeholder, with a blank inside it. */
const FRAME_COLUMNS = 4;

export interface PictureProps {
	readonly theme: Theme;
	/** Drawn already, one text per terminal line, colours included; null while there is no picture. */
	readonly lines: readonly string[] | null;
	/** In place of the picture, with the reason. */
	readonly placeholder: string;
	readonly columns: number;
	readonly rows: number;
	/** Pictures that are shown at the same time have different slots, 0 to 59. */
	readonly slot?: number;
}

/** A picture of half blocks in a box of fixed size, so that nothing moves when it appears. */
export function Picture({ theme, lines, placeholder, columns, rows, slot = 0 }: PictureProps): ReactNode {
	const layer = usePictureLayer();
	// A layout effect comes before the screen paints the frame that this render is part of.
	useLayoutEffect(() => {
		layer?.place(slot, lines ?? [], columns);
	}, [layer, slot, lines, columns]);
	if (lines !== null) {
		const shown = lines.slice(0, rows);
		const drawn = layer === null ? shown : shown.map((_line, row) => layer.mark(slot, row));
		return (
			<Box width={columns} height={rows} flexShrink={0} overflow="hidden">
				<Text wrap="truncate">{drawn.join('\n')}</Text>
			</Box>
		);
	}
	const room = columns - FRAME_COLUMNS;
	const text = clip(safeText(placeholder), room);
	const textColumns = Math.min(room, columnsOf(text));
	return (
		<Box
			width={columns}
			height={rows}
			flexShrink={0}
			borderStyle="round"
			borderDimColor={theme.dimLabels}
			justifyContent="center"
			alignItems="center"
		>
			<Line columns={textColumns} spans={[{ text, dim: theme.dimLabels }]} />
		</Box>
	);
}

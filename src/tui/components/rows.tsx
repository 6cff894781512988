import { Box } from 'ink';
import type { ReactNode } from 'react';
import { clip, columnsOf } from '../clip.js';
import { safeText } from '../safe-text.js';
import type { Theme } from '../theme.js';
import { Line, type Span } from './line.js';

export interface Row {
	/** May come from outside, as the value may. */
	readonly label: string;
	readonly value: string;
	readonly tone?: 'good' | 'warning' | 'bad' | undefined;
	/** Columns kept for the value, so that what follows does not jump when a digit is added. */
	readonly valueColumns?: number | undefined;
	/** Drawn after the value, in the columns that are left: a meter, a sparkline. */
	readonly rest?: ((columns: number) => readonly Span[]) | undefined;
}

export interface RowsProps {
	readonly theme: Theme;
	readonly rows: readonly Row[];
	/** Columns of the label part, so that several blocks line up. */
	readonly labelColumns: number;
	readonly columns: number;
}

/** Labels and values, one line each, cut at the right where there is no room. */
export function Rows({ theme, rows, labelColumns, columns }: RowsProps): ReactNode {
	return (
		<Box flexDirection="column" flexShrink={0}>
			{rows.map((row) => (
				<Line key={row.label} columns={columns} spans={rowSpans(row, labelColumns, columns, theme)} />
			))}
		</Box>
	);
}

function rowSpans(row: Row, labelColumns: number, columns: number, theme: Theme): Span[] {
	const label = padded(clip(safeText(row.label), labelColumns - 1), labelColumns);
	const value = padded(safeText(row.value), row.valueColumns ?? 0);
	const colour = row.tone === undefined ? undefined : theme[row.tone];
	const left = columns - labelColumns - columnsOf(value) - 1;
	return [
		{ text: label, dim: theme.dimLabels },
		{ text: value, bold: true, colour },
		...(row.rest === undefined || left < 1 ? [] : [{ text: ' ' }, ...row.rest(left)]),
	];
}

function padded(text: string, columns: number): string {
	return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}

import type { ReactNode } from 'react';
import { formatCount } from '../format.js';
import type { Theme } from '../theme.js';
import { type Row, Rows } from './rows.js';

export interface CauseTableProps {
	readonly theme: Theme;
	/** Cause -> count. */
	readonly causes: Readonly<Record<string, number>>;
	/** Lines at most; the rarest causes are summed up in the last one. */
	readonly maxRows: number;
	readonly labelColumns: number;
	readonly columns: number;
}

/** Causes with their counts, most frequent first; nothing where there are none. */
export function CauseTable({ theme, causes, maxRows, labelColumns, columns }: CauseTableProps): ReactNode {
	const rows = causeRows(causes, maxRows).map(
		({ cause, count }): Row => ({ label: `  ${cause}`, value: formatCount(count), tone: 'warning' }),
	);
	return <Rows theme={theme} rows={rows} labelColumns={labelColumns} columns={columns} />;
}

interface CauseRow {
	readonly cause: string;
	readonly count: number;
}

export function causeRows(causes: Readonly<Record<string, number>>, maxRows: number): CauseRow[] {
	const sorted = Object.entries(causes)
		.map(([cause, count]) => ({ cause, count }))
		.filter(({ count }) => count > 0)
		.sort((a, b) => b.count - a.count || (a.cause < b.cause ? -1 : 1));
	if (sorted.length <= maxRows || maxRows < 1) {
		return sorted.slice(0, Math.max(0, maxRows));
	}
	const shown = sorted.slice(0, maxRows - 1);
	const rest = sorted.slice(maxRows - 1);
	const count = rest.reduce((sum, row) => sum + row.count, 0);
	return [...shown, { cause: `${rest.length} other causes`, count }];
}

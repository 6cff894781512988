import { Box } from 'ink';
import type { ReactNode } from 'react';
import { safeText } from '../safe-text.js';
import type { Theme } from '../theme.js';
import { Line } from './line.js';

export interface WarningsProps {
	readonly theme: Theme;
	readonly warnings: readonly string[];
	/** Lines at most, one per warning; the last one then says how many are not shown. */
	readonly maxRows: number;
	readonly columns: number;
}

/** What the operator should know, one line each. */
export function Warnings({ theme, warnings, maxRows, columns }: WarningsProps): ReactNode {
	return (
		<Box flexDirection="column" flexShrink={0}>
			{warningLines(warnings, maxRows).map((line) => (
				<Line key={line} columns={columns} spans={[{ text: `! ${safeText(line)}`, colour: theme.warning }]} />
			))}
		</Box>
	);
}

export function warningLines(warnings: readonly string[], maxRows: number): string[] {
	// The same sentence twice tells nothing new, and would be the same key twice.
	const distinct = [...new Set(warnings)];
	if (distinct.length <= maxRows || maxRows < 1) {
		return distinct.slice(0, Math.max(0, maxRows));
	}
	const hidden = distinct.length - maxRows + 1;
	return [...distinct.slice(0, maxRows - 1), `and ${hidden} more warnings`];
}

import { Text } from 'ink';
import type { ReactNode } from 'react';
import type { Theme } from '../theme.js';

export interface MeterProps {
	readonly theme: Theme;
	readonly done: number;
	readonly total: number;
	/** Columns. */
	readonly width: number;
}

/** A bar; where each unit gets a column or more, the units stand apart and can be counted. */
export function Meter({ theme, done, total, width }: MeterProps): ReactNode {
	const { full, empty } = meterText(done, total, width);
	return (
		<Text wrap="truncate">
			<Text color={theme.accent}>{full}</Text>
			<Text dimColor={theme.dimLabels}>{empty}</Text>
		</Text>
	);
}

/**
 * The two parts of the bar, together at most `width` columns wide. It looks full only when it is: a bar that is nearly
 * full lacks its last column.
 */
export function meterText(done: number, total: number, width: number): { full: string; empty: string } {
	const columns = Math.max(0, Math.floor(width));
	if (total <= 0 || columns === 0) {
		return { full: '', empty: '─'.repeat(columns) };
	}
	const bounded = Math.min(Math.max(done, 0), total);
	const unitColumns = Math.floor(columns / total);
	if (unitColumns >= 1 && Number.isInteger(total)) {
		const units = Math.floor(bounded);
		// The last column of a unit is drawn in its left half only.
		const full = `${'━'.repeat(unitColumns - 1)}╸`.repeat(units);
		const empty = `${'─'.repeat(unitColumns - 1)}╴`.repeat(total - units);
		return { full, empty };
	}
	const fullColumns = Math.floor((bounded / total) * columns);
	return { full: '━'.repeat(fullColumns), empty: '─'.repeat(columns - fullColumns) };
}

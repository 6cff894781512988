import type { Theme } from '../theme.js';
import type { Span } from './line.js';

/** A bar; where each unit gets a column or more, the units stand apart and can be counted. */
export function meterSpans(done: number, total: number, columns: number, theme: Theme): Span[] {
	const { full, empty } = meterText(done, total, columns);
	return [
		{ text: full, colour: theme.accent },
		{ text: empty, dim: theme.dimLabels },
	];
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

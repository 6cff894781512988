import type { Theme } from '../theme.js';
import type { Span } from './line.js';

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** Value of the lowest bar: 0 for rates, or the smallest value drawn for what only falls. */
export type SparklineFloor = 'zero' | 'smallest';

/** A curve in one line: the newest values that fit, the oldest of them first. */
export function sparklineSpans(
	values: readonly number[],
	floor: SparklineFloor,
	columns: number,
	theme: Theme,
): Span[] {
	return [{ text: sparklineText(values, columns, floor), colour: theme.accent }];
}

/** At most `width` bars; values that are equal all over are drawn low for zero and in the middle otherwise. */
export function sparklineText(values: readonly number[], width: number, floor: SparklineFloor): string {
	const drawn = width >= 1 ? values.filter(Number.isFinite).slice(-Math.floor(width)) : [];
	const low = floor === 'zero' ? Math.min(0, ...drawn) : Math.min(...drawn);
	const high = Math.max(...drawn);
	return drawn.map((value) => barFor(value, low, high)).join('');
}

function barFor(value: number, low: number, high: number): string {
	if (high === low) {
		return value === 0 ? BARS[0] : BARS[3];
	}
	return BARS[Math.round(((value - low) / (high - low)) * (BARS.length - 1))] ?? BARS[0];
}

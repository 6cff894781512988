import { Text } from 'ink';
import type { ReactNode } from 'react';
import type { Theme } from '../theme.js';

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

export interface SparklineProps {
	readonly theme: Theme;
	/** Oldest first; the newest that fit are drawn. */
	readonly values: readonly number[];
	/** Columns. */
	readonly width: number;
	/** Value of the lowest bar: 0 for rates, or the smallest value drawn for what only falls. */
	readonly floor: 'zero' | 'smallest';
}

/** A curve in one line. */
export function Sparkline({ theme, values, width, floor }: SparklineProps): ReactNode {
	return (
		<Text wrap="truncate" color={theme.accent}>
			{sparklineText(values, width, floor)}
		</Text>
	);
}

/** At most `width` bars; values that are equal all over are drawn low for zero and in the middle otherwise. */
export function sparklineText(values: readonly number[], width: number, floor: SparklineProps['floor']): string {
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

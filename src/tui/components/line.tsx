import { styleText } from 'node:util';
import { Box, Transform } from 'ink';
import type { ReactNode } from 'react';
import { clip } from '../clip.js';
import type { Colour } from '../theme.js';

/** A piece of a line in one style. Its text holds no escape sequences: see `safeText`. */
export interface Span {
	readonly text: string;
	readonly colour?: Colour | undefined;
	readonly bold?: boolean | undefined;
	readonly dim?: boolean | undefined;
}

export interface LineProps {
	readonly spans: readonly Span[];
	/** Where the line is cut. */
	readonly columns: number;
}

/**
 * One line of a fixed number of columns. Every text that changes while a dashboard runs is drawn by it: Ink remembers
 * each text that it ever measured, without a bound, so it is given blanks to measure and the text when it draws.
 */
export function Line({ spans, columns }: LineProps): ReactNode {
	const width = Math.max(0, Math.floor(columns));
	if (width === 0) {
		return null;
	}
	const text = styledLine(spans, width);
	return (
		<Box width={width} height={1} flexShrink={0}>
			<Transform transform={() => text}>{' '.repeat(width)}</Transform>
		</Box>
	);
}

/** The spans one after the other, with colours, cut with "…" where they take more than so many columns. */
export function styledLine(spans: readonly Span[], columns: number): string {
	const whole = spans.map(({ text }) => text).join('');
	const clipped = clip(whole, columns);
	// All but a "…" at the end is as it was, so each span finds its part at its own place.
	let start = 0;
	const parts = spans.map((span, index) => {
		const end = index === spans.length - 1 ? clipped.length : start + span.text.length;
		const part = clipped.slice(start, end);
		start += span.text.length;
		return part === '' ? '' : styled(part, span);
	});
	return parts.join('');
}

function styled(text: string, { colour, bold, dim }: Span): string {
	const styles = [colour, bold === true ? 'bold' : undefined, dim === true ? 'dim' : undefined] as const;
	// The theme has asked NO_COLOR already, and the stream is not stdout, which styleText would ask.
	return styles.reduce<string>(
		(inner, style) => (style === undefined ? inner : styleText(style, inner, { validateStream: false })),
		text,
	);
}

import type { ReactNode } from 'react';
import { clip, columnsOf } from '../clip.js';
import { safeText } from '../safe-text.js';
import type { Theme } from '../theme.js';
import { Line } from './line.js';

export interface HeaderProps {
	readonly theme: Theme;
	/** Ours: "veilcam collect". */
	readonly title: string;
	/** After the title: "session room"; cut first where room is short. */
	readonly subject: string;
	/** At the right end: "up 12 min 04 s". */
	readonly aside: string;
	readonly columns: number;
}

/** One line: what this is, what it works on, and something at the right. */
export function Header({ theme, title, subject, aside, columns }: HeaderProps): ReactNode {
	const right = safeText(aside);
	const room = Math.max(0, columns - columnsOf(title) - (right === '' ? 0 : columnsOf(right) + 2));
	const middle = clip(subject === '' ? '' : `  ${safeText(subject)}`, room);
	const gap = ' '.repeat(Math.max(0, columns - columnsOf(title) - columnsOf(middle) - columnsOf(right)));
	return (
		<Line
			columns={columns}
			spans={[
				{ text: title, colour: theme.title, bold: true },
				{ text: middle },
				{ text: gap },
				{ text: right, dim: theme.dimLabels },
			]}
		/>
	);
}

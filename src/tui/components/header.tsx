import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { safeText } from '../safe-text.js';
import type { Theme } from '../theme.js';

export interface HeaderProps {
	readonly theme: Theme;
	/** Ours: "veilcam collect". */
	readonly title: string;
	/** After the title: "session room". */
	readonly subject: string;
	/** At the right end: "up 12 min 04 s". */
	readonly aside: string;
}

/** One line: what this is, what it works on, and something at the right that goes first when room is short. */
export function Header({ theme, title, subject, aside }: HeaderProps): ReactNode {
	return (
		<Box justifyContent="space-between" columnGap={2} height={1} overflow="hidden">
			<Text wrap="truncate">
				<Text bold={true} color={theme.title}>
					{title}
				</Text>
				{subject === '' ? '' : `  ${safeText(subject)}`}
			</Text>
			<Box flexShrink={0}>
				<Text dimColor={theme.dimLabels}>{safeText(aside)}</Text>
			</Box>
		</Box>
	);
}

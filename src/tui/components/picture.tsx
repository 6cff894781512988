import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { safeText } from '../safe-text.js';
import type { Theme } from '../theme.js';

export interface PictureProps {
	readonly theme: Theme;
	/** Drawn already, one text per terminal line, colours included; null while there is no picture. */
	readonly lines: readonly string[] | null;
	/** In place of the picture, with the reason. */
	readonly placeholder: string;
	readonly columns: number;
	readonly rows: number;
}

/** A picture of half blocks in a box of fixed size, so that nothing moves when it appears. */
export function Picture({ theme, lines, placeholder, columns, rows }: PictureProps): ReactNode {
	if (lines === null) {
		return (
			<Box
				width={columns}
				height={rows}
				flexShrink={0}
				borderStyle="round"
				borderDimColor={theme.dimLabels}
				justifyContent="center"
				alignItems="center"
				paddingX={1}
			>
				<Text dimColor={theme.dimLabels}>{safeText(placeholder)}</Text>
			</Box>
		);
	}
	return (
		<Box width={columns} height={rows} flexShrink={0} overflow="hidden">
			<Text wrap="truncate">{lines.slice(0, rows).join('\n')}</Text>
		</Box>
	);
}

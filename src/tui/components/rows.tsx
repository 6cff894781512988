import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { safeText } from '../safe-text.js';
import type { Theme } from '../theme.js';

export interface Row {
	readonly label: string;
	/** Drawn in bold; may come from outside. */
	readonly value: string;
	readonly tone?: 'good' | 'warning' | 'bad' | undefined;
	/** Drawn after the value: a meter, a sparkline. */
	readonly extra?: ReactNode;
}

export interface RowsProps {
	readonly theme: Theme;
	readonly rows: readonly Row[];
	/** Columns of the label part, so that several blocks line up. */
	readonly labelWidth: number;
}

/** Labels and values, one line each, cut at the right where there is no room. */
export function Rows({ theme, rows, labelWidth }: RowsProps): ReactNode {
	return (
		<Box flexDirection="column" flexShrink={0}>
			{rows.map(({ label, value, tone, extra }) => (
				<Box key={label} height={1} overflow="hidden">
					<Box width={labelWidth} flexShrink={0}>
						<Text wrap="truncate" dimColor={theme.dimLabels}>
							{safeText(label)}
						</Text>
					</Box>
					{value === '' ? null : (
						<Box flexShrink={extra === undefined ? 1 : 0} marginRight={1}>
							<Text wrap="truncate" bold={true} color={tone === undefined ? undefined : theme[tone]}>
								{safeText(value)}
							</Text>
						</Box>
					)}
					{extra}
				</Box>
			))}
		</Box>
	);
}

import { Text } from 'ink';
import type { ReactNode } from 'react';
import type { Theme } from '../theme.js';

export interface KeysProps {
	readonly theme: Theme;
	/** What each key does; q and Ctrl-C are the same everywhere. */
	readonly keys: readonly { readonly key: string; readonly does: string }[];
}

/** The footer: which keys do something. */
export function Keys({ theme, keys }: KeysProps): ReactNode {
	return (
		<Text wrap="truncate">
			{keys.map(({ key, does }) => (
				<Text key={key}>
					<Text bold={true} color={theme.accent}>
						{key}
					</Text>
					<Text dimColor={theme.dimLabels}> {does} </Text>
				</Text>
			))}
		</Text>
	);
}

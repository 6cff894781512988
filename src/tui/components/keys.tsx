import type { ReactNode } from 'react';
import type { Theme } from '../theme.js';
import { Line } from './line.js';

export interface KeysProps {
	readonly theme: Theme;
	/** What each key does; q and Ctrl-C are the same everywhere. */
	readonly keys: readonly { readonly key: string; readonly does: string }[];
	readonly columns: number;
}

/** The footer: which keys do something. */
export function Keys({ theme, keys, columns }: KeysProps): ReactNode {
	const spans = keys.flatMap(({ key, does }, index) => [
		{ text: index === 0 ? key : `   ${key}`, colour: theme.accent, bold: true },
		{ text: ` ${does}`, dim: theme.dimLabels },
	]);
	return <Line columns={columns} spans={spans} />;
}

import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { Header } from '../components/header.js';
import { Keys } from '../components/keys.js';
import { meterSpans } from '../components/meter.js';
import { type Row, Rows } from '../components/rows.js';
import { sparklineSpans } from '../components/sparkline.js';
import { UploadPictures } from '../components/upload-pictures.js';
import { Warnings } from '../components/warnings.js';
import { formatCount, formatDuration, formatRate } from '../format.js';
import type { RenderPicture } from '../picture-pump.js';
import type { Theme } from '../theme.js';
import { useStore } from '../use-store.js';
import { useTerminalSize } from '../use-terminal-size.js';
import type { ContributeSnapshot, ContributeStore } from './contribute-store.js';

const LABEL_COLUMNS = 12;
/** Header, facts, footer, and a line of the shell. */
const TEXT_ROWS = 8;
/** A longer bar says no more. */
const MAX_COLUMNS = 100;

export interface ContributeDashboardProps {
	readonly store: ContributeStore;
	/** Where the pictures go. */
	readonly url: string;
	readonly renderPicture: RenderPicture;
	readonly theme: Theme;
}

/** The progress of uploads: a few lines at the cursor, of fixed height, that stay when it is over. */
export function ContributeDashboard({ store, url, renderPicture, theme }: ContributeDashboardProps): ReactNode {
	const size = useTerminalSize();
	const columns = Math.min(size.columns - 1, MAX_COLUMNS);
	const { latest, historyOf, completion } = useStore(store);
	const running = completion === null;
	if (latest === null) {
		return <Text dimColor={theme.dimLabels}>starting</Text>;
	}
	return (
		<Box flexDirection="column" width={columns}>
			<Header
				theme={theme}
				title="veilcam contribute"
				subject={url}
				aside={running ? etaText(latest) : ''}
				columns={columns}
			/>
			<Rows
				theme={theme}
				labelColumns={LABEL_COLUMNS}
				columns={columns}
				rows={uploadRows(latest, historyOf('rate'), theme)}
			/>
			{latest.pictures === null ? null : (
				<UploadPictures
					pictures={latest.pictures}
					room={{ columns, rows: size.rows - TEXT_ROWS }}
					renderPicture={renderPicture}
					theme={theme}
				/>
			)}
			{running ? <Footer retrying={latest.retrying} theme={theme} columns={columns} /> : null}
		</Box>
	);
}

interface FooterProps {
	readonly retrying: string | null;
	readonly theme: Theme;
	readonly columns: number;
}

/** One line, whatever it says, so that nothing below it moves; gone with the last frame, where no key does anything. */
function Footer({ retrying, theme, columns }: FooterProps): ReactNode {
	return retrying === null ? (
		<Keys theme={theme} keys={[{ key: 'q', does: 'stop, keeping what was accepted' }]} columns={columns} />
	) : (
		<Warnings theme={theme} warnings={[retrying]} maxRows={1} columns={columns} />
	);
}

function uploadRows(
	{ phase, accepted, duplicates, rejected, total, perSecond }: ContributeSnapshot,
	rates: readonly number[],
	theme: Theme,
): Row[] {
	const done = accepted + duplicates + rejected;
	const progress = total === null ? formatCount(done) : `${formatCount(done)} of ${formatCount(total)}`;
	return [
		{
			label: phase,
			value: progress,
			valueColumns: 8,
			rest: total === null ? undefined : (columns) => meterSpans(done, total, columns, theme),
		},
		{
			label: 'rate',
			value: formatRate(perSecond),
			valueColumns: 8,
			rest: (columns) => sparklineSpans(rates, 'zero', Math.min(columns, 60), theme),
		},
		{ label: 'accepted', value: formatCount(accepted), tone: accepted > 0 ? 'good' : undefined },
		{ label: 'duplicates', value: formatCount(duplicates) },
		{ label: 'rejected', value: formatCount(rejected), tone: rejected > 0 ? 'bad' : undefined },
	];
}

function etaText({ etaMs }: ContributeSnapshot): string {
	return etaMs === null || !Number.isFinite(etaMs) ? '' : `${formatDuration(etaMs)} left`;
}

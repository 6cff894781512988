import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { Header } from '../components/header.js';
import { Keys } from '../components/keys.js';
import { Meter } from '../components/meter.js';
import { type Row, Rows } from '../components/rows.js';
import { Sparkline } from '../components/sparkline.js';
import { Warnings } from '../components/warnings.js';
import { formatCount, formatDuration, formatRate } from '../format.js';
import type { Theme } from '../theme.js';
import { useStore } from '../use-store.js';
import { useTerminalSize } from '../use-terminal-size.js';
import type { ContributeSnapshot, ContributeStore } from './contribute-store.js';

const LABEL_COLUMNS = 12;
/** A longer bar says no more. */
const MAX_COLUMNS = 100;

export interface ContributeDashboardProps {
	readonly store: ContributeStore;
	/** Where the pictures go. */
	readonly url: string;
	readonly theme: Theme;
}

/** The progress of uploads: a few lines at the cursor, of fixed height, that stay when it is over. */
export function ContributeDashboard({ store, url, theme }: ContributeDashboardProps): ReactNode {
	const columns = Math.min(useTerminalSize().columns - 1, MAX_COLUMNS);
	const { latest, historyOf } = useStore(store);
	if (latest === null) {
		return <Text dimColor={theme.dimLabels}>starting</Text>;
	}
	return (
		<Box flexDirection="column" width={columns}>
			<Header theme={theme} title="veilcam contribute" subject={url} aside={etaText(latest)} />
			<Rows theme={theme} labelWidth={LABEL_COLUMNS} rows={uploadRows(latest, historyOf('rate'), columns, theme)} />
			<Box height={1}>
				{latest.retrying === null ? (
					<Keys theme={theme} keys={[{ key: 'q', does: 'stop, keeping what was accepted' }]} />
				) : (
					<Warnings theme={theme} warnings={[latest.retrying]} maxRows={1} />
				)}
			</Box>
		</Box>
	);
}

function uploadRows(
	{ phase, accepted, duplicates, rejected, total, perSecond }: ContributeSnapshot,
	rates: readonly number[],
	columns: number,
	theme: Theme,
): Row[] {
	const done = accepted + duplicates + rejected;
	const progress = total === null ? formatCount(done) : `${formatCount(done)} of ${formatCount(total)}`;
	const rate = formatRate(perSecond).padEnd(8);
	const restFor = (value: string): number => Math.max(0, columns - LABEL_COLUMNS - value.length - 1);
	return [
		{
			label: phase,
			value: progress,
			extra: total === null ? undefined : <Meter theme={theme} done={done} total={total} width={restFor(progress)} />,
		},
		{
			label: 'rate',
			value: rate,
			extra: <Sparkline theme={theme} values={rates} width={Math.min(60, restFor(rate))} floor="zero" />,
		},
		{ label: 'accepted', value: formatCount(accepted), tone: accepted > 0 ? 'good' : undefined },
		{ label: 'duplicates', value: formatCount(duplicates) },
		{ label: 'rejected', value: formatCount(rejected), tone: rejected > 0 ? 'bad' : undefined },
	];
}

function etaText({ etaMs }: ContributeSnapshot): string {
	return etaMs === null || !Number.isFinite(etaMs) ? '' : `${formatDuration(etaMs)} left`;
}

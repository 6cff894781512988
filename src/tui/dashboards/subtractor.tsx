import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import type { SubtractorSnapshot } from '../../core/events.js';
import { CauseTable } from '../components/cause-table.js';
import { Header } from '../components/header.js';
import { Keys } from '../components/keys.js';
import { Line } from '../components/line.js';
import { meterSpans } from '../components/meter.js';
import { type Row, Rows } from '../components/rows.js';
import { sparklineSpans } from '../components/sparkline.js';
import { Warnings } from '../components/warnings.js';
import { formatBytes, formatCount, formatDuration, formatMs, formatRate } from '../format.js';
import { safeText } from '../safe-text.js';
import type { Theme } from '../theme.js';
import { useStore } from '../use-store.js';
import { useTerminalSize } from '../use-terminal-size.js';
import type { SubtractorStore, SubtractorTrack } from './subtractor-store.js';

const LABEL_COLUMNS = 16;
const VALUE_COLUMNS = 16;
/** Longer curves and bars say no more. */
const MAX_COLUMNS = 100;
/** Header, address, and keys. */
const FRAME_ROWS = 3;
const MAX_WARNINGS = 3;

export interface SubtractorDashboardProps {
	readonly store: SubtractorStore;
	readonly theme: Theme;
}

/** The live view of a running subtractor; fills the window. Of frames it knows lengths, cameras and times. */
export function SubtractorDashboard({ store, theme }: SubtractorDashboardProps): ReactNode {
	const size = useTerminalSize();
	const { latest, historyOf } = useStore(store);
	if (latest === null) {
		return <Text dimColor={theme.dimLabels}>starting</Text>;
	}
	const columns = Math.min(size.columns, MAX_COLUMNS);
	const facts = factRows(latest, historyOf, theme);
	const gapRows = size.rows >= 20 ? 1 : 0;
	// facts before warnings before causes before cameras: what a small window cannot hold goes in the opposite order
	const room = Math.max(0, size.rows - FRAME_ROWS - facts.length - 2 * gapRows);
	const warningRows = Math.min(latest.warnings.length, MAX_WARNINGS, room);
	const causes = Object.values(latest.rejected).filter((count) => count > 0).length;
	const causeRows = Math.min(causes, room - warningRows);
	const cameraRows = Math.max(0, room - warningRows - causeRows - 1);
	return (
		<Box flexDirection="column" width={size.columns} height={size.rows} overflow="hidden">
			<Header
				theme={theme}
				title="veilcam subtractor"
				subject={latest.store}
				aside={`up ${formatDuration(latest.uptimeMs)}`}
				columns={size.columns}
			/>
			<Line columns={size.columns} spans={[{ text: safeText(latest.url), colour: theme.accent }]} />
			<Warnings theme={theme} warnings={latest.warnings} maxRows={warningRows} columns={size.columns} />
			<Box flexDirection="column" marginTop={gapRows} flexGrow={1} overflow="hidden">
				<Rows theme={theme} rows={facts} labelColumns={LABEL_COLUMNS} columns={columns} />
				<CauseTable
					theme={theme}
					causes={latest.rejected}
					maxRows={causeRows}
					labelColumns={LABEL_COLUMNS}
					columns={columns}
				/>
				<Cameras snapshot={latest} theme={theme} maxRows={cameraRows} columns={columns} />
			</Box>
			<Keys theme={theme} keys={[{ key: 'q', does: 'stop subtracting' }]} columns={size.columns} />
		</Box>
	);
}

function factRows(
	snapshot: SubtractorSnapshot,
	historyOf: (name: SubtractorTrack) => readonly number[],
	theme: Theme,
): Row[] {
	const { atWork, maxAtWork, frameBytes, keepBytes, medianMs, p99Ms } = snapshot;
	const rejected = Object.values(snapshot.rejected).reduce((sum, count) => sum + count, 0);
	const wide = { valueColumns: VALUE_COLUMNS };
	// most subtractors are never asked for one
	const scores: Row[] =
		snapshot.scores === 0
			? []
			: [
					{
						label: 'motion scores',
						value: `${formatCount(snapshot.scores)}, median ${formatMs(snapshot.scoreMedianMs)}`,
					},
				];
	return [
		{ label: 'differences', value: formatCount(snapshot.differences) },
		{
			...wide,
			label: 'rate',
			value: formatRate(snapshot.differencesPerSecond),
			rest: (columns) => sparklineSpans(historyOf('rate'), 'zero', columns, theme),
		},
		{ label: 'median answer', value: formatMs(medianMs) },
		{
			...wide,
			label: '99 % within',
			value: formatMs(p99Ms),
			rest: (columns) => sparklineSpans(historyOf('p99'), 'zero', columns, theme),
		},
		...scores,
		{
			...wide,
			label: 'at work',
			value: `${atWork} of ${maxAtWork}`,
			rest: (columns) => meterSpans(atWork, maxAtWork, Math.min(columns, maxAtWork), theme),
		},
		{
			...wide,
			label: 'frames kept',
			value: `${formatCount(snapshot.frames)}, ${formatBytes(frameBytes)}`,
			rest: (columns) => meterSpans(frameBytes, keepBytes, columns, theme),
		},
		{ label: 'frames came', value: formatCount(snapshot.uploads) },
		{ label: 'came again', value: formatCount(snapshot.duplicates) },
		{ label: 'rejected', value: formatCount(rejected), tone: rejected > 0 ? 'warning' : undefined },
	];
}

interface CamerasProps {
	readonly snapshot: SubtractorSnapshot;
	readonly theme: Theme;
	readonly maxRows: number;
	readonly columns: number;
}

/** The cameras that sent last, with how many of their frames are kept. */
function Cameras({ snapshot, theme, maxRows, columns }: CamerasProps): ReactNode {
	const shown = snapshot.cameras.slice(0, maxRows);
	if (shown.length === 0) {
		return null;
	}
	const rows = shown.map(({ camera, count }): Row => ({ label: `  ${camera}`, value: formatCount(count) }));
	return (
		<Box flexDirection="column" flexShrink={0}>
			<Line columns={columns} spans={[{ text: 'cameras, the last first', dim: theme.dimLabels }]} />
			<Rows theme={theme} rows={rows} labelColumns={LABEL_COLUMNS} columns={columns} />
		</Box>
	);
}

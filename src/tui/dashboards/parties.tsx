import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { Header } from '../components/header.js';
import { Keys } from '../components/keys.js';
import { Line } from '../components/line.js';
import { Rows } from '../components/rows.js';
import { Warnings } from '../components/warnings.js';
import { formatDuration } from '../format.js';
import type { Theme } from '../theme.js';
import { useStore } from '../use-store.js';
import { useTerminalSize } from '../use-terminal-size.js';
import { jobSpans, LABEL_COLUMNS, lastJobs, totalRows } from './parties-facts.js';
import { partiesLayout } from './parties-layout.js';
import type { PartiesStore } from './parties-store.js';
import { partyTable } from './parties-table.js';

export interface PartiesDashboardProps {
	readonly store: PartiesStore;
	readonly theme: Theme;
}

/** The live view of three parties on this machine; fills the window, whatever its size. */
export function PartiesDashboard({ store, theme }: PartiesDashboardProps): ReactNode {
	const { columns, rows } = useTerminalSize();
	const { latest, historyOf } = useStore(store);
	if (latest === null) {
		return <Text dimColor={theme.dimLabels}>starting</Text>;
	}
	const jobs = lastJobs(latest);
	const layout = partiesLayout(rows, { jobs: jobs.length, warnings: latest.warnings.length });
	const table = partyTable(latest.parties, columns, theme).slice(0, layout.tableRows);
	return (
		<Box flexDirection="column" width={columns} height={rows} overflow="hidden">
			<Header
				theme={theme}
				title="veilcam parties"
				subject={latest.folder}
				aside={`up ${formatDuration(latest.uptimeMs)}`}
				columns={columns}
			/>
			<Warnings theme={theme} warnings={latest.warnings} maxRows={layout.warningRows} columns={columns} />
			<Box flexDirection="column" flexShrink={0} marginTop={layout.gapRows}>
				{table.map((spans, row) => (
					// biome-ignore lint/suspicious/noArrayIndexKey: a row is a party, which has no other name than its number
					<Line key={row} columns={columns} spans={spans} />
				))}
			</Box>
			<Box flexDirection="column" flexShrink={0} marginTop={layout.gapRows}>
				<Rows
					theme={theme}
					rows={totalRows(latest, historyOf('rate'), theme).slice(0, layout.totalRows)}
					labelColumns={LABEL_COLUMNS}
					columns={columns}
				/>
			</Box>
			<Box flexDirection="column" flexGrow={1} overflow="hidden" marginTop={layout.gapRows}>
				{layout.jobRows === 0 ? null : <Line columns={columns} spans={[{ text: 'last jobs', dim: theme.dimLabels }]} />}
				{jobs.slice(0, Math.max(0, layout.jobRows - 1)).map((job, place) => (
					// biome-ignore lint/suspicious/noArrayIndexKey: the place is what the line stands for; jobs have no name of their own
					<Line key={place} columns={columns} spans={jobSpans(job, theme)} />
				))}
			</Box>
			<Keys theme={theme} keys={[{ key: 'q', does: 'end the parties' }]} columns={columns} />
		</Box>
	);
}

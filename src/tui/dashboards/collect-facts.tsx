import type { CollectorSnapshot } from '../../core/events.js';
import { Meter } from '../components/meter.js';
import type { Row } from '../components/rows.js';
import { Sparkline } from '../components/sparkline.js';
import { formatCount, formatGray, formatRate } from '../format.js';
import type { Theme } from '../theme.js';
import type { CollectTrack } from './collect-store.js';

export const LABEL_COLUMNS = 16;

/** The facts of a collector, one row each; `FACT_ROWS` of the layout counts them. */
export function factRows(
	snapshot: CollectorSnapshot,
	historyOf: (name: CollectTrack) => readonly number[],
	columns: number,
	theme: Theme,
): Row[] {
	const { count, minBatch, releasedCount, reportsPerSecond, expectedRmseGray } = snapshot;
	const rate = formatRate(reportsPerSecond).padEnd(8);
	const error = (expectedRmseGray === null ? '-' : `${formatGray(expectedRmseGray)} gray`).padEnd(10);
	const batch = batchProgress(count, minBatch);
	const batchText = `${formatCount(batch)} of ${formatCount(minBatch)}`;
	const restFor = (value: string): number => Math.max(0, columns - LABEL_COLUMNS - value.length - 1);
	const rejected = Object.values(snapshot.rejected).reduce((sum, causeCount) => sum + causeCount, 0);
	return [
		{ label: 'pictures', value: formatCount(count) },
		{
			label: 'rate',
			value: rate,
			extra: <Sparkline theme={theme} values={historyOf('rate')} width={restFor(rate)} floor="zero" />,
		},
		{
			label: 'next release',
			value: batchText,
			extra: <Meter theme={theme} done={batch} total={minBatch} width={restFor(batchText)} />,
		},
		releasedCount === 0
			? { label: 'released', value: 'nothing yet' }
			: { label: 'released', value: `average of ${formatCount(releasedCount)}`, tone: 'good' },
		{
			label: 'expected error',
			value: error,
			extra: <Sparkline theme={theme} values={historyOf('error')} width={restFor(error)} floor="smallest" />,
		},
		{ label: 'duplicates', value: formatCount(snapshot.duplicates) },
		{ label: 'rejected', value: formatCount(rejected), tone: rejected > 0 ? 'warning' : undefined },
	];
}

/** How many pictures of the next release are in: releases are made at each multiple of the minimum batch. */
export function batchProgress(count: number, minBatch: number): number {
	return minBatch > 0 ? count % minBatch : 0;
}

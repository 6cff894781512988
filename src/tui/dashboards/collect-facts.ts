import type { CollectorSnapshot } from '../../core/events.js';
import { meterSpans } from '../components/meter.js';
import type { Row } from '../components/rows.js';
import { sparklineSpans } from '../components/sparkline.js';
import { formatCount, formatGray, formatRate } from '../format.js';
import type { Theme } from '../theme.js';
import type { CollectTrack } from './collect-store.js';

export const LABEL_COLUMNS = 16;
/** Beside the pictures that wait for a question; there is little room. */
const ASKED = [{ text: 'waiting' }];

/** The facts of a collector, one row each; `FACT_ROWS` of the layout counts them. */
export function factRows(
	snapshot: CollectorSnapshot,
	historyOf: (name: CollectTrack) => readonly number[],
	theme: Theme,
): Row[] {
	const { minBatch, releasedCount, reportsPerSecond, expectedRmseGray, count } = snapshot;
	const batch = batchProgress(snapshot);
	const isWaiting = snapshot.isReleasedWhenAsked && batch === minBatch;
	const rejected = Object.values(snapshot.rejected).reduce((sum, causeCount) => sum + causeCount, 0);
	return [
		{ label: 'pictures', value: formatCount(count) },
		{
			label: 'rate',
			value: formatRate(reportsPerSecond),
			valueColumns: 9,
			rest: (columns) => sparklineSpans(historyOf('rate'), 'zero', columns, theme),
		},
		{
			label: 'next release',
			value: isWaiting ? formatCount(count - releasedCount) : `${formatCount(batch)} of ${formatCount(minBatch)}`,
			valueColumns: 9,
			rest: (columns) => (isWaiting ? ASKED : meterSpans(batch, minBatch, columns, theme)),
		},
		releasedCount === 0
			? { label: 'released', value: 'nothing yet' }
			: { label: 'released', value: `average of ${formatCount(releasedCount)}`, tone: 'good' },
		{
			label: 'expected error',
			value: expectedRmseGray === null ? '-' : `${formatGray(expectedRmseGray)} gray`,
			valueColumns: 9,
			rest: (columns) => sparklineSpans(historyOf('error'), 'smallest', columns, theme),
		},
		{ label: 'duplicates', value: formatCount(snapshot.duplicates) },
		{ label: 'rejected', value: formatCount(rejected), tone: rejected > 0 ? 'warning' : undefined },
	];
}

/**
 * How many pictures of the next release are in: releases are made at each multiple of the minimum batch, or when somebody
 * asks for one and so many wait.
 */
export function batchProgress({
	count,
	minBatch,
	releasedCount,
	isReleasedWhenAsked,
}: Pick<CollectorSnapshot, 'count' | 'minBatch' | 'releasedCount' | 'isReleasedWhenAsked'>): number {
	if (isReleasedWhenAsked) return Math.min(minBatch, count - releasedCount);
	return minBatch > 0 ? count % minBatch : 0;
}

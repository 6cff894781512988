import type { PartiesSnapshot, PartyJob, PartyStatus } from '../../core/events.js';
import type { Span } from '../components/line.js';
import type { Row } from '../components/rows.js';
import { sparklineSpans } from '../components/sparkline.js';
import { formatBytes, formatCount, formatDuration, formatRate } from '../format.js';
import { safeText } from '../safe-text.js';
import type { Theme } from '../theme.js';

export const LABEL_COLUMNS = 12;
/** The rows of `totalRows`. */
export const TOTAL_ROWS = 5;

/** What the three did together. Bytes are those of all three, rounds those of one: they are the same rounds. */
export function totalRows(snapshot: PartiesSnapshot, rates: readonly number[], theme: Theme): Row[] {
	const statuses = snapshot.parties.flatMap(({ status }) => status ?? []);
	const most = (read: (status: (typeof statuses)[number]) => number): number => Math.max(0, ...statuses.map(read));
	const bytes = statuses.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
	const failed = most(({ jobsFailed }) => jobsFailed);
	const refused = most(({ jobsRefused }) => jobsRefused);
	const dropped = most(({ jobsDropped }) => jobsDropped);
	const jobs = `${formatCount(snapshot.jobsDone)} done, ${most((s) => s.jobsRunning)} running, ${most((s) => s.jobsQueued)} queued`;
	return [
		{ label: 'jobs', value: jobs },
		{
			label: 'rate',
			value: formatRate(snapshot.jobsPerSecond),
			valueColumns: 9,
			rest: (columns) => sparklineSpans(rates, 'zero', columns, theme),
		},
		{ label: 'traffic', value: `${formatBytes(bytes)} sent, ${countedRounds(most(({ rounds }) => rounds))}` },
		{ label: 'questions', value: askedText(statuses) },
		{
			label: 'errors',
			value: `${failed} failed, ${dropped} dropped, ${refused} refused`,
			tone: failed + refused > 0 ? 'warning' : undefined,
		},
	];
}

/** Each party counts for itself; one that was put back from a backup counts less. */
function askedText(statuses: readonly PartyStatus[]): string {
	const counts = new Map<string, number>();
	for (const [client, count] of statuses.flatMap(({ queries }) => Object.entries(queries))) {
		counts.set(client, Math.max(count, counts.get(client) ?? 0));
	}
	const refused = Math.max(0, ...statuses.map(({ queriesRefused }) => queriesRefused));
	const asked = [...counts]
		.sort(([, a], [, b]) => b - a)
		.map(([client, count]) => `${formatCount(count)} by ${client}`);
	return [
		asked.length === 0 ? 'none to the gallery' : asked.join(', '),
		...(refused > 0 ? [`${formatCount(refused)} refused`] : []),
	].join(', ');
}

/** The last jobs, newest first, as the party with the longest memory of them tells. */
export function lastJobs({ parties }: PartiesSnapshot): readonly PartyJob[] {
	const lists = parties.map(({ status }) => status?.lastJobs ?? []);
	return lists.reduce((longest, list) => (list.length > longest.length ? list : longest), []);
}

/** One line: when, how long, what. */
export function jobSpans({ name, ending, ms, rounds, bytesSent, message, agoMs }: PartyJob, theme: Theme): Span[] {
	const ago = `${formatDuration(agoMs)} ago`.padEnd(LABEL_COLUMNS + 3);
	const when = { text: ago, dim: theme.dimLabels };
	const what = { text: safeText(name) };
	if (ending === 'done') {
		const cost = `  ${countedRounds(rounds)}, ${formatBytes(bytesSent)}`;
		return [when, { text: `${ms.toFixed(1)} ms`.padEnd(12), bold: true }, what, { text: cost, dim: theme.dimLabels }];
	}
	return [when, { text: ending.padEnd(12), colour: theme.warning }, what, { text: `  ${safeText(message ?? '')}` }];
}

function countedRounds(rounds: number): string {
	return `${formatCount(rounds)} ${rounds === 1 ? 'round' : 'rounds'}`;
}

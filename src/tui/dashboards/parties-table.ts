import type { PartySnapshot } from '../../core/events.js';
import type { Span } from '../components/line.js';
import { formatBytes, formatCount } from '../format.js';
import type { Theme } from '../theme.js';

interface Column {
	readonly title: string;
	readonly columns: number;
	/** What a narrow window gives up first is last. */
	readonly rank: number;
	readonly read: (party: PartySnapshot, index: number) => string;
}

const GAP = '  ';

const counted = (read: (status: NonNullable<PartySnapshot['status']>) => number) => {
	return ({ status }: PartySnapshot): string => (status === null ? '-' : formatCount(read(status)));
};
const sized = (read: (status: NonNullable<PartySnapshot['status']>) => number) => {
	return ({ status }: PartySnapshot): string => (status === null ? '-' : formatBytes(read(status)));
};

const COLUMNS: readonly Column[] = [
	{ title: 'party', columns: 5, rank: 0, read: (_party, index) => String(index) },
	{ title: 'state', columns: 10, rank: 1, read: stateText },
	{ title: 'pid', columns: 7, rank: 7, read: ({ pid, state }) => (state === 'away' ? '-' : String(pid)) },
	{ title: 'memory', columns: 7, rank: 4, read: sized(({ residentBytes }) => residentBytes) },
	{ title: 'queue', columns: 5, rank: 5, read: counted(({ jobsHeld, jobsQueued }) => jobsHeld + jobsQueued) },
	{ title: 'run', columns: 3, rank: 6, read: counted(({ jobsRunning }) => jobsRunning) },
	{ title: 'done', columns: 6, rank: 2, read: counted(({ jobsDone }) => jobsDone) },
	{ title: 'failed', columns: 6, rank: 3, read: counted(({ jobsFailed }) => jobsFailed) },
	{ title: 'sent', columns: 7, rank: 8, read: sized(({ bytesSent }) => bytesSent) },
	{ title: 'rounds', columns: 7, rank: 9, read: counted(({ rounds }) => rounds) },
	{ title: 'restarts', columns: 8, rank: 10, read: ({ restarts }) => formatCount(restarts) },
];

/** The rows of `partyTable`: its head and one for each party. */
export const TABLE_ROWS = 4;

/** One line of spans for the head and for each party; columns that do not fit are left out, the least important first. */
export function partyTable(parties: readonly PartySnapshot[], columns: number, theme: Theme): (readonly Span[])[] {
	const shown = columnsThatFit(columns);
	const head = shown.map(({ title, columns: width }) => ({ text: aligned(title, width), dim: theme.dimLabels }));
	const rows = parties.map((party, index) =>
		shown.map(({ title, columns: width, read }): Span => {
			const text = aligned(read(party, index), width);
			if (title === 'state') return { text, bold: true, colour: stateIsGood(party) ? theme.good : theme.warning };
			if (title === 'failed' && (party.status?.jobsFailed ?? 0) > 0) return { text, colour: theme.warning };
			return { text };
		}),
	);
	return [head, ...rows].map((spans) => spans.flatMap((span, at) => (at === 0 ? [span] : [{ text: GAP }, span])));
}

function columnsThatFit(columns: number): Column[] {
	const shown = [...COLUMNS];
	const total = (): number => shown.reduce((sum, { columns: width }) => sum + width + GAP.length, -GAP.length);
	while (total() > columns && shown.length > 2) {
		const last = shown.reduce((most, column) => (column.rank > most.rank ? column : most));
		shown.splice(shown.indexOf(last), 1);
	}
	return shown;
}

/** A party that runs and has lost a link says so: jobs fail until it is back. */
function stateText({ state, status }: PartySnapshot): string {
	if (state !== 'running') return state;
	if (status === null) return 'silent';
	return status.isConnected.every(Boolean) ? 'linked' : 'not linked';
}

function stateIsGood(party: PartySnapshot): boolean {
	return stateText(party) === 'linked';
}

/** Words to the left, figures to the right. */
function aligned(text: string, columns: number): string {
	return /^[\d-]/.test(text) || /^(?:pid|memory|queue|run|done|failed|sent|rounds|restarts)$/.test(text)
		? text.padStart(columns)
		: text.padEnd(columns);
}

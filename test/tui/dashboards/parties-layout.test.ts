import test from 'ava';
import fc from 'fast-check';
import type { PartySnapshot } from '../../../src/core/events.js';
import { partiesLayout } from '../../../src/tui/dashboards/parties-layout.js';
import { partyTable } from '../../../src/tui/dashboards/parties-table.js';
import { themeFor } from '../../../src/tui/theme.js';

const away: PartySnapshot = { pid: 4711, state: 'away', restarts: 12, status: null };
const textOf = (spans: readonly { readonly text: string }[]): string => spans.map(({ text }) => text).join('');

test('whatever the window, the parts of the dashboard fit, and the parties come first', (t) => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 80 }), fc.nat(9), fc.nat(9), (rows, jobs, warnings) => {
			const { tableRows, totalRows, warningRows, jobRows, gapRows } = partiesLayout(rows, { jobs, warnings });
			t.true(tableRows + totalRows + warningRows + jobRows + 3 * gapRows <= Math.max(0, rows - 2));
			if (totalRows > 0) t.is(tableRows, 4);
			if (jobRows > 0) t.deepEqual([totalRows, warningRows], [5, Math.min(3, warnings)]);
			t.not(jobRows, 1, 'a title without a job');
		}),
	);
});

test('a narrow window leaves out the columns that matter least', (t) => {
	const headAt = (columns: number): string =>
		textOf(partyTable([away, away, away], columns, themeFor({}))[0] ?? [])
			.trim()
			.replaceAll(/ +/g, ' ');
	t.is(headAt(120), 'party state pid memory queue run done failed sent rounds restarts');
	t.is(headAt(80), 'party state pid memory queue run done failed sent');
	t.is(headAt(40), 'party state done failed');
	t.is(headAt(10), 'party state');
	for (let columns = 20; columns < 130; columns++) {
		for (const line of partyTable([away, away, away], columns, themeFor({}))) {
			t.true(textOf(line).length <= columns, textOf(line));
		}
	}
});

test('a party that does not answer has no figures', (t) => {
	const [, line = []] = partyTable([away], 120, themeFor({}));
	t.regex(textOf(line), /^ +0 +away +- +- +- +- +- +- +- +- +12$/);
});

import { fileURLToPath } from 'node:url';
import test from 'ava';
import { needs } from '../helpers/needs.js';
import { openPane } from './fixtures/tmux-pane.js';

const driver = fileURLToPath(new URL('./fixtures/many-renders-driver.js', import.meta.url));

test('3,000 renders leave nothing in memory', async (t) => {
	if (!needs(t, 'tmux')) {
		return;
	}
	// The test runner sets NODE_ENV; without it the dashboard has to choose the build that does not keep every render.
	const command = `sh -c 'env -u NODE_ENV "${process.execPath}" --expose-gc "${driver}"; exec cat'`;
	const pane = await openPane(t, command, 80, 24);
	const screen = await pane.until((text) => text.includes('performanceEntries='));
	const [, renders, heapGrowthBytes, entries] =
		/renders=(\d+) heapGrowthBytes=(-?\d+) performanceEntries=(\d+)/.exec(screen)?.map(Number) ?? [];
	t.log(screen.trim());
	t.true(Number(renders) >= 3000);
	// One short text kept per render makes 700,000; what a version of Node keeps for itself made up to 441,000.
	t.true(Number(heapGrowthBytes) < 550_000);
	t.true(Number(entries) < 50);
});

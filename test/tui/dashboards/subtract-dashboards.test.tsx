import { setImmediate as nextTurn } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { render as renderInk } from 'ink-testing-library';
import type { ReactElement } from 'react';
import type { SubtractorSnapshot, WatchSnapshot } from '../../../src/core/events.js';
import { FACT_ROWS } from '../../../src/tui/dashboards/collect-layout.js';
import { SubtractorDashboard } from '../../../src/tui/dashboards/subtractor.js';
import { createSubtractorStore } from '../../../src/tui/dashboards/subtractor-store.js';
import { WatchDashboard, watchRows } from '../../../src/tui/dashboards/watch.js';
import { createWatchStore } from '../../../src/tui/dashboards/watch-store.js';
import { themeFor } from '../../../src/tui/theme.js';

const theme = themeFor({ NO_COLOR: '1' });
const soon = (action: () => void): (() => void) => {
	queueMicrotask(action);
	return () => {};
};

function render(element: ReactElement): { lastFrame: () => string; unmount: () => void } {
	const { lastFrame, unmount } = renderInk(element);
	return { lastFrame: () => stripVTControlCharacters(lastFrame() ?? ''), unmount };
}

async function until(t: ExecutionContext, condition: () => boolean): Promise<void> {
	for (let turn = 0; turn < 1000; turn++) {
		if (condition()) {
			t.pass();
			return;
		}
		await nextTurn();
	}
	t.fail('the dashboard did not get there');
}

const subtractor: SubtractorSnapshot = {
	url: 'http://127.0.0.1:7500',
	store: './frames',
	differences: 1234,
	differencesPerSecond: 52.3,
	medianMs: 7.4,
	p99Ms: 41.2,
	scores: 0,
	scoreMedianMs: null,
	uploads: 17,
	duplicates: 2,
	frames: 15,
	frameBytes: 16_984_620,
	keepBytes: 1e9,
	cameras: [
		{ camera: 'hall', count: 12 },
		{ camera: 'door\u001b[2J', count: 3 },
	],
	atWork: 3,
	maxAtWork: 32,
	rejected: { overload: 4, 'other-key': 1 },
	openConnections: 5,
	uptimeMs: 61_000,
	warnings: ['listening on 0.0.0.0 without a token'],
};

test('the subtractor shows its facts, causes and cameras, and fills the window', async (t) => {
	const store = createSubtractorStore({ schedule: soon });
	const { lastFrame, unmount } = render(<SubtractorDashboard store={store} theme={theme} />);
	t.is(lastFrame(), 'starting');
	await nextTurn();
	store.push(subtractor);
	await until(t, () => lastFrame().includes('1,234'));
	const frame = lastFrame();
	t.is(frame.split('\n').length, 24);
	t.regex(frame, /^veilcam subtractor {2}\.\/frames +up 1 min 01 s/);
	t.regex(frame, /! listening on 0\.0\.0\.0 without a token/);
	t.regex(frame, /rate +52\.3\/s/);
	t.regex(frame, /median answer +7\.4 ms/);
	t.regex(frame, /99 % within +41 ms/);
	t.regex(frame, /at work +3 of 32/);
	t.regex(frame, /frames kept +15, 17\.0 MB/);
	t.regex(frame, /rejected +5\s+overload +4\s+other-key +1/);
	t.regex(frame, /cameras, the last first\s+hall +12\s+door/);
	t.regex(frame, /q stop subtracting/);
	t.notRegex(frame, /motion scores/);
	store.push({ ...subtractor, scores: 7, scoreMedianMs: 446 });
	await until(t, () => /motion scores +7, median 446 ms/.test(lastFrame()));
	unmount();
});

const watch: WatchSnapshot = {
	url: 'http://127.0.0.1:7500',
	camera: 'hall',
	source: 'test',
	decrypts: true,
	uploaded: 5,
	compared: 4,
	refused: 1,
	missed: 2,
	moved: { pixels: 2573, share: 0.0335, placeCount: 4, largest: '50x56 at 160,120' },
	picture: { width: 4, height: 4, channels: 1, samples: new Uint8Array(16) },
	retrying: null,
	uptimeMs: 5000,
	warnings: [],
};

test('watch shows what moved as a picture and in figures, drawn once for each difference', async (t) => {
	const store = createWatchStore({ schedule: soon });
	let drawn = 0;
	const renderPicture = (): Promise<string[]> => {
		drawn++;
		return Promise.resolve(['PICTURE']);
	};
	const { lastFrame, unmount } = render(<WatchDashboard store={store} renderPicture={renderPicture} theme={theme} />);
	await nextTurn();
	store.push({ ...watch, compared: 0, moved: null, picture: null, retrying: 'no answer, next try in 0.4 s' });
	await until(t, () => lastFrame().includes('what moves appears with the next frame'));
	t.regex(lastFrame(), /! no answer, next try in 0\.4 s/);
	t.regex(lastFrame(), /moved +- /);
	store.push(watch);
	await until(t, () => lastFrame().includes('PICTURE'));
	const frame = lastFrame();
	t.regex(frame, /^veilcam watch {2}camera hall +up 5 s/);
	t.regex(frame, /moved +3\.4 %/);
	t.regex(frame, /pixels +2,573/);
	t.regex(frame, /places +4, 50x56 at 1/);
	t.regex(frame, /refused +1\s+missed +2/);
	store.push({ ...watch, uptimeMs: 9000 });
	await until(t, () => lastFrame().includes('up 9 s'));
	t.is(drawn, 1);
	unmount();
});

test('a camera that cannot decrypt says so; as many facts as the layout has rows for', async (t) => {
	t.is(watchRows(watch, [], theme).length, FACT_ROWS);
	const store = createWatchStore({ schedule: soon });
	const { lastFrame, unmount } = render(
		<WatchDashboard store={store} renderPicture={() => Promise.resolve([])} theme={theme} />,
	);
	await nextTurn();
	store.push({ ...watch, decrypts: false, moved: null, picture: null });
	await until(t, () => lastFrame().includes('only the owner of the key sees what m'));
	unmount();
});

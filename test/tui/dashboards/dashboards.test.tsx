import { setImmediate as nextTurn } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { render as renderInk } from 'ink-testing-library';
import type { ReactElement } from 'react';
import type { CollectorSnapshot } from '../../../src/core/events.js';
import type { Image } from '../../../src/core/image/image.js';
import { CollectDashboard } from '../../../src/tui/dashboards/collect.js';
import { batchProgress } from '../../../src/tui/dashboards/collect-facts.js';
import { FACT_ROWS } from '../../../src/tui/dashboards/collect-layout.js';
import { createCollectStore } from '../../../src/tui/dashboards/collect-store.js';
import { ContributeDashboard } from '../../../src/tui/dashboards/contribute.js';
import { type ContributeSnapshot, createContributeStore } from '../../../src/tui/dashboards/contribute-store.js';
import { themeFor } from '../../../src/tui/theme.js';
import { CompleteContext } from '../../../src/tui/use-complete.js';
import { fakeCollectorSnapshot } from '../fixtures/fake-collector.js';

const theme = themeFor({ NO_COLOR: '1' });
/** As the library renders, with frames without colours. */
function render(element: ReactElement): { lastFrame: () => string; unmount: () => void } {
	const { lastFrame, unmount } = renderInk(element);
	return { lastFrame: () => stripVTControlCharacters(lastFrame() ?? ''), unmount };
}

const soon = (action: () => void): (() => void) => {
	queueMicrotask(action);
	return () => {};
};

/** Passive effects (subscriptions) and the renders that follow need some turns of the event loop. */
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

test('the collector shows its facts, and the picture of each release once', async (t) => {
	const store = createCollectStore({ schedule: soon });
	const drawn: string[] = [];
	const renderPicture = (_image: unknown, columns: number, rows: number): Promise<string[]> => {
		drawn.push(`${columns}x${rows}`);
		return Promise.resolve(['PICTURE']);
	};
	const { lastFrame, unmount } = render(<CollectDashboard store={store} renderPicture={renderPicture} theme={theme} />);
	t.is(lastFrame(), 'starting');
	await nextTurn();
	const show = (change: Partial<CollectorSnapshot>): void => store.push({ ...fakeCollectorSnapshot(12), ...change });

	show({ count: 16, releasedCount: 0, average: null, expectedRmseGray: null, rejected: {} });
	await until(t, () => lastFrame().includes('the average appears after 4 more'));
	t.is(lastFrame().split('\n').length, 24);
	t.regex(lastFrame(), /next release +16 of 20 +╸{16}╴{4} /);
	t.regex(lastFrame(), /released +nothing yet/);
	t.regex(lastFrame(), /expected error +- /);

	show({ count: 1236, releasedCount: 1220, expectedRmseGray: 4.78, duplicates: 3, rejected: { 'wrong length': 2 } });
	await until(t, () => lastFrame().includes('PICTURE'));
	const frame = lastFrame();
	t.regex(frame, /pictures +1,236\s/);
	t.regex(frame, /released +average of 1,220/);
	t.regex(frame, /expected error +4\.78 gray/);
	t.regex(frame, /duplicates +3\s/);
	t.regex(frame, /rejected +2\s+wrong length +2\s/);

	show({ count: 1239, releasedCount: 1220, uptimeMs: 61_000 });
	await until(t, () => lastFrame().includes('up 1 min 01 s'));
	t.is(drawn.length, 1);
	unmount();
});

test('a picture that cannot be drawn leaves a reason in its place', async (t) => {
	const store = createCollectStore({ schedule: soon });
	const { lastFrame, unmount } = render(
		<CollectDashboard store={store} renderPicture={() => Promise.reject(new Error('out of ink'))} theme={theme} />,
	);
	await nextTurn();
	store.push(fakeCollectorSnapshot(12));
	await until(t, () => lastFrame().includes('out of ink'));
	unmount();
});

test('the layout counts the rows of facts that there are', async (t) => {
	const { factRows } = await import('../../../src/tui/dashboards/collect-facts.js');
	t.is(factRows(fakeCollectorSnapshot(12), () => [], theme).length, FACT_ROWS);
});

test('releases are made at multiples of the minimum batch', (t) => {
	const progress = (count: number, minBatch: number): number =>
		batchProgress({ count, minBatch, releasedCount: 0, isReleasedWhenAsked: false });
	t.deepEqual(
		[0, 19, 20, 41].map((count) => progress(count, 20)),
		[0, 19, 0, 1],
	);
	t.is(progress(5, 0), 0);
});

test('a release that somebody has to ask for is told so, with how many pictures wait for it', async (t) => {
	const { factRows } = await import('../../../src/tui/dashboards/collect-facts.js');
	const next = (count: number, releasedCount: number) => {
		const snapshot = { ...fakeCollectorSnapshot(12), count, releasedCount, minBatch: 20, isReleasedWhenAsked: true };
		const row = factRows(snapshot, () => [], theme).find(({ label }) => label === 'next release');
		return [
			row?.value,
			row
				?.rest?.(20)
				.map(({ text }) => text)
				.join(''),
		];
	};
	t.is(next(45, 40)[0], '5 of 20');
	t.deepEqual(next(500, 40), ['460', 'waiting']);
	const store = createCollectStore({ schedule: soon });
	const { lastFrame, unmount } = render(<CollectDashboard store={store} renderPicture={drawNothing} theme={theme} />);
	await nextTurn();
	const nothingYet = { count: 500, releasedCount: 0, average: null, minBatch: 20, isReleasedWhenAsked: true };
	store.push({ ...fakeCollectorSnapshot(12), ...nothingYet });
	await until(t, () => lastFrame().includes('veilcam average --epsilon asks for one'));
	unmount();
});

const drawNothing = (): Promise<string[]> => Promise.resolve([]);

const UPLOAD: ContributeSnapshot = {
	phase: 'uploading',
	accepted: 1200,
	duplicates: 30,
	rejected: 4,
	total: 5000,
	perSecond: 84.2,
	etaMs: 45_000,
	retrying: null,
	pictures: null,
};

test('an upload shows how far it is, how fast, and what it waits for', async (t) => {
	const store = createContributeStore({ schedule: soon });
	const { lastFrame, unmount } = render(
		<ContributeDashboard store={store} url="http://host:7400" renderPicture={drawNothing} theme={theme} />,
	);
	await nextTurn();
	store.push(UPLOAD);
	await until(t, () => lastFrame().includes('1,234 of 5,000'));
	const frame = lastFrame();
	t.regex(frame, /http:\/\/host:7400 .* 45 s left/);
	t.regex(frame, /accepted +1,200/);
	t.regex(frame, /duplicates +30/);
	t.regex(frame, /rejected +4/);
	t.regex(frame, /rate +84\.2\/s/);
	t.regex(frame, /q stop/);
	store.push({ ...UPLOAD, retrying: 'collector away\u001b[2J, next try in 4 s' });
	await until(t, () => lastFrame().includes('! collector away\\x1b[2J, next try in 4 s'));
	t.is(lastFrame().split('\n').length, frame.split('\n').length);
	store.push({ ...UPLOAD, total: null, etaMs: null });
	await until(t, () => !lastFrame().includes('left'));
	t.notRegex(lastFrame(), /━| of /);
	store.complete();
	await until(t, () => !/q stop/.test(lastFrame()));
	unmount();
});

test('a completed store completes the dashboard, with its error', async (t) => {
	const store = createContributeStore({ schedule: soon });
	const completions: (Error | undefined)[] = [];
	const { unmount } = render(
		<CompleteContext
			value={(error) => {
				completions.push(error);
			}}
		>
			<ContributeDashboard store={store} url="u" renderPicture={drawNothing} theme={theme} />
		</CompleteContext>,
	);
	const error = new Error('x');
	store.complete(error);
	await until(t, () => completions.length > 0);
	t.deepEqual(completions, [error]);
	unmount();
});

test('an upload shows what stays beside what leaves', async (t) => {
	const store = createContributeStore({ schedule: soon });
	const original = { width: 32, height: 24, channels: 1, samples: new Uint8Array(768).fill(7) } as const;
	const upload = { ...original, samples: new Uint8Array(768).fill(255) };
	const renderPicture = ({ samples }: Image, columns: number): Promise<string[]> =>
		Promise.resolve([`level ${samples[0]} in ${columns}`]);
	const { lastFrame, unmount } = render(
		<ContributeDashboard store={store} url="u" renderPicture={renderPicture} theme={theme} />,
	);
	await nextTurn();
	store.push(UPLOAD);
	await until(t, () => lastFrame().includes('accepted'));
	t.notRegex(lastFrame(), /stays here/);
	store.push({ ...UPLOAD, pictures: { original, upload, key: '1' } });
	await until(t, () => /level 7 in \d+ +level 255 in \d+/.test(lastFrame()));
	t.regex(lastFrame(), /stays here +leaves this machine/);
	unmount();
});

test('the code to join is shown until there is an average, and c changes between them', async (t) => {
	const store = createCollectStore({ schedule: soon });
	const code = Array.from({ length: 9 }, (_, row) => `code ${row}`.padEnd(18, '#'));
	const { lastFrame, stdin, unmount } = renderInk(
		<CollectDashboard store={store} renderPicture={() => Promise.resolve(['PICTURE'])} code={code} theme={theme} />,
	);
	const frame = (): string => stripVTControlCharacters(lastFrame() ?? '');
	await nextTurn();
	store.push({ ...fakeCollectorSnapshot(1), releasedCount: 0, average: null });
	await until(t, () => frame().includes('code 8#'));
	t.regex(frame(), /c the average/);
	store.push({ ...fakeCollectorSnapshot(20), releasedCount: 20 });
	await until(t, () => frame().includes('PICTURE'));
	t.regex(frame(), /c the code to join/);
	stdin.write('c');
	await until(t, () => frame().includes('code 0#'));
	unmount();
});

test('a code that does not fit is not cut, but says so', async (t) => {
	const store = createCollectStore({ schedule: soon });
	const code = Array.from({ length: 40 }, () => '#'.repeat(80));
	const { lastFrame, unmount } = render(
		<CollectDashboard store={store} renderPicture={drawNothing} code={code} theme={theme} />,
	);
	await nextTurn();
	store.push({ ...fakeCollectorSnapshot(1), releasedCount: 0, average: null });
	await until(t, () => lastFrame().includes('a larger window shows the code'));
	t.notRegex(lastFrame(), /####/);
	unmount();
});

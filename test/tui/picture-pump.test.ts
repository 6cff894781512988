import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import { createPicturePump, MIN_PICTURE_INTERVAL_MS } from '../../src/tui/picture-pump.js';

const image = { width: 1, height: 1, channels: 1, samples: Uint8Array.of(0) } as const;

function setUp() {
	const calls: { columns: number; finish: (lines: string[]) => void; fail: (error: Error) => void }[] = [];
	const due: { action: () => void; delayMs: number }[] = [];
	const clock = { ms: 0 };
	const pump = createPicturePump({
		render: (_image, columns) =>
			new Promise((finish, fail) => {
				calls.push({ columns, finish, fail });
			}),
		nowMs: () => clock.ms,
		schedule(action, delayMs) {
			const entry = { action, delayMs };
			due.push(entry);
			return () => due.splice(due.indexOf(entry), 1);
		},
	});
	const pass = (ms: number): void => {
		clock.ms += ms;
		for (const { action } of due.splice(0)) {
			action();
		}
	};
	return { pump, calls, due, pass };
}

test('the same picture at the same size is drawn once, at another size again', async (t) => {
	const { pump, calls, pass } = setUp();
	pump.request(image, 'a', 10, 5);
	pump.request(image, 'a', 10, 5);
	calls[0]?.finish(['x']);
	await nextTurn();
	t.deepEqual(pump.getState(), { kind: 'drawn', lines: ['x'] });
	pump.request(image, 'a', 10, 5);
	pass(1000);
	t.is(calls.length, 1);
	pump.request(image, 'a', 20, 5);
	t.is(calls.length, 2);
});

test('two pictures are never drawn at once, and of those that wait the last one is', async (t) => {
	const { pump, calls, pass } = setUp();
	pump.request(image, 'a', 1, 1);
	pump.request(image, 'b', 2, 1);
	pump.request(image, 'c', 3, 1);
	pass(10_000);
	t.is(calls.length, 1);
	calls[0]?.finish([]);
	await nextTurn();
	t.deepEqual(
		calls.map(({ columns }) => columns),
		[1, 3],
	);
});

test('pictures are drawn at most four times a second', async (t) => {
	const { pump, calls, due, pass } = setUp();
	pump.request(image, 'a', 1, 1);
	calls[0]?.finish([]);
	await nextTurn();
	pump.request(image, 'b', 1, 1);
	t.is(calls.length, 1);
	t.deepEqual(
		due.map(({ delayMs }) => delayMs),
		[MIN_PICTURE_INTERVAL_MS],
	);
	pass(MIN_PICTURE_INTERVAL_MS);
	t.is(calls.length, 2);
});

test('a picture that cannot be drawn is told, and the next one is drawn', async (t) => {
	const { pump, calls, pass } = setUp();
	pump.request(image, 'a', 1, 1);
	calls[0]?.fail(new Error('no memory'));
	await nextTurn();
	t.deepEqual(pump.getState(), { kind: 'failed', message: 'no memory' });
	pass(1000);
	pump.request(image, 'b', 1, 1);
	t.is(calls.length, 2);
});

test('after stop nothing is drawn or told', async (t) => {
	const { pump, calls, due } = setUp();
	pump.subscribe(() => t.fail());
	pump.request(image, 'a', 1, 1);
	pump.request(image, 'b', 1, 1);
	pump.stop();
	calls[0]?.finish([]);
	await nextTurn();
	t.is(calls.length, 1);
	t.is(due.length, 0);
});

import test from 'ava';
import { BATCH_MS, createStore } from '../../src/tui/store.js';

function setUp(historyLength = 3) {
	const due: { action: () => void; delayMs: number }[] = [];
	const store = createStore<{ rate: number; error: number | null }, 'rate' | 'error'>({
		historyLength,
		tracks: {
			rate: { read: (snapshot) => snapshot.rate },
			error: { read: (snapshot) => snapshot.error, changesOnly: true },
		},
		schedule(action, delayMs) {
			const entry = { action, delayMs };
			due.push(entry);
			return () => due.splice(due.indexOf(entry), 1);
		},
	});
	let told = 0;
	const unsubscribe = store.subscribe(() => told++);
	const tick = (): void => due.shift()?.action();
	return { store, due, tick, unsubscribe, told: () => told };
}

test('snapshots that arrive together are told once, the last one as latest, each one in the history', (t) => {
	const { store, due, tick, told } = setUp();
	store.push({ rate: 1, error: null });
	store.push({ rate: 2, error: 5 });
	t.is(told(), 0);
	t.is(store.getView().latest, null);
	t.deepEqual(
		due.map(({ delayMs }) => delayMs),
		[BATCH_MS],
	);
	tick();
	t.is(told(), 1);
	t.deepEqual(store.getView().latest, { rate: 2, error: 5 });
	t.deepEqual(store.getView().historyOf('rate'), [1, 2]);
});

test('the view is the same object until something is told', (t) => {
	const { store, tick } = setUp();
	const before = store.getView();
	store.push({ rate: 1, error: null });
	t.is(store.getView(), before);
	tick();
	t.not(store.getView(), before);
	t.deepEqual(before.historyOf('rate'), []);
});

test('the history is bounded, and leaves out null, NaN and, where asked, what did not change', (t) => {
	const { store, tick } = setUp(3);
	for (const [rate, error] of [
		[1, null],
		[Number.NaN, 9],
		[2, 9],
		[3, 9],
		[4, 8],
	] as const) {
		store.push({ rate, error });
	}
	tick();
	t.deepEqual(store.getView().historyOf('rate'), [2, 3, 4]);
	t.deepEqual(store.getView().historyOf('error'), [9, 8]);
});

test('completing shows what was held back at once; what comes later is ignored', (t) => {
	const { store, due, told } = setUp();
	const error = new Error('x');
	store.push({ rate: 1, error: null });
	store.complete(error);
	t.is(told(), 1);
	t.is(due.length, 0);
	t.is(store.getView().latest?.rate, 1);
	t.is(store.getView().completion?.error, error);
	store.complete();
	store.push({ rate: 2, error: null });
	t.is(told(), 1);
	t.is(store.getView().completion?.error, error);
});

test('who unsubscribed is not told', (t) => {
	const { store, tick, unsubscribe, told } = setUp();
	unsubscribe();
	store.push({ rate: 1, error: null });
	tick();
	t.is(told(), 0);
});

test('a history without room is refused', (t) => {
	t.throws(() => setUp(0), { instanceOf: RangeError });
});

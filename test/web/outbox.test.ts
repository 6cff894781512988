import test from 'ava';
import { type KeptReport, openKeep, type Run } from '../../src/web/keep.js';
import { createOutbox, type OutboxState, sessionKey } from '../../src/web/outbox.js';

const KEY = 'k';
const fresh: Run = { key: KEY, wanted: 0, taken: 0, counted: 0, refused: 0 };
const report = (id: string): KeptReport => ({ id, key: KEY, body: Uint8Array.of(id.length, 7) });
const textOf = (kept: KeptReport): string => ('body' in kept ? [...kept.body].join(',') : 'shares');

/** An outbox whose server answers as scripted: a status, or null for a network that fails. */
async function outboxWith(script: readonly (number | null)[], kept: readonly KeptReport[] = [], run: Run = fresh) {
	const keep = await openKeep(undefined);
	const sent: string[] = [];
	const waits: number[] = [];
	const states: OutboxState[] = [];
	let answered = 0;
	let wake = (): void => {};
	const outbox = createOutbox(
		{
			keep,
			async send(kept) {
				sent.push(`${kept.id} ${textOf(kept)}`);
				const status = answered < script.length ? script[answered] : 201;
				answered++;
				if (status === null) throw new TypeError('network');
				return { status, retryAfter: status === 429 ? '3' : null };
			},
			wait: async (ms) => void waits.push(ms),
			jitter: () => 1,
			onChange(state) {
				states.push(state);
				wake();
			},
		},
		{ run, reports: kept },
	);
	const until = (condition: (state: OutboxState) => boolean): Promise<void> =>
		new Promise((resolve) => {
			wake = () => (condition(outbox.state) ? resolve() : undefined);
			wake();
		});
	return { outbox, keep, sent, waits, states, until };
}

test('a report is kept before it is sent, and forgotten when it is counted', async (t) => {
	const { outbox, keep, sent, until } = await outboxWith([201, 200]);
	await outbox.want(2);
	const adding = outbox.add(report('a'));
	t.deepEqual(sent, []);
	t.is(outbox.state.run.taken, 0);
	t.is((await keep.read(KEY)).reports.length, 1);
	await adding;
	await outbox.add(report('bb'));
	await until(({ run }) => run.counted === 2);
	t.deepEqual(sent, ['a 1,7', 'bb 2,7']);
	t.like(outbox.state, { waiting: 0, trouble: null, run: { wanted: 2, taken: 2, counted: 2 } });
	t.deepEqual((await keep.read(KEY)).reports, []);
});

test('lost answers and busy servers are met with the same id and bytes, after growing waits', async (t) => {
	const { outbox, sent, waits, states, until } = await outboxWith([null, null, 503, 429, 500, 200]);
	await outbox.add(report('a'));
	await until(({ run }) => run.counted === 1);
	t.deepEqual(new Set(sent), new Set(['a 1,7']));
	t.is(sent.length, 6);
	t.deepEqual(waits, [200, 400, 800, 3000, 3200]);
	t.deepEqual([...new Set(states.map(({ trouble }) => trouble))], [null, 'network', 'busy']);
});

test('a refused report is counted as refused, and the next one goes on', async (t) => {
	const { outbox, until } = await outboxWith([409, 507, 201]);
	for (const id of ['a', 'b', 'c']) await outbox.add(report(id));
	await until(({ run }) => run.counted + run.refused === 3);
	t.like(outbox.state.run, { counted: 1, refused: 2, taken: 3 });
});

test('a wrong token stops the sending, keeps what waits, and resumes when told', async (t) => {
	const { outbox, keep, until } = await outboxWith([401, 201]);
	await outbox.add(report('a'));
	await until(({ trouble }) => trouble === 'wrong-token');
	t.is((await keep.read(KEY)).reports.length, 1);
	outbox.resume();
	await until(({ run }) => run.counted === 1);
	t.is(outbox.state.trouble, null);
});

test('what was kept before a reload is sent by itself', async (t) => {
	const run = { ...fresh, wanted: 3, taken: 2, counted: 1 };
	const { outbox, sent, until } = await outboxWith([201], [report('a')], run);
	await until((state) => state.run.counted === 2);
	t.deepEqual(sent, ['a 1,7']);
	t.like(outbox.state.run, { wanted: 3, taken: 2 });
});

test('what was salted for other parameters belongs to another session', (t) => {
	const mechanism = { kind: 'one-bit', epsilon: 2 };
	const session = { name: 'room', width: 8, height: 8, channels: 1, mechanism, minBatch: 20 };
	const changes = [
		{ name: 'r' },
		{ width: 9 },
		{ height: 9 },
		{ channels: 3 },
		{ mechanism: { kind: 'one-bit', epsilon: 1 } },
	];
	const keys = [{}, ...changes].map((change) => sessionKey({ ...session, ...change }));
	t.is(new Set(keys).size, keys.length);
	t.is(sessionKey({ ...session, ...{ count: 7 } }), keys[0]);
});

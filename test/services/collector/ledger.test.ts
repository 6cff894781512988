import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { createMechanism } from '../../../src/core/average/mechanism.js';
import { type SessionParameters, sampleCountOf } from '../../../src/core/average/session.js';
import { DataError } from '../../../src/core/errors.js';
import { paddedSampleCount, referenceAccumulate } from '../../../src/core/kernels/accumulate.js';
import { KernelMemory } from '../../../src/core/kernels/memory.js';
import { Ledger } from '../../../src/services/collector/ledger.js';
import { reportTag } from '../../../src/services/collector/report-tag.js';
import { createSlotTable, layoutSlots } from '../../../src/services/collector/slots.js';
import { type CollectorStore, type Commit, openStore } from '../../../src/services/collector/store.js';
import { openSqlite, type SqlDatabase } from '../../../src/services/sqlite.js';
import { smallSession } from '../../helpers/collector.js';
import { onePixel, reportId, words } from '../../helpers/reports.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

const SLOTS = 32;
const NOW = new Date(0);

const TAG_KEY = new Uint8Array(16).fill(7);

/** A ledger on the reference kernel, with slots that a test fills. */
function ledgerOn(store: CollectorStore, session: SessionParameters, spillCount?: number) {
	const mechanism = createMechanism(session.mechanism);
	const sampleCount = sampleCountOf(session);
	const reportBytes = mechanism.reportBytes(sampleCount);
	const memory = new KernelMemory(1024 * 1024);
	const slots = createSlotTable(
		memory.memory.buffer,
		layoutSlots(memory, { sampleCount, reportBytes, slotCount: SLOTS }),
	);
	const sums = new Int32Array(paddedSampleCount(sampleCount));
	const { minBatch } = session;
	const options = spillCount === undefined ? {} : { spillCount };
	const ledger = new Ledger({ mechanism, kernel: referenceAccumulate, slots, sums, store, minBatch, ...options });
	return {
		ledger,
		/** Puts reports into slots 0, 1, … and commits them as one group. */
		commit(reports: readonly (readonly [number, Uint8Array])[]) {
			reports.forEach(([number, body], slot) => {
				slots.id(slot).set(Buffer.from(reportId(number), 'hex'));
				slots.body(slot).set(body);
				slots.tag(slot).set(reportTag(TAG_KEY, slots.id(slot), slots.body(slot)));
			});
			return ledger.commitGroup(reports.map((_, slot) => slot));
		},
	};
}

/** Remembers commits; fails while `failure` is set. */
function fakeStore(session: SessionParameters) {
	const commits: Commit[] = [];
	const samples = sampleCountOf(session);
	const state: { failure: Error | null } = { failure: null };
	const store: CollectorStore = {
		tagKey: TAG_KEY,
		current: { count: 0, generation: 0, base: new Float64Array(samples), recent: new Int32Array(samples) },
		release: null,
		*entries() {},
		commit(commit) {
			if (state.failure !== null) throw state.failure;
			commits.push(structuredClone(commit));
		},
		close() {},
	};
	return { store, commits, state };
}

const pixels = (from: number, to: number): [number, Uint8Array][] =>
	Array.from({ length: to - from }, (_, i) => [from + i, onePixel(from + i)]);
const total = ({ base, recent }: { base: Float64Array; recent: Int32Array }): number[] =>
	[...base].map((sum, i) => sum + recent[i]);

test('a group is cut at the last multiple of the minimum batch; the rest is for the next group', (t) => {
	const session = { ...smallSession, minBatch: 5 };
	const { store, commits } = fakeStore(session);
	const { ledger, commit } = ledgerOn(store, session);
	t.deepEqual(commit(pixels(0, 3)).statuses, ['accepted', 'accepted', 'accepted']);
	t.is(ledger.release, null);
	const { statuses } = commit(pixels(3, 14));
	t.deepEqual(statuses, [...Array.from({ length: 7 }, () => 'accepted'), 'later', 'later', 'later', 'later']);
	t.is(ledger.count, 10);
	t.is(ledger.release?.count, 10);
	t.deepEqual(total(ledger.release ?? t.fail()), [...Array.from({ length: 64 }, (_, i) => (i < 10 ? 1 : 0))]);
	t.deepEqual(
		commits.map(({ sums, isRelease, firstOrdinal, entries }) => [sums.count, isRelease, firstOrdinal, entries.length]),
		[
			[3, false, 0, 96],
			[10, true, 3, 224],
		],
	);
	t.deepEqual(commit(pixels(10, 14)).statuses, ['accepted', 'accepted', 'accepted', 'accepted']);
	t.is(ledger.count, 14);
	t.is(ledger.release?.count, 10);
});

test('within one group a repeated report counts once, and other bytes under its id are a conflict', (t) => {
	const { store } = fakeStore(smallSession);
	const { ledger, commit } = ledgerOn(store, smallSession);
	const { statuses } = commit([
		[1, onePixel(1)],
		[1, onePixel(1)],
		[1, onePixel(2)],
		[2, onePixel(2)],
	]);
	t.deepEqual(statuses, ['accepted', 'duplicate', 'conflict', 'accepted']);
	t.is(ledger.count, 2);
});

test('a repeated report whose first copy waits for the next group waits with it', (t) => {
	const session = { ...smallSession, minBatch: 2 };
	const { store } = fakeStore(session);
	const { commit } = ledgerOn(store, session);
	const group: [number, Uint8Array][] = [...pixels(0, 3), [2, onePixel(2)], [0, onePixel(0)]];
	t.deepEqual(commit(group).statuses, ['accepted', 'accepted', 'later', 'later', 'duplicate']);
});

test('while the store fails nothing is counted, and afterwards everything is, once', (t) => {
	const session = { ...smallSession, minBatch: 4 };
	const { store, commits, state } = fakeStore(session);
	const { ledger, commit } = ledgerOn(store, session);
	commit(pixels(0, 3));
	const before = ledger.release;
	state.failure = new DataError('store-full', 'room.db: the disk is full');
	for (let attempt = 0; attempt < 3; attempt++) {
		const { statuses, error } = commit([...pixels(3, 7), [0, onePixel(0)], [3, onePixel(3)]]);
		t.deepEqual(statuses, ['failed', 'later', 'later', 'later', 'duplicate', 'failed']);
		t.is(error, state.failure);
		t.is(ledger.count, 3);
		t.is(ledger.release, before);
	}
	state.failure = null;
	t.deepEqual(commit(pixels(3, 7)).statuses, ['accepted', 'later', 'later', 'later']);
	t.deepEqual(commit(pixels(4, 7)).statuses, ['accepted', 'accepted', 'accepted']);
	t.deepEqual(
		total(commits.at(-1)?.sums ?? t.fail()),
		Array.from({ length: 64 }, (_, i) => (i < 7 ? 1 : 0)),
	);
});

test('sums that would overflow 32 bits move into the base, and nothing is lost across restarts', async (t) => {
	const session: SessionParameters = { ...smallSession, mechanism: { kind: 'laplace', epsilon: 2 }, minBatch: 3 };
	const file = join(await temporaryFolder(t), 'room.db');
	const body = words(Array.from({ length: 64 }, (_, i) => (i % 2 === 0 ? 32_767 : -32_768)));
	const expected = (count: number): number[] =>
		Array.from({ length: 64 }, (_, i) => (i % 2 === 0 ? 32_767 : -32_768) * count);
	let number = 0;
	for (let restart = 0; restart < 3; restart++) {
		const store = openStore(file, session, NOW);
		const { ledger, commit } = ledgerOn(store, session, 10);
		t.is(ledger.count, number);
		for (let group = 0; group < 8; group++) {
			const { statuses } = commit(Array.from({ length: 4 }, () => [number++, body]));
			number -= statuses.filter((status) => status === 'later').length;
		}
		t.is(ledger.count, number);
		const { release } = ledger;
		t.deepEqual(total(release ?? t.fail()), expected(release?.count ?? 0));
		// a repeated report is known wherever its sums lie
		t.deepEqual(commit([[0, body]]).statuses, ['duplicate']);
		store.close();
	}
	t.true(number > 40);
	const store = openStore(file, session, NOW);
	t.deepEqual(total(store.current), expected(number));
	t.true(store.current.generation >= 3);
	t.true(store.current.recent.every((sum) => Math.abs(sum) <= 15 * 32_768));
	store.close();
});

test('a spill that could not be committed is made again', async (t) => {
	const session: SessionParameters = { ...smallSession, mechanism: { kind: 'laplace', epsilon: 2 } };
	const file = join(await temporaryFolder(t), 'room.db');
	const store = openStore(file, session, NOW);
	let isFailing = false;
	const flaky: CollectorStore = {
		...store,
		commit(commit) {
			if (isFailing) throw new DataError('store-io', 'room.db: the disk reported an error');
			store.commit(commit);
		},
	};
	const { commit } = ledgerOn(flaky, session, 3);
	const body = words(Array.from({ length: 64 }, () => 1000));
	for (let number = 0; number < 12; number++) {
		isFailing = true;
		t.deepEqual(commit([[number, body]]).statuses, ['failed']);
		isFailing = false;
		t.deepEqual(commit([[number, body]]).statuses, ['accepted']);
	}
	store.close();
	const again = openStore(file, session, NOW);
	t.deepEqual(
		total(again.current),
		Array.from({ length: 64 }, () => 12_000),
	);
	again.close();
});

async function storeOnFullDisk(t: ExecutionContext, session: SessionParameters) {
	const file = join(await temporaryFolder(t), 'room.db');
	let database: SqlDatabase | undefined;
	const store = openStore(file, session, NOW, (path) => {
		database = openSqlite(path);
		return database;
	});
	const limit = (pages: number): void => database?.exec(`PRAGMA max_page_count = ${pages}`);
	return { file, store, limit };
}

test('a full disk refuses reports in a sentence and damages nothing; freed, it goes on', async (t) => {
	const session = { ...smallSession, minBatch: 2 };
	const { file, store, limit } = await storeOnFullDisk(t, session);
	const { ledger, commit } = ledgerOn(store, session);
	let number = 0;
	// SQLite holds the limit to what the file has already
	limit(1);
	let failed = 0;
	while (failed < 3) {
		const { statuses, error } = commit([[number, onePixel(number % 64)]]);
		if (statuses[0] === 'failed') {
			failed++;
			t.true(error instanceof DataError);
			t.is(error?.message, `${file}: the disk is full`);
			t.is(ledger.count, number);
		} else {
			number++;
		}
	}
	t.true(number > 20, 'reports were accepted until the file was full');
	t.deepEqual(commit([[0, onePixel(0)]]).statuses, ['duplicate']);
	limit(100_000);
	for (let i = 0; i < 100; i++) {
		t.deepEqual(commit([[number, onePixel(number % 64)]]).statuses, ['accepted']);
		number++;
	}
	store.close();
	const again = openStore(file, session, NOW);
	t.is(again.current.count, number);
	t.deepEqual(
		total(again.current),
		Array.from({ length: 64 }, (_, pixel) => Math.floor(number / 64) + (pixel < number % 64 ? 1 : 0)),
	);
	again.close();
});

test('whatever groups reports come in, the releases and the sums are the same', (t) => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 9 }),
			fc.array(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 20 }), { maxLength: 12 }),
			(minBatch, groups) => {
				const session = { ...smallSession, minBatch };
				const { store, commits } = fakeStore(session);
				const { ledger, commit } = ledgerOn(store, session);
				const distinct: number[] = [];
				for (const group of groups) {
					for (const number of group) if (!distinct.includes(number)) distinct.push(number);
					let left = group;
					while (left.length > 0) {
						const { statuses } = commit(left.map((number) => [number, onePixel(number)]));
						left = left.filter((_, i) => statuses[i] === 'later');
					}
				}
				t.is(ledger.count, distinct.length);
				t.is(ledger.release?.count ?? 0, distinct.length - (distinct.length % minBatch));
				for (const { sums, isRelease } of commits) {
					t.is(isRelease, sums.count % minBatch === 0);
					const expected = new Set(distinct.slice(0, sums.count));
					t.deepEqual(
						total(sums),
						Array.from({ length: 64 }, (_, pixel) => (expected.has(pixel) ? 1 : 0)),
					);
				}
			},
		),
		{ numRuns: 60, seed: 7 },
	);
});

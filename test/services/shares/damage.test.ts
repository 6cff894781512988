import { appendFileSync, closeSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import test from 'ava';
import type { PartyIndex } from '../../../src/core/mpc/party-index.js';
import { SESSION } from './three-holders.js';
import { bodiesOf, clearSum, openThreeStores, sumsOf, type ThreeStores } from './three-stores.js';

const session = { ...SESSION, minBatch: 2 };
const EXACT = { batch: 1, promise: null };
/** The slot of a picture of 20x13, and of seeds. */
const SLOT_BYTES = 512;

function bodiesFile(three: ThreeStores, party: PartyIndex): string {
	return `${three.fileOf(party)}-bodies-1`;
}

/** One byte of a slot becomes another, as a disk that fails or a write that was torn leaves it. */
function garble(three: ThreeStores, party: PartyIndex, slot: number, at = 3): void {
	const file = bodiesFile(three, party);
	const place = slot * SLOT_BYTES + at;
	const before = readFileSync(file)[place];
	const fd = openSync(file, 'r+');
	writeSync(fd, Uint8Array.of(before ^ 0x10), 0, 1, place);
	closeSync(fd);
}

test('a picture whose bytes one party cannot read any more is left out by all three, and the others are added exactly', async (t) => {
	const three = await openThreeStores(t, session);
	await three.add([1, 2, 3, 4, 5, 6, 7]);
	three.restart(0, () => garble(three, 0, 1));
	// of party 1 a seed, of party 2 a picture
	three.restart(1, () => garble(three, 1, 2));
	three.restart(2, () => garble(three, 2, 3, 100));
	const attempt = await three.attempt(EXACT);
	t.deepEqual(sumsOf(session, attempt), clearSum(session, [1, 5, 6, 7]));
	t.deepEqual(
		three.stores.map((store) => store.counts(1)),
		[0, 1, 2].map(() => ({ waiting: 0, rejected: 3, damaged: 1, sealed: 4 })),
	);
	// it never counts, even if it comes again
	const bodies = await bodiesOf(session, new Uint8Array(260), 2);
	t.deepEqual(await three.put(2, bodies), ['conflict', 'conflict', 'conflict']);
});

test('a file that was cut short keeps nobody from opening the store: what it lacks is left out, and new pictures are taken', async (t) => {
	const three = await openThreeStores(t, session);
	await three.add([1, 2, 3, 4]);
	three.restart(1, () => truncateSync(bodiesFile(three, 1), 2 * SLOT_BYTES + 9));
	await three.add([5, 6]);
	t.deepEqual(sumsOf(session, await three.attempt(EXACT)), clearSum(session, [1, 2, 5, 6]));
	t.is(three.stores[1].counts(1).damaged, 2);
});

test('bytes that no row names are written over, and never added', async (t) => {
	const three = await openThreeStores(t, session);
	await three.add([1]);
	// as a party leaves them that ends before its rows are there
	three.restart(2, () => {
		truncateSync(bodiesFile(three, 2), SLOT_BYTES);
		appendFileSync(bodiesFile(three, 2), new Uint8Array(3 * SLOT_BYTES + 77).fill(0xa5));
	});
	await three.add([2, 3, 4]);
	t.deepEqual(sumsOf(session, await three.attempt(EXACT)), clearSum(session, [1, 2, 3, 4]));
});

test('a batch that was fixed waits for a picture that was damaged since: it is opened as it was, or not at all', async (t) => {
	const three = await openThreeStores(t, session);
	await three.add([1, 2]);
	const sums = sumsOf(session, await three.attempt(EXACT));
	const before = readFileSync(bodiesFile(three, 1));
	three.restart(1, () => garble(three, 1, 0, 200));
	const { outcomes } = await three.attempt(EXACT);
	for (const outcome of outcomes) {
		t.is(outcome.status, 'rejected');
		const said = outcome.status === 'rejected' ? String(outcome.reason) : '';
		t.regex(said, /batch 1 was fixed with pictures that party 1 cannot read any more/);
	}
	t.is(three.stores[1].counts(1).damaged, 0);
	three.restart(1, () => writeFileSync(bodiesFile(three, 1), before));
	t.deepEqual(sumsOf(session, await three.attempt(EXACT)), sums);
});

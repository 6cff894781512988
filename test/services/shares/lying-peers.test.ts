import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { VeilcamError } from '../../../src/core/errors.js';
import type { Channel } from '../../../src/core/mpc/channel.js';
import { PARTIES, type PartyIndex } from '../../../src/core/mpc/party-index.js';
import type { Seal, ShareStore } from '../../../src/services/shares/share-store.js';
import { SESSION } from './three-holders.js';
import { type Attempt, clearSum, openThreeStores, sumsOf, type ThreeStores, type Twist } from './three-stores.js';

const OPENED = [1, 2, 3, 4, 5];
const WAITING = [11, 12, 13, 14, 15, 16];
const UNKNOWN = [91, 92, 93, 94, 95];
/** Before it: nonces, list, its hash, hashes, verdicts, the hash of what is left, that of the attempt. */
const FIRST_STEP_OF_SUM = 8;
const SECOND = { batch: 2, promise: null };

/** Parties that have opened a batch, and hold pictures for the next one. */
async function startAfterFirst(t: ExecutionContext): Promise<ThreeStores> {
	const three = await openThreeStores(t, SESSION);
	await three.add(OPENED);
	t.deepEqual(sumsOf(SESSION, await three.attempt({ batch: 1, promise: null })), clearSum(SESSION, OPENED));
	await three.add(WAITING);
	return three;
}

function listOf(numbers: readonly number[]): Uint8Array {
	const list = new Uint8Array(16 * numbers.length);
	for (const [i, number] of numbers.entries()) list.fill(number, 16 * i, 16 * (i + 1));
	return list;
}

/** A store that names these pictures, has every one of them, and all of them wait. */
function lyingStore(numbers: readonly number[], isSealed: boolean): Twist['store'] {
	return (honest: ShareStore) => ({
		waitingIds: () => listOf(numbers),
		find(session, id) {
			const held = honest.find(session, id);
			const hash = new Uint8Array(32).fill(id[0]);
			return { ordinal: 1, firstHash: hash, secondHash: hash, ...held, batch: 0 };
		},
		...(isSealed && { lastSeal: (): Seal => ({ ...sealOf(numbers), batch: 2 }) }),
		reject() {},
		seal() {},
	});
}

function sealOf(numbers: readonly number[]): Omit<Seal, 'batch'> {
	const listHash = new Uint8Array(32);
	return { promise: null, count: numbers.length, listHash, ids: listOf(numbers), rho: 0, summand: null };
}

/** Stores that forget an attempt; what they should have fixed is put into `seals`. */
function watching(seals: Seal[]): Record<PartyIndex, Twist> {
	const twist: Twist = { store: () => ({ seal: (_session, seal) => void seals.push(seal), reject() {} }) };
	return { 0: twist, 1: twist, 2: twist };
}

function codeAt(party: PartyIndex, { outcomes }: Attempt): string {
	const outcome = outcomes[party];
	if (outcome.status === 'fulfilled') return 'opened';
	return outcome.reason instanceof VeilcamError ? outcome.reason.code : String(outcome.reason);
}

/** What is named by one who says that it has fixed the batch has to be there as it was, or the batch is not opened. */
const LISTS: readonly (readonly [what: string, numbers: readonly number[], refusal: string, whereFixed: string])[] = [
	['a batch that was opened', OPENED, 'minimum-batch', 'batch-incomplete'],
	['one that overlaps it', [11, 12, 13, 14, 5], 'minimum-batch', 'batch-incomplete'],
	['pictures that nobody sent', UNKNOWN, 'minimum-batch', 'batch-incomplete'],
	['one picture that nobody sent among others', [11, 12, 13, 14, 91], 'minimum-batch', 'batch-incomplete'],
	['no pictures', [], 'minimum-batch', 'minimum-batch'],
	['fewer than the minimum batch', [11, 12, 13, 14], 'minimum-batch', 'minimum-batch'],
	['a picture twice', [11, 12, 13, 14, 14], 'list-repeats', 'list-repeats'],
	['more than a batch can have', Array(131_073).fill(11), 'list-too-long', 'list-too-long'],
];

for (const honest of PARTIES) {
	test(`party ${honest} alone refuses what both others would open: other lists than it holds`, async (t) => {
		const three = await startAfterFirst(t);
		const before = three.stores[honest].counts(1);
		for (const [what, numbers, refusal, whereFixed] of LISTS) {
			// party 0 names the pictures; where it is the honest one, another says that it has fixed them before
			for (const isSealed of honest === 0 ? [true] : [false, true]) {
				const twists: Partial<Record<PartyIndex, Twist>> = {};
				for (const party of PARTIES) if (party !== honest) twists[party] = { store: lyingStore(numbers, isSealed) };
				const attempt = await three.attempt(SECOND, twists, honest);
				t.is(codeAt(honest, attempt), isSealed ? whereFixed : refusal, what);
				t.is(three.stores[honest].lastSeal(1)?.batch, 1, what);
				t.deepEqual(three.stores[honest].counts(1), before, what);
			}
		}
		t.deepEqual(sumsOf(SESSION, await three.attempt(SECOND)), clearSum(SESSION, WAITING.slice(0, 5)));
	});
}

for (const honest of [1, 2] as const) {
	test(`party ${honest} is told of other pictures than the rest, or in another order: none is left out for that`, async (t) => {
		const three = await startAfterFirst(t);
		for (const numbers of [
			[12, 11, 13, 14, 15, 16],
			[11, 12, 13, 14, 15, 91],
		]) {
			const twist = (channel: Channel): Channel => ({
				...channel,
				send(to, label, bytes) {
					const isList = to === honest && bytes.length === 16 * WAITING.length;
					channel.send(to, label, isList ? listOf(numbers) : bytes);
				},
			});
			t.is(codeAt(honest, await three.attempt(SECOND, { 0: { channel: twist } }, honest)), 'lists-differ');
		}
		for (const { counts } of three.stores) t.like(counts(1), { waiting: 6, rejected: 0, sealed: 5 });
		t.deepEqual(sumsOf(SESSION, await three.attempt(SECOND)), clearSum(SESSION, WAITING.slice(0, 5)));
	});
}

for (const honest of PARTIES) {
	test(`party ${honest} opens nothing to others who play an attempt again`, async (t) => {
		const three = await startAfterFirst(t);
		const { messages } = await three.attempt(SECOND, watching([]));
		const heard = messages.filter(({ to }) => to === honest);
		let sent = 0;
		const replay = (): Channel => {
			const next = [0, 0, 0];
			return {
				send: () => void sent++,
				receive(from, label) {
					const message = heard.filter((one) => one.from === from)[next[from]++];
					return message === undefined || message.label.step !== label.step
						? Promise.reject(new Error('the recording ends'))
						: Promise.resolve(message.bytes);
				},
			};
		};
		const attempt = await three.attempt(SECOND, { [honest]: { channel: replay } }, honest);
		t.is(codeAt(honest, attempt), 'attempts-differ');
		t.is(sent, messages.filter(({ from, label }) => from === honest && label.step < FIRST_STEP_OF_SUM).length);
		t.deepEqual(sumsOf(SESSION, await three.attempt(SECOND)), clearSum(SESSION, WAITING.slice(0, 5)));
	});
}

test('a message that was changed on the way ends the attempt, or what is opened is the sum of what all have fixed', async (t) => {
	const three = await startAfterFirst(t);
	const { messages } = await three.attempt(SECOND, watching([]));
	const early = messages.filter(({ label }) => label.step < FIRST_STEP_OF_SUM);
	const counts = { ended: 0, opened: 0 };
	const tamper = fc.oneof(
		fc.record({ at: fc.nat(early.length - 1), bit: fc.nat() }),
		// what a sum is made of cannot be checked, its lengths can
		fc.record({ at: fc.nat(messages.length - 1), length: fc.constantFrom(0, -1, 1, 1_000_000) }),
	);
	await fc.assert(
		fc.asyncProperty(tamper, async (tampering) => {
			const { from, to, label } = messages[tampering.at];
			const change = (bytes: Uint8Array): Uint8Array => {
				const length = 'length' in tampering && tampering.length !== 0 ? bytes.length + tampering.length : bytes.length;
				const changed = new Uint8Array('length' in tampering && tampering.length === 0 ? 0 : length);
				changed.set(bytes.subarray(0, changed.length));
				if ('bit' in tampering) changed[(tampering.bit >> 3) % changed.length] ^= 1 << (tampering.bit & 7);
				return changed;
			};
			const seals: Seal[] = [];
			const twists = watching(seals);
			const channel = (honest: Channel): Channel => ({
				...honest,
				send: (party, at, bytes) =>
					honest.send(party, at, party === to && at.step === label.step ? change(bytes) : bytes),
			});
			const attempt = await three.attempt(SECOND, { ...twists, [from]: { ...twists[from], channel } });
			for (const { ids } of seals) t.deepEqual(ids, seals[0].ids);
			const sums = sumsOf(SESSION, attempt);
			if (sums !== null) {
				counts.opened++;
				const seeds = [...seals[0].ids].filter((_, i) => i % 16 === 0);
				t.deepEqual(sums, clearSum(SESSION, seeds));
				return;
			}
			counts.ended++;
			for (const party of PARTIES) {
				const code = codeAt(party, attempt);
				t.true(/^[a-z-]+$/.test(code) || code === 'Error: another party has ended', code);
			}
		}),
		{ seed: 8, numRuns: 400 },
	);
	t.log(counts);
	t.true(counts.ended > 100 && counts.opened > 5);
	t.deepEqual(sumsOf(SESSION, await three.attempt(SECOND)), clearSum(SESSION, WAITING.slice(0, 5)));
});

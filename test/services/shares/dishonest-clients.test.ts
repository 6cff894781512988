import test from 'ava';
import type { SessionParameters } from '../../../src/core/average/session.js';
import { SEED_BYTES } from '../../../src/core/average/share-planes.js';
import { PARTIES, type PartyIndex, previousParty } from '../../../src/core/mpc/party-index.js';
import { componentsOf } from '../../../src/services/shares/share-hash.js';
import { seededRandom } from '../../core/average/keystream.js';
import { pictureOf, SESSION } from './three-holders.js';
import { bodiesOf, clearSum, openThreeStores, sumsOf } from './three-stores.js';

const HONEST = [1, 2, 3, 4, 5];
const FIRST = { batch: 1, promise: null };

/** Changes a bit of a component in what one of its two holders is sent. */
function twist(bodies: readonly Uint8Array[], component: PartyIndex, holder: PartyIndex): Uint8Array[] {
	return bodies.map((body, index) => {
		if (index !== holder) return body;
		const changed = body.slice();
		const { first, second } = componentsOf(holder, changed);
		(holder === component ? first : second)[3] ^= 16;
		return changed;
	});
}

test('a component that one of its holders got otherwise, by one bit: all three leave the picture out for good', async (t) => {
	const three = await openThreeStores(t, SESSION);
	let number = 50;
	for (const component of PARTIES) {
		for (const holder of [component, previousParty(component)]) {
			const bodies = twist(await bodiesOf(SESSION, pictureOf(SESSION, number), number), component, holder);
			t.deepEqual(await three.put(number++, bodies), ['accepted', 'accepted', 'accepted']);
		}
	}
	await three.add(HONEST);
	t.deepEqual(sumsOf(SESSION, await three.attempt(FIRST)), clearSum(SESSION, HONEST));
	for (const { counts } of three.stores) t.like(counts(1), { waiting: 0, rejected: 6, sealed: 5 });
	// nor does it count when it comes again as it should have come
	const whole = await bodiesOf(SESSION, pictureOf(SESSION, 50), 50);
	t.deepEqual(await three.put(50, whole), ['conflict', 'conflict', 'conflict']);
});

test('a picture that two parties got waits for the third; an id that is copied or repeated changes nothing', async (t) => {
	const three = await openThreeStores(t, SESSION);
	const whole = await Promise.all([60, 61, 62].map((number) => bodiesOf(SESSION, pictureOf(SESSION, number), number)));
	for (const party of PARTIES)
		await three.put(
			60 + party,
			whole[party].map((body, i) => (i === party ? null : body)),
		);
	await three.add(HONEST);
	const copied = await bodiesOf(SESSION, pictureOf(SESSION, 99), 99);
	t.deepEqual(await three.put(1, copied), ['conflict', 'conflict', 'conflict']);
	const again = await bodiesOf(SESSION, pictureOf(SESSION, 2), 2);
	t.deepEqual(await three.put(2, again), ['duplicate', 'duplicate', 'duplicate']);

	t.deepEqual(sumsOf(SESSION, await three.attempt(FIRST)), clearSum(SESSION, HONEST));
	for (const { counts } of three.stores) t.like(counts(1), { waiting: 2, rejected: 0, sealed: 5 });
	// an id of a batch that was opened counts in no other one
	t.deepEqual(await three.put(3, copied), ['conflict', 'conflict', 'conflict']);
	for (const party of PARTIES)
		await three.put(
			60 + party,
			whole[party].map((body, i) => (i === party ? body : null)),
		);
	await three.add([6, 7]);
	t.deepEqual(sumsOf(SESSION, await three.attempt({ batch: 2, promise: null })), clearSum(SESSION, [60, 61, 62, 6, 7]));
});

for (const bits of [8, 1] as const) {
	const session: SessionParameters = { ...SESSION, mechanism: { kind: 'shares', bits, budget: null } };
	const most = bits === 8 ? 255 : 1;
	const reports: Readonly<Record<string, (bodies: Uint8Array[]) => Promise<Uint8Array[]>>> = {
		'white in every sample': (bodies) => bodiesOf(session, new Uint8Array(20 * 13).fill(255), bodies.length),
		'bytes that are no picture, with bits beyond its end': async ([p0, p1]) => {
			const planes = new Uint8Array(p1.length - SEED_BYTES);
			seededRandom(77).fillInto(planes);
			return [
				p0,
				Buffer.concat([p0.subarray(SEED_BYTES), planes]),
				Buffer.concat([planes, p0.subarray(0, SEED_BYTES)]),
			];
		},
	};
	for (const [what, forge] of Object.entries(reports)) {
		test(`${bits} bits: a report of ${what} moves no sample of the sum by more than ${most}`, async (t) => {
			const three = await openThreeStores(t, session);
			await three.add([1, 2, 3, 4]);
			await three.put(70, await bodiesOf(session, new Uint8Array(20 * 13), 70));
			const black = sumsOf(session, await three.attempt(FIRST));
			const forged = await openThreeStores(t, session);
			await forged.add([1, 2, 3, 4]);
			await forged.put(70, await forge(await bodiesOf(session, new Uint8Array(20 * 13), 70)));
			const moved = sumsOf(session, await forged.attempt(FIRST))?.map((sum, i) => sum - (black?.[i] ?? Number.NaN));
			t.is(moved?.length, 20 * 13);
			t.true(moved?.every((by) => by >= 0 && by <= most));
			if (what.startsWith('white')) t.true(moved?.every((by) => by === most));
			t.true(moved?.some((by) => by > 0));
		});
	}
}

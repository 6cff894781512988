import { isDeepStrictEqual } from 'node:util';
import test from 'ava';
import { type SessionParameters, sampleCountOf } from '../../../src/core/average/session.js';
import type { Channel } from '../../../src/core/mpc/channel.js';
import type { PartyIndex } from '../../../src/core/mpc/party-index.js';
import { ID_BYTES } from '../../../src/services/shares/share-hash.js';
import type { Seal, ShareStore } from '../../../src/services/shares/share-store.js';
import { pictureOf, SESSION } from './three-holders.js';
import { bodiesOf, clearSum, openThreeStores, sumsOf, type ThreeStores, type Twist } from './three-stores.js';

const EXACT: SessionParameters = { ...SESSION, width: 3, height: 2, minBatch: 2 };
/** Events until all parties have fixed a batch. */
const LAST_BEFORE_SUM = 22;
const BUDGET = { epsilon: 100, delta: 1e-6 };
const NOISY: SessionParameters = { ...EXACT, mechanism: { kind: 'shares', bits: 8, budget: BUDGET } };

/** A party that ends at its n-th event: before it sends, before and after it writes to its disk. */
function endingAt(n: number): { readonly twist: Twist; readonly hasEnded: () => boolean } {
	let events = 0;
	const pass = (): void => {
		events++;
		if (events > n) throw new Error('killed');
	};
	const around = <Values extends unknown[]>(write: (...values: Values) => void) => {
		return (...values: Values): void => {
			pass();
			write(...values);
			pass();
		};
	};
	return {
		twist: {
			channel: (honest): Channel => ({
				...honest,
				send(...message) {
					pass();
					honest.send(...message);
				},
			}),
			store: ({ seal, reject }: ShareStore) => ({ seal: around(seal), reject: around(reject) }),
		},
		hasEnded: () => events > n,
	};
}

function sealsOf({ stores }: ThreeStores): (Seal | null)[] {
	return stores.map((store) => store.lastSeal(1));
}

/** What the parties have stored as their noise, added to the clear sum. */
function sumWithNoise(clear: Float64Array, seals: readonly (Seal | null)[]): Float64Array {
	const sum = clear.slice();
	for (const seal of seals) {
		if (seal?.summand == null) continue;
		for (const [i, value] of new Float64Array(Uint8Array.from(seal.summand).buffer).entries()) sum[i] += value;
	}
	return sum;
}

const interrupted = test.macro(async (t, party: PartyIndex, session: SessionParameters) => {
	const isNoisy = session === NOISY;
	const promise = isNoisy ? { epsilon: 1, delta: 1e-6, picturesPerPerson: 1 } : null;
	const three = await openThreeStores(t, session);
	const blank = new Uint8Array(sampleCountOf(session));
	let rho = 0;
	let batch = 0;
	// rounds of the sum are alike: a few of them will do
	for (let n = 0; ; n += n < LAST_BEFORE_SUM ? 1 : 7) {
		const [one, another, late, cheat] = [0, 1, 2, 3].map((i) => 4 * batch + i);
		batch++;
		await three.add([one, another]);
		// shares of two pictures under one id: left out for good
		const [own, other] = [await bodiesOf(session, pictureOf(session, cheat), cheat), await bodiesOf(session, blank, 0)];
		if (!isNoisy) await three.put(cheat, [own[0], own[1], other[2]]);

		const { twist, hasEnded } = endingAt(n);
		const first = await three.attempt({ batch, promise }, { [party]: twist });
		const opened = first.outcomes.filter(({ status }) => status === 'fulfilled').length;
		three.restart(party);
		const before = sealsOf(three).filter((seal) => seal?.batch === batch);
		// who opened anything has stored before what it was, and so have the others
		if (opened > 0) t.is(before.length, 3, `event ${n}`);
		await three.add([late]);
		const again = await three.attempt({ batch, promise });
		const seals = sealsOf(three);
		const [{ ids, listHash }] = seals.flatMap((seal) => seal ?? []);
		const added = Array.from({ length: ids.length / ID_BYTES }, (_, i) => ids[i * ID_BYTES]);
		t.false(added.includes(cheat));
		if (before.length > 0) t.false(added.includes(late), `event ${n}`);
		for (const seal of [...seals, ...before]) {
			t.deepEqual(seal?.ids, ids);
			t.deepEqual(seal?.listHash, listHash);
		}
		for (const seal of before) t.true(seals.some((now) => now !== null && isDeepStrictEqual(now, seal)));
		const sums = sumsOf(session, again, isNoisy);
		t.deepEqual(sums, sumWithNoise(clearSum(session, added), seals), `event ${n}`);
		if (opened === 3) t.deepEqual(sumsOf(session, first, isNoisy), sums);
		// charged once, by all
		rho += seals[0]?.rho ?? 0;
		for (const store of three.stores) t.true(Math.abs(store.spentRho(1) - rho) <= 1e-9 * rho);
		if (hasEnded()) continue;
		t.is(opened, 3);
		t.log(`${n} events`);
		return;
	}
});

// party 0 names the pictures of a batch; the other two differ in nothing but what they hold
for (const party of [0, 1] as const) {
	test(
		`party ${party} ends at any event of a release: the next attempt adds the same pictures`,
		interrupted,
		party,
		EXACT,
	);
}
test('a party ends at any event of a noisy release: noise is drawn and charged once', interrupted, 2, NOISY);

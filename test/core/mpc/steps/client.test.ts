import test from 'ava';
import { DataError, PeerError } from '../../../../src/core/errors.js';
import { expandKeyInto } from '../../../../src/core/mpc/keystream.js';
import { createRing, RING_32 } from '../../../../src/core/mpc/ring.js';
import type { Replicated } from '../../../../src/core/mpc/shares.js';
import { inSequence } from '../../../../src/core/mpc/step-cost.js';
import {
	combineOpened,
	declareOpenAdditive,
	openAdditiveToClient,
	openToClient,
} from '../../../../src/core/mpc/steps/open-to-client.js';
import {
	declareCompareInputs,
	type InputComponent,
	openInputShare,
	publicComponents,
	runCompareInputs,
	shareInput,
} from '../../../../src/core/mpc/steps/share-input.js';
import { createThreeParties, int32, reveal, runAll, shareOut } from '../three-parties.js';

function testRandom(seed: number) {
	let draws = 0;
	return {
		fillInto: (bytes: Uint8Array) => expandKeyInto(bytes, new Uint8Array(16).fill(seed), draws++),
	};
}

const VALUES = Int32Array.from([0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 12_345, -99_999]);

for (const bits of [5, 32]) {
	test(`An input that a client shares in a ring of ${bits} bits is the sum of the components`, async (t) => {
		const ring = createRing(bits);
		const shares = shareInput(VALUES, testRandom(3), ring);
		const three = createThreeParties({ ring });
		const inputs = await runAll(three, (party) => openInputShare(party, shares[party.index], VALUES.length));
		t.deepEqual(
			reveal(inputs, ring),
			VALUES.map((value) => (value << (32 - bits)) >> (32 - bits)),
		);
		await runAll(three, (party) => runCompareInputs(party, shares[party.index]));
		const declared = inSequence([declareCompareInputs()]);
		t.deepEqual(three.transport.bytesByParty(), declared.bytesByParty);
		t.deepEqual(declared, { rounds: 1, bytesByParty: [64, 64, 64] });
	});
}

test('P0 gets two seeds, P1 and P2 one seed and the last component; other randomness gives other seeds', (t) => {
	const shares = shareInput(VALUES, testRandom(3), RING_32);
	const kinds = shares.map(({ first, second }) => [Object.keys(first)[0], Object.keys(second)[0]].join());
	t.deepEqual(kinds, ['seed,seed', 'seed,words', 'words,seed']);
	const seeds = [shares[0], shareInput(VALUES, testRandom(4), RING_32)[0]].flatMap(({ first, second }) =>
		[first, second].map((part) => ('seed' in part ? Buffer.from(part.seed).toString('hex') : '')),
	);
	t.is(new Set(seeds).size, 4);
});

test('A component of another length is refused', (t) => {
	const [, share] = shareInput(VALUES, testRandom(3), RING_32);
	const [, party] = createThreeParties().parties;
	t.throws(() => openInputShare(party, share, 8), { instanceOf: DataError });
});

/** Which parties refuse the shares when one party's first component is another one. */
async function refusals(index: 0 | 1 | 2, change: (component: InputComponent) => InputComponent): Promise<boolean[]> {
	const shares = [...shareInput(VALUES, testRandom(3), RING_32)];
	shares[index] = { ...shares[index], first: change(shares[index].first) };
	const { parties } = createThreeParties();
	const outcomes = await Promise.allSettled(parties.map((party) => runCompareInputs(party, shares[party.index])));
	return outcomes.map(({ status }) => status === 'rejected');
}

for (const component of [0, 1, 2] as const) {
	const expected = [false, false, false];
	expected[component] = true;
	expected[(component + 2) % 3] = true;
	test(`Both holders of component ${component} notice when the client gave them different ones`, async (t) => {
		const change = (first: InputComponent): InputComponent =>
			'seed' in first
				? { seed: first.seed.map((byte, i) => (i === 3 ? byte ^ 1 : byte)) }
				: { words: int32(first.words).map((word, i) => (i === 3 ? word ^ 1 : word)) };
		t.deepEqual(await refusals(component, change), expected);
	});
	test(`Words with the bytes of a seed are not taken for component ${component}`, async (t) => {
		const change = (first: InputComponent): InputComponent =>
			'seed' in first
				? { words: new Int32Array(first.seed.slice().buffer) }
				: { seed: new Uint8Array(first.words.buffer, 0, 16) };
		t.deepEqual(await refusals(component, change), expected);
	});
}

test('The client gets the value back, and notices a component that one party changed', async (t) => {
	const three = createThreeParties();
	const x = shareOut(three, VALUES);
	const opened = await runAll(three, (party) => openToClient(party, x[party.index]));
	t.deepEqual(combineOpened(opened, RING_32), VALUES);
	t.deepEqual(three.transport.messages, []);
	for (const share of opened) {
		int32(share.words)[2] ^= 64;
		t.throws(() => combineOpened(opened, RING_32), { instanceOf: PeerError });
		int32(share.words)[2] ^= 64;
	}
});

test('An additive value is opened under a zero share: no word is the one that the party held', async (t) => {
	const three = createThreeParties();
	const x = shareOut(three, VALUES);
	const opened = await runAll(three, (party) => openAdditiveToClient(party, { own: x[party.index].first }));
	t.deepEqual(combineOpened(opened, RING_32), VALUES);
	for (const [index, { words }] of opened.entries()) {
		t.true(words.every((word, i) => word !== x[index].first[i]));
	}
	t.deepEqual(three.parties[0].counter.steps[0].cost, declareOpenAdditive({ count: VALUES.length }));
});

test('What everybody knows is shared as its first component', (t) => {
	const shares: readonly [Replicated, Replicated, Replicated] = publicComponents(VALUES);
	t.deepEqual(reveal(shares), VALUES);
});

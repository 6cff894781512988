import test from 'ava';
import { planeBytes, type Words } from '../../../../src/core/kernels/ring.js';
import type { Party } from '../../../../src/core/mpc/party.js';
import { nextParty, type PartyIndex } from '../../../../src/core/mpc/party-index.js';
import { copyInto } from '../../../../src/core/mpc/ring.js';
import type { Replicated } from '../../../../src/core/mpc/shares.js';
import type { DrawPlan, StepCost } from '../../../../src/core/mpc/step-cost.js';
import { declareChoosePlanes, runChoosePlanesInto } from '../../../../src/core/mpc/steps/choose-planes.js';
import { declareReshare, runReshare } from '../../../../src/core/mpc/steps/reshare.js';
import { declareSelect, runSelect } from '../../../../src/core/mpc/steps/select.js';
import { declareSign, runSign } from '../../../../src/core/mpc/steps/sign.js';
import { declareTruncate, runTruncate, runTruncateAdditive } from '../../../../src/core/mpc/steps/truncate.js';
import { countLeaks, type Experiment, type Secret } from '../enumerate.js';
import { int32 } from '../three-parties.js';

function pairsOf(ringBits: number): Secret[] {
	const size = 2 ** ringBits;
	return Array.from({ length: size * size }, (_, i) => ({ words: [i % size, Math.floor(i / size)], bits: [i & 1] }));
}

function additiveProduct(party: Party, x: Replicated, w: Replicated): { own: Int32Array } {
	const own = int32(party.arena.words(x.first.length));
	const [x0, x1, w0, w1] = [x.first, x.second, w.first, w.second].map(int32);
	for (let i = 0; i < own.length; i++) own[i] = w0[i] * (x0[i] + x1[i]) + w1[i] * x0[i];
	return { own };
}

/** Planes whose components are a bit of those of a value: whatever it is, they are shares of something secret. */
function bitOf(party: Party, x: Replicated, from: number) {
	const of = (words: Words): Uint8Array => {
		const plane = party.arena.bytes(planeBytes(words.length));
		party.kernels.bits.sliceInto(plane, words, from, 1);
		return plane;
	};
	return { first: of(x.first), second: of(x.second) };
}

/** Steps whose every message hides something, each of two secrets of three bits. */
const STEPS: readonly { name: string; cost: StepCost; program: Experiment['program'] }[] = [
	{
		name: 'resharing',
		cost: declareReshare({ count: 1 }),
		program: (party, { words: [x, w] }) => runReshare(party, additiveProduct(party, x, w)),
	},
	{
		name: 'sign, tree',
		cost: declareSign({ count: 1, window: { from: 0, to: 3, blockBits: 1 } }),
		program: (party, { words: [x] }) => runSign(party, x, { from: 0, to: 3, blockBits: 1 }),
	},
	{
		name: 'sign, block',
		cost: declareSign({ count: 1, window: { from: 0, to: 3 } }),
		program: (party, { words: [x] }) => runSign(party, x, { from: 0, to: 3 }),
	},
	{
		name: 'truncation',
		cost: declareTruncate({ count: 1, f: 1, from: 'replicated' }),
		program: (party, { words: [x] }) => runTruncate(party, x, { f: 1 }),
	},
	{
		name: 'truncation of an additive value',
		cost: declareTruncate({ count: 1, f: 1, from: 'additive' }),
		program: (party, { words: [x, w] }) => runTruncateAdditive(party, additiveProduct(party, x, w), { f: 1 }),
	},
	{
		name: 'a choice of planes',
		cost: declareChoosePlanes({ count: 1, planeCount: 1 }),
		program: (party, { words: [x], bits: [bit] }) => {
			const planes = [0, 1].map((from) => bitOf(party, x, from));
			return runChoosePlanesInto(party, [planes[0]], [planes[1]], bit, x.first.length);
		},
	},
	{
		name: 'selection with truncation',
		cost: declareSelect({ count: 1, f: 1 }),
		program: (party, { words: [x], bits: [b] }) => runSelect(party, x, b, { f: 1 }),
	},
];

for (const { name, cost, program } of STEPS) {
	const secrets = pairsOf(3).filter((_, i) => i % 3 === 0);
	const leaks = (alter: (plan: DrawPlan) => 'omitted' | 'known' | undefined, receiver: PartyIndex) =>
		countLeaks({ ringBits: 3, secrets, program, alter, samples: 3 }, receiver);
	for (const { name: message, to, fields } of cost.messages) {
		for (const { name: field, mask } of fields) {
			for (const alteration of ['omitted', 'known'] as const) {
				test(`A receiver learns something when a mask is ${alteration}: ${name}, ${message}, ${field}`, async (t) => {
					t.true((await leaks(({ label }) => (label === mask ? alteration : undefined), to)) > 0);
				});
			}
		}
	}
}

test('One mask on two fields shows', async (t) => {
	const cost = declareSelect({ count: 1, f: 0 });
	const sameAs = cost.draws.findIndex(({ label }) => label === 'rho0');
	for (const second of ['g0', 'alpha']) {
		const leaks = await countLeaks(
			{
				ringBits: 3,
				secrets: pairsOf(3).filter(({ words: [, y] }) => y < 2),
				program: (party, { words: [x], bits: [b] }) => runSelect(party, x, b, { f: 0 }),
				alter: ({ label }) => (label === second ? { sameAs } : undefined),
			},
			1,
		);
		t.true(leaks > 0, second);
	}
});

/** Two halves of a value: z0 = x0 + x1 at P0, z1 = x2 at P1, z2 = 0. */
async function reshareHalves(party: Party, { words: [x] }: { readonly words: readonly Replicated[] }): Promise<void> {
	const own = party.arena.zeroWords(x.first.length);
	if (party.index === 0) party.kernels.ring.addInto(own, x.first, x.second);
	if (party.index === 1) copyInto(own, x.second);
	await runReshare(party, { own });
}

test('A zero share that is left out because one share is zero shows, and with it nothing does', async (t) => {
	const secrets = pairsOf(3).filter(({ words: [, y] }) => y === 0);
	const experiment = { ringBits: 3, secrets, program: reshareHalves };
	for (const party of [0, 1, 2] as const) t.is(await countLeaks(experiment, party), 0);
	t.true((await countLeaks({ ...experiment, alter: () => 'omitted' as const }, 0)) > 0);
	t.true((await countLeaks({ ...experiment, alter: () => 'omitted' as const }, 2)) > 0);
});

test('Two attempts under the same nonces show, and under fresh ones nothing does', async (t) => {
	const program: Experiment['program'] = async (party, { words: [x, y] }) => {
		await runTruncate(party, x, { f: 1 });
		await runTruncate(party, y, { f: 1 });
	};
	const each = declareTruncate({ count: 1, f: 1, from: 'replicated' }).draws.length;
	const experiment = { ringBits: 3, secrets: pairsOf(3), program, samples: 1 };
	for (const party of [0, 1] as const) {
		t.is(await countLeaks(experiment, party), 0);
		const repeated = await countLeaks(
			{ ...experiment, alter: (_plan, number) => (number < each ? undefined : { sameAs: number - each }) },
			party,
		);
		t.true(repeated > 0, `party ${party} and ${nextParty(party)}`);
	}
});

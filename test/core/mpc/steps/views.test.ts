import test from 'ava';
import type { Party } from '../../../../src/core/mpc/party.js';
import { PARTIES } from '../../../../src/core/mpc/party-index.js';
import type { Replicated } from '../../../../src/core/mpc/shares.js';
import { runMax } from '../../../../src/core/mpc/steps/max.js';
import { runRelu } from '../../../../src/core/mpc/steps/relu.js';
import { runReshare } from '../../../../src/core/mpc/steps/reshare.js';
import { runSelect } from '../../../../src/core/mpc/steps/select.js';
import { runSign } from '../../../../src/core/mpc/steps/sign.js';
import { runTruncate, runTruncateAdditive } from '../../../../src/core/mpc/steps/truncate.js';
import { countLeaks, type Experiment, type Secret } from '../enumerate.js';

/** Every number of the ring, also those that a step computes wrongly: nothing about them may show either. */
function allOf(ringBits: number): Secret[] {
	return Array.from({ length: 2 ** ringBits }, (_, value) => ({ words: [value] }));
}

/** Every pair of numbers of the ring. */
function pairsOf(ringBits: number): Secret[] {
	return allOf(ringBits).flatMap(({ words: [x] }) => allOf(ringBits).map(({ words: [y] }) => ({ words: [x, y] })));
}

function withBit(secrets: readonly Secret[]): Secret[] {
	return secrets.flatMap((secret) => [0, 1].map((bit) => ({ ...secret, bits: [bit] })));
}

const reshare = (ringBits: number): Experiment => ({
	ringBits,
	secrets: allOf(ringBits),
	program: (party, { words: [x] }) => runReshare(party, { own: x.first }),
});
/** Each party's part of a product of two secrets, which depends on all that it holds of both. */
function multiply(party: Party, [x, w]: readonly Replicated[]): { own: Int32Array } {
	const own = party.arena.words(x.first.length).fill(0);
	const shape = { rows: 1, inner: 1, columns: 1 };
	for (let i = 0; i < own.length; i++) {
		const lane = (value: Replicated) => ({
			first: value.first.subarray(i, i + 1),
			second: value.second.subarray(i, i + 1),
		});
		party.kernels.ring.multiplySharedAddInto(own.subarray(i, i + 1), lane(w), lane(x), shape);
	}
	return { own };
}

const product = (ringBits: number, samples: number): Experiment => ({
	ringBits,
	secrets: pairsOf(ringBits),
	program: (party, { words }) => runReshare(party, multiply(party, words)),
	samples,
});
const productSign = (ringBits: number): Experiment => ({
	ringBits,
	secrets: pairsOf(ringBits),
	program: async (party, { words }) => {
		const shared = await runReshare(party, multiply(party, words));
		return runSign(party, shared, { from: 0, to: ringBits });
	},
	samples: 2,
});
const truncateProduct = (ringBits: number, f: number): Experiment => ({
	ringBits,
	secrets: pairsOf(ringBits),
	program: (party, { words }) => runTruncateAdditive(party, multiply(party, words), { f }),
	samples: 2,
});
const selectSign = (ringBits: number): Experiment => ({
	ringBits,
	secrets: withBit(allOf(ringBits)),
	program: async (party, { words: [x], bits: [b] }) => {
		const selected = await runSelect(party, x, b, { f: 0 });
		return runSign(party, selected, { from: 0, to: ringBits });
	},
	samples: 1,
});
const truncateSign = (ringBits: number, f: number): Experiment => ({
	ringBits,
	secrets: allOf(ringBits),
	program: async (party, { words: [x] }) => {
		const dropped = await runTruncate(party, x, { f });
		return runSign(party, dropped, { from: 0, to: ringBits });
	},
	samples: 1,
});
const sign = (ringBits: number, blockBits: number, from = 0): Experiment => ({
	ringBits,
	secrets: allOf(ringBits),
	program: (party, { words: [x] }) => runSign(party, x, { from, to: ringBits, blockBits }),
	samples: ringBits === 5 ? 1 : 4,
});
const truncate = (ringBits: number, f: number, refresh = false): Experiment => ({
	ringBits,
	secrets: allOf(ringBits),
	program: (party, { words: [x] }) => runTruncate(party, x, { f, refresh }),
});
const truncateAdditive = (ringBits: number, f: number): Experiment => ({
	ringBits,
	secrets: allOf(ringBits),
	program: (party, { words: [x] }) => runTruncateAdditive(party, { own: x.first }, { f }),
});
const select = (ringBits: number, f: number): Experiment => ({
	ringBits,
	secrets: withBit(allOf(ringBits)),
	program: (party, { words: [x], bits: [b] }) => runSelect(party, x, b, { f }),
	samples: 2,
});
const relu = (ringBits: number, f: number, blockBits: number): Experiment => ({
	ringBits,
	secrets: allOf(ringBits),
	program: (party, { words: [x] }) => runRelu(party, x, { window: { from: 0, to: ringBits, blockBits }, f }),
	samples: 1,
});
const max = (ringBits: number): Experiment => ({
	ringBits,
	secrets: pairsOf(ringBits).filter((_, i) => i % 9 === 0),
	program: (party, { words: [x, y] }) => runMax(party, x, y, { from: 0, to: ringBits }),
	samples: 1,
});

const EXPERIMENTS: readonly [string, Experiment][] = [
	['resharing, k = 3', reshare(3)],
	['resharing, k = 5', reshare(5)],
	['a product and its resharing, k = 3', product(3, 4)],
	['a product and its resharing, k = 4', product(4, 2)],
	['a product, its resharing and its sign, k = 3', productSign(3)],
	['the sign, one block, k = 3', sign(3, 4)],
	['the sign, one block, k = 5', sign(5, 4)],
	['the sign, a tree, k = 3', sign(3, 1)],
	['the sign, a tree, k = 4', sign(4, 1)],
	['the sign, a tree of two levels, k = 5', sign(5, 1)],
	['the sign, two blocks, k = 5', sign(5, 2)],
	['the sign of a window, k = 5', sign(5, 2, 2)],
	['truncation, k = 3', truncate(3, 1)],
	['truncation, k = 4', truncate(4, 2)],
	['truncation, k = 5', truncate(5, 3, true)],
	['truncation of an additive value, k = 3', truncateAdditive(3, 1)],
	['truncation of an additive value, k = 4', truncateAdditive(4, 2)],
	['truncation of a product, k = 3', truncateProduct(3, 1)],
	['truncation and the sign of its result, k = 4', truncateSign(4, 1)],
	['selection and the sign of its result, k = 3', selectSign(3)],
	['selection, k = 4', select(4, 0)],
	['selection with truncation, k = 3', select(3, 1)],
	['selection with truncation, k = 4', select(4, 1)],
	['ReLU, k = 3', relu(3, 0, 4)],
	['ReLU with truncation, k = 3', relu(3, 1, 4)],
	['maximum, k = 3', max(3)],
];

for (const [name, experiment] of EXPERIMENTS) {
	test(`No party's joint view of ${name} depends on the secret`, async (t) => {
		for (const party of PARTIES) t.is(await countLeaks(experiment, party), 0, `party ${party}`);
	});
}

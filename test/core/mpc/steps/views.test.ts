import test from 'ava';
import type { Party } from '../../../../src/core/mpc/party.js';
import { PARTIES } from '../../../../src/core/mpc/party-index.js';
import type { Additive, Replicated } from '../../../../src/core/mpc/shares.js';
import { runChoosePlanesInto } from '../../../../src/core/mpc/steps/choose-planes.js';
import { runDistances } from '../../../../src/core/mpc/steps/distances.js';
import { runMax } from '../../../../src/core/mpc/steps/max.js';
import { runRelu } from '../../../../src/core/mpc/steps/relu.js';
import { runReshare } from '../../../../src/core/mpc/steps/reshare.js';
import { runSelect } from '../../../../src/core/mpc/steps/select.js';
import { runSign } from '../../../../src/core/mpc/steps/sign.js';
import { squaredNorms } from '../../../../src/core/mpc/steps/squared-norms.js';
import { runTruncate, runTruncateAdditive } from '../../../../src/core/mpc/steps/truncate.js';
import { templatesOnKernel } from '../../../../src/core/mpc/template-source.js';
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
function multiply(party: Party, [x, w]: readonly Replicated[]): Additive {
	const own = party.arena.zeroWords(x.first.length);
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

/** One template of one number per lane, its square worked out on shares, against one probe. */
function distances(party: Party, [a, b]: readonly Replicated[]): Promise<Replicated> {
	const count = b.first.length;
	const probe = { first: a.first.subarray(0, 1), second: a.second.subarray(0, 1) };
	const templates = templatesOnKernel(party.kernels.ring, b, squaredNorms(party, b, count).own, 1);
	return runDistances(party, probe, templates, { from: 0, count, minus: 1 });
}

const distance = (ringBits: number): Experiment => ({
	ringBits,
	secrets: pairsOf(ringBits),
	program: (party, { words }) => distances(party, words),
	samples: 2,
});
const match = (ringBits: number): Experiment => ({
	ringBits,
	secrets: pairsOf(ringBits),
	program: async (party, { words }) => runSign(party, await distances(party, words), { from: 0, to: ringBits }),
	samples: 1,
});
const choosePlanes: Experiment = {
	ringBits: 3,
	secrets: [0, 1, 2, 3, 4, 5, 6, 7].map((value) => ({ words: [0], bits: [value & 1, (value >> 1) & 1, value >> 2] })),
	program: (party, { words: [lanes], bits: [bit, left, right] }) =>
		runChoosePlanesInto(party, [left, right], [right, left], bit, lanes.first.length),
};
/** A meeting of two values as at a level of the tournament: the sign, the smaller one, and the way that it came. */
const meeting: Experiment = {
	ringBits: 3,
	secrets: withBit(pairsOf(3)).map(({ words, bits }, i) => ({ words, bits: [...(bits ?? []), (i >> 3) & 1] })),
	program: async (party, { words: [x, y], bits: [left, right] }) => {
		const excess = { first: party.arena.words(x.first.length), second: party.arena.words(x.first.length) };
		party.kernels.ring.subtractInto(excess.first, x.first, y.first);
		party.kernels.ring.subtractInto(excess.second, x.second, y.second);
		const bit = await runSign(party, excess, { from: 0, to: 3 });
		await runSelect(party, excess, bit, { f: 0 });
		await runChoosePlanesInto(party, [left], [right], bit, x.first.length);
	},
	samples: 1,
};

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
	['a distance, k = 3', distance(3)],
	['a distance, k = 4', distance(4)],
	['a distance and its sign, k = 3', match(3)],
	['a choice of planes', choosePlanes],
	['a meeting of two distances, k = 3', meeting],
];

/** The same code on words of 64 bits. */
const WIDE: readonly [string, Experiment][] = [
	['resharing', reshare(3)],
	['a product and its resharing', product(3, 1)],
	['the sign, a tree', sign(3, 1)],
	['truncation', truncate(3, 1)],
	['truncation of an additive value', truncateAdditive(3, 1)],
	['selection with truncation', select(3, 1)],
];

for (const [name, experiment] of [
	...EXPERIMENTS,
	...WIDE.map(([name, wide]): [string, Experiment] => [
		`${name}, k = 3 in words of 64 bits`,
		{ ...wide, wordBits: 64, samples: 1 },
	]),
]) {
	test(`No party's joint view of ${name} depends on the secret`, async (t) => {
		for (const party of PARTIES) t.is(await countLeaks(experiment, party), 0, `party ${party}`);
	});
}

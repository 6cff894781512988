import test from 'ava';
import { createWasmBits } from '../../../../src/core/kernels/bit-wasm.js';
import { KernelMemory } from '../../../../src/core/kernels/memory.js';
import type { WindowShape } from '../../../../src/core/kernels/ring.js';
import { createWasmRing } from '../../../../src/core/kernels/ring-wasm.js';
import type { Party } from '../../../../src/core/mpc/party.js';
import { RING_64 } from '../../../../src/core/mpc/ring.js';
import type { Replicated } from '../../../../src/core/mpc/shares.js';
import { declareAveragePool, runAveragePool } from '../../../../src/core/mpc/steps/average-pool.js';
import { runLinearPublic } from '../../../../src/core/mpc/steps/linear-public.js';
import { runLinearSecret } from '../../../../src/core/mpc/steps/linear-secret.js';
import type { LinearShape } from '../../../../src/core/mpc/steps/linear-shape.js';
import { declareMaxPool, runMaxPool } from '../../../../src/core/mpc/steps/max-pool.js';
import { combineOpened, openAdditiveToClient, openToClient } from '../../../../src/core/mpc/steps/open-to-client.js';
import { declareRelu, runRelu } from '../../../../src/core/mpc/steps/relu.js';
import { declareReshare, runReshare } from '../../../../src/core/mpc/steps/reshare.js';
import { openInputShare, runCompareInputs, shareInput } from '../../../../src/core/mpc/steps/share-input.js';
import { declareSign, runSign, type SignWindow } from '../../../../src/core/mpc/steps/sign.js';
import { declareTruncate, runTruncate, runTruncateAdditive } from '../../../../src/core/mpc/steps/truncate.js';
import { seededRandom } from '../../average/keystream.js';
import { assertAsDeclared } from '../as-declared.js';
import {
	createThreeParties,
	int64,
	revealBits,
	revealWords,
	runAll,
	seededWords64,
	shareOut,
	type ThreeParties,
} from '../three-parties.js';

const BUILDS: Record<string, () => Promise<ThreeParties>> = {
	reference: async () => createThreeParties({ ring: RING_64 }),
	wasm: async () => {
		const memory = new KernelMemory(16_000_000);
		const kernels = { ring: await createWasmRing(memory, 64), bits: await createWasmBits(memory, 64) };
		return createThreeParties({ ring: RING_64, memory, kernels });
	},
};

/** Values below 2^bits in size, the edges first. */
function valuesWithin(bits: number, count: number, seed = 9): BigInt64Array {
	const limit = 2n ** BigInt(bits);
	const values = seededWords64(count, seed).map((word) => word >> BigInt(63 - bits));
	values.set([0n, 1n, -1n, limit - 1n, 1n - limit, limit - 2n, 2n - limit, 2n, -2n]);
	return values;
}

function reveal(shares: readonly [Replicated, Replicated, Replicated]): BigInt64Array {
	return int64(revealWords(shares, RING_64));
}

function run<Result>(
	three: ThreeParties,
	values: BigInt64Array,
	program: (party: Party, x: Replicated) => Promise<Result> | Result,
): Promise<[Result, Result, Result]> {
	const inputs = shareOut(three, values);
	return runAll(three, (party) => program(party, inputs[party.index]));
}

const WINDOWS: readonly SignWindow[] = [
	{ from: 0, to: 64 },
	{ from: 0, to: 40 },
	{ from: 20, to: 60 },
	{ from: 31, to: 34 },
	{ from: 8, to: 28 },
	{ from: 60, to: 64 },
];

for (const [build, create] of Object.entries(BUILDS)) {
	for (const window of WINDOWS) {
		const { from, to } = window;
		test(`In 64 bits (${build}), the sign of bits ${from} to ${to} is that of the value`, async (t) => {
			const count = 300;
			const three = await create();
			const [low, half] = [2n ** BigInt(from), 2n ** BigInt(to - 1)];
			const x = valuesWithin(to - 1, count).map((value) => (value < low - half ? low - half : value));
			x.set([low - 1n, low, low - half], 20);
			const bits = revealBits(await run(three, x, (party, own) => runSign(party, own, window)), count);
			const wrong = [...x].filter((value, i) => bits[i] !== Number(value < 0n));
			t.deepEqual(
				wrong.filter((value) => value < 0n || value >= low - 1n),
				[],
			);
			assertAsDeclared(t, three, [declareSign({ count, window })]);
		});
	}

	for (const f of [1, 20, 31, 32, 33, 61, 62]) {
		for (const from of ['replicated', 'refreshed', 'additive'] as const) {
			test(`In 64 bits (${build}), ${from} values lose ${f} bits, rounded without bias`, async (t) => {
				const count = 1000;
				const three = await create();
				const y = valuesWithin(62, count);
				const out = reveal(
					await run(three, y, (party, x) => {
						if (from === 'additive') return runTruncateAdditive(party, { own: x.first }, { f });
						return runTruncate(party, x, { f, refresh: from === 'refreshed' });
					}),
				);
				let bias = 0;
				for (const [i, value] of y.entries()) {
					const down = value >> BigInt(f);
					const more = out[i] - down;
					if (more !== 0n && more !== 1n) t.fail(`${value} became ${out[i]}`);
					bias += (Number(more) - Number(value - (down << BigInt(f))) / 2 ** f) / count;
				}
				// each error has a variance of at most 1/4
				t.true(Math.abs(bias) < (4 * 0.5) / Math.sqrt(count), `bias ${bias}`);
				const isAdditive = from === 'additive';
				const shape = {
					count,
					f,
					from: isAdditive ? 'additive' : 'replicated',
					refresh: from === 'refreshed',
				} as const;
				assertAsDeclared(t, three, [declareTruncate(shape, RING_64)]);
			});
		}
	}

	for (const f of [0, 24, 40]) {
		test(`In 64 bits (${build}), a ReLU that drops ${f} bits gives the quotient or one more, or zero`, async (t) => {
			const count = 700;
			const three = await create();
			const shape = { count, window: { from: 0, to: 60 }, f };
			const x = valuesWithin(59, count);
			const out = reveal(await run(three, x, (party, own) => runRelu(party, own, shape)));
			for (const [i, value] of x.entries()) {
				const more = out[i] - ((value > 0n ? value : 0n) >> BigInt(f));
				if (more !== 0n && (f === 0 || more !== 1n)) t.fail(`${value} became ${out[i]}`);
			}
			assertAsDeclared(t, three, declareRelu(shape, RING_64), true);
		});
	}

	test(`In 64 bits (${build}), the largest and the mean of windows, with padding`, async (t) => {
		const three = await create();
		const window: WindowShape = {
			...{ channels: 2, height: 9, width: 9, kernelHeight: 3, kernelWidth: 3, strideY: 2, strideX: 2 },
			...{ dilationY: 1, dilationX: 1, padTop: 1, padLeft: 1, outHeight: 5, outWidth: 5 },
		};
		const sign = { from: 0, to: 62 };
		const image = valuesWithin(48, 2 * 81);
		const places = placesOf(image, window);
		const inputs = shareOut(three, image);
		const largest = reveal(await runAll(three, (party) => runMaxPool(party, inputs[party.index], { window, sign })));
		t.deepEqual(
			[...largest],
			places.map((values) => values.reduce((most, value) => (value > most ? value : most))),
		);
		assertAsDeclared(t, three, declareMaxPool({ window, sign }, RING_64), true);
		for (const multiplier of [455, Int32Array.from({ length: 25 }, (_, at) => 400 + at)]) {
			const apart = await create();
			const shape = { window, factor: { multiplier, f: 12 } };
			const means = reveal(await run(apart, image, (party, own) => runAveragePool(party, own, shape)));
			for (const [i, mean] of means.entries()) {
				const factor = BigInt(typeof multiplier === 'number' ? multiplier : multiplier[i % 25]);
				const down = (places[i].reduce((sum, value) => sum + value, 0n) * factor) >> 12n;
				if (mean !== down && mean !== down + 1n) t.fail(`${i}: ${mean}, expected ${down}`);
			}
			assertAsDeclared(t, apart, [declareAveragePool(shape, RING_64)]);
		}
	});

	test(`In 64 bits (${build}), public and secret weights give the product in the clear`, async (t) => {
		const three = await create();
		const shape: LinearShape = { kind: 'product', product: { rows: 5, inner: 7, columns: 3 } };
		const [weights, x, bias] = [seededWords64(35, 50), seededWords64(21, 51), seededWords64(5, 52)];
		const expected = Array.from({ length: 15 }, (_, at) => {
			const [row, column] = [Math.floor(at / 3), at % 3];
			let sum = bias[row];
			for (let k = 0; k < 7; k++) sum += weights[row * 7 + k] * x[k * 3 + column];
			return BigInt.asIntN(64, sum);
		});
		const [xs, ws, bs] = [shareOut(three, x, 60), shareOut(three, weights, 70), shareOut(three, bias, 80)];
		const open = await runAll(three, (party) => {
			const layer = { shape, weights: party.arena.words(35), bias: party.arena.words(5) };
			int64(layer.weights).set(weights);
			int64(layer.bias).set(bias);
			return runLinearPublic(party, xs[party.index], layer);
		});
		t.deepEqual([...reveal(open)], expected);
		const secret = await runAll(three, (party) => {
			const layer = { shape, weights: ws[party.index], bias: bs[party.index] };
			return runReshare(party, runLinearSecret(party, xs[party.index], layer));
		});
		t.deepEqual([...reveal(secret)], expected);
		assertAsDeclared(t, three, [declareReshare({ count: 15 }, RING_64)]);
	});
}

test('In 64 bits, a client shares values and opens them, replicated or additive', async (t) => {
	const values = valuesWithin(63, 100);
	const shares = shareInput(values, seededRandom(4), RING_64);
	const three = createThreeParties({ ring: RING_64 });
	await runAll(three, (party) => runCompareInputs(party, shares[party.index]));
	const inputs = await runAll(three, (party) => openInputShare(party, shares[party.index], values.length));
	t.deepEqual(reveal(inputs), values);
	const opened = await runAll(three, (party) => openToClient(party, inputs[party.index]));
	t.deepEqual(combineOpened(opened, RING_64), values);
	const additive = await runAll(three, (party) => openAdditiveToClient(party, { own: inputs[party.index].first }));
	t.deepEqual(combineOpened(additive, RING_64), values);
	const narrow = { words: Int32Array.from({ length: 100 }) };
	t.throws(() => combineOpened([opened[0], opened[1], narrow], RING_64), { code: 'results-differ' });
});

test('A sign of all 64 bits takes the bits and rounds that its declaration derives', (t) => {
	const cost = declareSign({ count: 128, window: { from: 0, to: 64 } });
	t.is((cost.bytesByParty[0] + cost.bytesByParty[1] + cost.bytesByParty[2]) / 16, 373);
	t.is(cost.rounds, 6);
});

/** What lies in each window, pads left out. */
function placesOf(image: BigInt64Array, window: WindowShape): bigint[][] {
	const out: bigint[][] = [];
	for (let c = 0; c < window.channels; c++) {
		for (let at = 0; at < window.outHeight * window.outWidth; at++) {
			const [i, j] = [Math.floor(at / window.outWidth), at % window.outWidth];
			const places: bigint[] = [];
			for (let tap = 0; tap < window.kernelHeight * window.kernelWidth; tap++) {
				const y = i * window.strideY - window.padTop + Math.floor(tap / window.kernelWidth);
				const x = j * window.strideX - window.padLeft + (tap % window.kernelWidth);
				if (y < 0 || x < 0 || y >= window.height || x >= window.width) continue;
				places.push(image[(c * window.height + y) * window.width + x]);
			}
			out.push(places);
		}
	}
	return out;
}

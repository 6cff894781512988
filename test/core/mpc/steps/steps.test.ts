import test from 'ava';
import { createWasmBits } from '../../../../src/core/kernels/bit-wasm.js';
import { KernelMemory } from '../../../../src/core/kernels/memory.js';
import type { WindowShape } from '../../../../src/core/kernels/ring.js';
import { referenceRing } from '../../../../src/core/kernels/ring-reference.js';
import { createWasmRing } from '../../../../src/core/kernels/ring-wasm.js';
import type { Party } from '../../../../src/core/mpc/party.js';
import { copyInto, createRing } from '../../../../src/core/mpc/ring.js';
import type { Replicated } from '../../../../src/core/mpc/shares.js';
import { inSequence } from '../../../../src/core/mpc/step-cost.js';
import { averageFactor, declareAveragePool, runAveragePool } from '../../../../src/core/mpc/steps/average-pool.js';
import { runLinearPublic, runLinearPublicAdditive } from '../../../../src/core/mpc/steps/linear-public.js';
import { runLinearSecret } from '../../../../src/core/mpc/steps/linear-secret.js';
import type { LinearShape } from '../../../../src/core/mpc/steps/linear-shape.js';
import { declareMax, runMax } from '../../../../src/core/mpc/steps/max.js';
import { declareMaxPool, runMaxPool } from '../../../../src/core/mpc/steps/max-pool.js';
import { declareRelu, runRelu } from '../../../../src/core/mpc/steps/relu.js';
import { declareReshare, runReshare } from '../../../../src/core/mpc/steps/reshare.js';
import { declareSelect, runSelect } from '../../../../src/core/mpc/steps/select.js';
import { declareSign, runSign, type SignWindow } from '../../../../src/core/mpc/steps/sign.js';
import { declareTruncate, runTruncate, runTruncateAdditive } from '../../../../src/core/mpc/steps/truncate.js';
import { assertAsDeclared } from '../as-declared.js';
import {
	createThreeParties,
	reveal,
	revealAdditive,
	revealBits,
	runAll,
	seededWords,
	shareOut,
	type ThreeParties,
} from '../three-parties.js';

/** Values below 2^bits in size, the edges first. */
function valuesWithin(bits: number, count: number, seed = 9): Int32Array {
	const limit = 2 ** bits;
	const values = seededWords(count, seed).map((word) => word >> (31 - bits));
	values.set([0, 1, -1, limit - 1, -limit, limit - 2, 1 - limit, 2, -2].slice(0, count));
	return values;
}

async function run<Result>(
	three: ThreeParties,
	inputs: readonly [Replicated, Replicated, Replicated],
	program: (party: Party, x: Replicated) => Promise<Result> | Result,
) {
	const marks = three.parties.map(({ arena }) => arena.mark());
	const results = await runAll(three, (party) => program(party, inputs[party.index]));
	return { results, taken: three.parties.map(({ arena }, i) => arena.mark() - marks[i]) };
}

const WINDOWS: readonly SignWindow[] = [
	{ from: 0, to: 32 },
	{ from: 0, to: 28 },
	{ from: 8, to: 28 },
	{ from: 6, to: 28 },
	{ from: 8, to: 25 },
	{ from: 11, to: 30 },
	{ from: 0, to: 32, blockBits: 1 },
	{ from: 3, to: 22, blockBits: 2 },
	{ from: 3, to: 22, blockBits: 3 },
	{ from: 5, to: 7 },
];

for (const window of WINDOWS) {
	test(`The sign of a window is that of the value but for small positive ones: ${JSON.stringify(window)}`, async (t) => {
		const count = 300;
		const three = createThreeParties();
		const { from, to } = window;
		const x = valuesWithin(to - 1, count).map((value) => Math.max(value, -(2 ** (to - 1)) + 2 ** from));
		x.set([2 ** from - 1, 2 ** from, -(2 ** (to - 1)) + 2 ** from], 20);
		const shares = shareOut(three, x);
		const { results, taken } = await run(three, shares, (party, own) => runSign(party, own, window));
		const bits = revealBits(results, count);
		const wrong = [...x].filter((value, i) => bits[i] !== Number(value < 0));
		t.deepEqual(
			wrong.filter((value) => value < 0 || value >= 2 ** from - 1),
			[],
		);
		assertAsDeclared(t, three, [declareSign({ count, window })]);
		t.deepEqual(taken, [128, 128, 128]);
	});
}

test('The sign takes the bits and rounds that its declaration derives', (t) => {
	const perValue = (window: SignWindow) => {
		const cost = declareSign({ count: 128, window });
		return [(cost.bytesByParty[0] + cost.bytesByParty[1] + cost.bytesByParty[2]) / 16, cost.rounds];
	};
	t.deepEqual(perValue({ from: 8, to: 28 }), [94, 5]);
	t.deepEqual(perValue({ from: 0, to: 32 }), [176, 5]);
	t.deepEqual(perValue({ from: 8, to: 25 }), [87, 4]);
});

test('A window outside the ring is refused', async (t) => {
	for (const window of [
		{ from: 3, to: 33 },
		{ from: 3, to: 4 },
		{ from: -1, to: 5 },
	]) {
		const three = createThreeParties();
		const shares = shareOut(three, new Int32Array(4));
		await t.throwsAsync(
			run(three, shares, (party, x) => runSign(party, x, window)),
			{ instanceOf: RangeError },
		);
	}
});

for (const f of [1, 10, 12, 14, 29, 30]) {
	for (const from of ['replicated', 'refreshed', 'additive'] as const) {
		test(`Truncation of ${from} values by ${f} bits is the quotient or one more, and unbiased`, async (t) => {
			const count = 3000;
			const three = createThreeParties();
			const y = valuesWithin(30, count).map((value) => Math.max(value, 1 - 2 ** 30));
			const { results } = await run(three, shareOut(three, y), (party, x) => {
				if (from === 'additive') return runTruncateAdditive(party, { own: x.first }, { f });
				return runTruncate(party, x, { f, refresh: from === 'refreshed' });
			});
			const out = reveal(results);
			let bias = 0;
			for (const [i, value] of y.entries()) {
				const exact = value / 2 ** f;
				const more = out[i] - Math.floor(exact);
				if (more !== 0 && more !== 1) t.fail(`${value} became ${out[i]}`);
				bias += (out[i] - exact) / count;
			}
			// each error has a variance of at most 1/4
			t.true(Math.abs(bias) < (4 * 0.5) / Math.sqrt(count), `bias ${bias}`);
			const shape = {
				count,
				f,
				from: from === 'additive' ? 'additive' : 'replicated',
				refresh: from === 'refreshed',
			} as const;
			assertAsDeclared(t, three, [declareTruncate(shape)]);
		});
	}
}

for (const f of [0, 1, 12]) {
	test(`Selecting by a shared bit, then dropping ${f} bits, gives the value or zero`, async (t) => {
		const count = 517;
		const three = createThreeParties();
		const x = f === 0 ? seededWords(count, 3) : valuesWithin(29, count);
		const bits = seededWords(Math.ceil(count / 128) * 4, 4);
		const planes = [seededWords(bits.length, 14), seededWords(bits.length, 15)];
		planes.push(bits.map((word, i) => word ^ planes[0][i] ^ planes[1][i]));
		const { results } = await run(three, shareOut(three, x), (party, own) => {
			const place = (index: number) => {
				const bytes = party.arena.bytes(bits.length * 4);
				bytes.set(new Uint8Array(planes[index % 3].buffer, 0, bytes.length));
				return bytes;
			};
			return runSelect(party, own, { first: place(party.index), second: place(party.index + 1) }, { f });
		});
		const out = reveal(results);
		for (const [i, value] of x.entries()) {
			const expected = (bits[i >> 5] >>> (i & 31)) & 1 ? Math.floor(value / 2 ** f) : 0;
			if (out[i] !== expected && (f === 0 || out[i] !== expected + 1)) t.fail(`${value} at ${i}: ${out[i]}`);
		}
		t.is(three.transport.rounds(), f === 0 ? 2 : 3);
		t.deepEqual(three.transport.bytesByParty(), [...declareSelect({ count, f }).bytesByParty]);
	});
}

test('ReLU with truncation of 62,500 values takes 8 rounds and at most 9.95 bytes per party and value', async (t) => {
	const count = 62_500;
	const memory = new KernelMemory(60_000_000);
	const kernels = { ring: await createWasmRing(memory), bits: await createWasmBits(memory) };
	const three = createThreeParties({ memory, kernels, arenaBytes: 15_000_000 });
	const shape = { count, window: { from: 8, to: 28 }, f: 12 };
	const x = valuesWithin(27, count).map((value) => Math.max(value, -(2 ** 27) + 2 ** 8));
	const { results, taken } = await run(three, shareOut(three, x), (party, own) => runRelu(party, own, shape));
	const out = reveal(results);
	for (const [i, value] of x.entries()) {
		const more = out[i] - Math.floor(Math.max(0, value) / 2 ** 12);
		if (more !== 0 && more !== 1) t.fail(`${value} became ${out[i]}`);
	}
	assertAsDeclared(t, three, declareRelu(shape));
	t.is(three.transport.rounds(), 8);
	const bytes = three.transport.bytesByParty();
	t.true((bytes[0] + bytes[1] + bytes[2]) / 3 / count < 9.95);
	t.deepEqual(taken, Array(3).fill(2 * Math.ceil((4 * count) / 64) * 64));
	t.log(`peak of the arenas: ${three.parties.map(({ arena }) => arena.peakBytes)}`);
});

test('The larger of two values is exact with a window from 0', async (t) => {
	const count = 200;
	const three = createThreeParties();
	const window = { from: 0, to: 21 };
	const [a, b] = [valuesWithin(19, count, 21), valuesWithin(19, count, 22).reverse()];
	b.set(a.subarray(100, 120), 100);
	const [x, y] = [shareOut(three, a, 31), shareOut(three, b, 41)];
	const { results } = await run(three, x, (party, own) => runMax(party, own, y[party.index], window));
	t.deepEqual(
		reveal(results),
		a.map((value, i) => Math.max(value, b[i])),
	);
	assertAsDeclared(t, three, declareMax({ count, window }));
});

function windowOf(size: number, stride: number, pad: number, side = 9, channels = 2): WindowShape {
	const out = Math.floor((side + 2 * pad - size) / stride) + 1;
	return {
		channels,
		height: side,
		width: side,
		kernelHeight: size,
		kernelWidth: size,
		strideY: stride,
		strideX: stride,
		dilationY: 1,
		dilationX: 1,
		padTop: pad,
		padLeft: pad,
		outHeight: out,
		outWidth: out,
	};
}

function poolTwin(image: Int32Array, window: WindowShape, fold: (places: number[]) => number): number[] {
	const out: number[] = [];
	for (let c = 0; c < window.channels; c++) {
		for (let i = 0; i < window.outHeight; i++) {
			for (let j = 0; j < window.outWidth; j++) {
				const places: number[] = [];
				for (let u = 0; u < window.kernelHeight; u++) {
					for (let v = 0; v < window.kernelWidth; v++) {
						const [y, x] = [i * window.strideY - window.padTop + u, j * window.strideX - window.padLeft + v];
						if (y < 0 || x < 0 || y >= window.height || x >= window.width) continue;
						places.push(image[(c * window.height + y) * window.width + x]);
					}
				}
				out.push(fold(places));
			}
		}
	}
	return out;
}

for (const [size, stride, pad] of [
	[2, 2, 0],
	[3, 2, 0],
	[3, 1, 1],
	[4, 2, 1],
	[5, 2, 2],
	[1, 1, 0],
] as const) {
	test(`The largest of each ${size}x${size} window, stride ${stride}, padding ${pad}`, async (t) => {
		const three = createThreeParties();
		const window = windowOf(size, stride, pad);
		const sign = { from: 0, to: 18 };
		const image = valuesWithin(16, 2 * 81);
		const { results } = await run(three, shareOut(three, image), (party, own) =>
			runMaxPool(party, own, { window, sign }),
		);
		t.deepEqual(
			[...reveal(results)],
			poolTwin(image, window, (places) => Math.max(...places)),
		);
		const declared = inSequence(declareMaxPool({ window, sign }));
		t.deepEqual(three.transport.bytesByParty(), declared.bytesByParty);
		t.true(three.transport.rounds() <= declared.rounds);
	});
}

for (const [size, stride, pad] of [
	[2, 2, 0],
	[3, 2, 1],
	[9, 1, 0],
] as const) {
	test(`The mean of each ${size}x${size} window, stride ${stride}, padding ${pad}`, async (t) => {
		const three = createThreeParties();
		const shape = { window: windowOf(size, stride, pad), factor: averageFactor(size * size, 13) };
		const image = valuesWithin(10, 2 * 81);
		const { results } = await run(three, shareOut(three, image), (party, own) => runAveragePool(party, own, shape));
		const expected = poolTwin(image, shape.window, (places) => places.reduce((a, b) => a + b, 0) / size ** 2);
		for (const [i, value] of reveal(results).entries()) {
			if (Math.abs(value - expected[i]) > 1 + (2 ** 10 * size ** 2) / 2 ** 14) t.fail(`${value} for ${expected[i]}`);
		}
		assertAsDeclared(t, three, [declareAveragePool(shape)]);
	});
}

test('An additive value becomes replicated in one round of 4 bytes per value and party', async (t) => {
	const count = 101;
	const three = createThreeParties();
	const x = seededWords(count, 8);
	const { results } = await run(three, shareOut(three, x), (party, own) => runReshare(party, { own: own.first }));
	t.deepEqual(reveal(results), x);
	assertAsDeclared(t, three, [declareReshare({ count })]);
	t.deepEqual(three.transport.bytesByParty(), [416, 416, 416]);
});

const LAYERS: readonly { name: string; shape: LinearShape; weights: number; inputs: number; rows: number }[] = [
	{
		name: 'a matrix times a matrix',
		shape: { kind: 'product', product: { rows: 5, inner: 7, columns: 3 } },
		weights: 35,
		inputs: 21,
		rows: 5,
	},
	{
		name: 'a convolution',
		shape: { kind: 'convolution', window: windowOf(3, 2, 1), outChannels: 4, groups: 1 },
		weights: 4 * 2 * 9,
		inputs: 162,
		rows: 4,
	},
	{
		name: 'a convolution in groups',
		shape: { kind: 'convolution', window: windowOf(3, 1, 1, 9, 1), outChannels: 2, groups: 2 },
		weights: 4 * 9,
		inputs: 162,
		rows: 4,
	},
];

for (const { name, shape, weights: weightCount, inputs, rows } of LAYERS) {
	test(`Of ${name}, public and secret weights give the product in the clear`, async (t) => {
		const three = createThreeParties();
		const [weights, image, bias] = [seededWords(weightCount, 50), seededWords(inputs, 51), seededWords(rows, 52)];
		const expected = linearTwin(shape, weights, image, bias);
		const [x, w, b] = [shareOut(three, image, 60), shareOut(three, weights, 70), shareOut(three, bias, 80)];
		const run3 = <Result>(program: (party: Party) => Result) => runAll(three, program);
		const open = await run3((party) => runLinearPublic(party, x[party.index], { shape, weights, bias }));
		t.deepEqual(reveal(open), expected);
		const half = await run3((party) => runLinearPublicAdditive(party, x[party.index], { shape, weights, bias }));
		t.deepEqual(revealAdditive(half), expected);
		const secret = await run3((party) =>
			runLinearSecret(party, x[party.index], { shape, weights: w[party.index], bias: b[party.index] }),
		);
		t.deepEqual(revealAdditive(secret), expected);
		t.deepEqual(three.transport.messages, []);
	});
}

function linearTwin(shape: LinearShape, weights: Int32Array, image: Int32Array, bias: Int32Array): Int32Array {
	if (shape.kind === 'product') {
		const out = new Int32Array(shape.product.rows * shape.product.columns);
		referenceRing.multiplyAddInto(out, weights, image, shape.product);
		return out.map((value, i) => value + bias[Math.floor(i / shape.product.columns)]);
	}
	const { window, outChannels, groups } = shape;
	const plane = window.outHeight * window.outWidth;
	const taps = window.kernelHeight * window.kernelWidth;
	const out = new Int32Array(outChannels * groups * plane);
	for (let channel = 0; channel < outChannels * groups; channel++) {
		const group = Math.floor(channel / outChannels);
		out.fill(bias[channel], channel * plane, (channel + 1) * plane);
		for (let c = 0; c < window.channels; c++) {
			for (let i = 0; i < window.outHeight; i++) {
				for (let j = 0; j < window.outWidth; j++) {
					for (let tap = 0; tap < taps; tap++) {
						const y = i * window.strideY - window.padTop + Math.floor(tap / window.kernelWidth);
						const x = j * window.strideX - window.padLeft + (tap % window.kernelWidth);
						if (y < 0 || x < 0 || y >= window.height || x >= window.width) continue;
						const weight = weights[(channel * window.channels + c) * taps + tap];
						const from = ((group * window.channels + c) * window.height + y) * window.width + x;
						out[channel * plane + i * window.outWidth + j] += Math.imul(weight, image[from]);
					}
				}
			}
		}
	}
	return out;
}

test('In rings of a few bits the steps compute what they do in 32, for every value and its every first component', async (t) => {
	for (const ringBits of [4, 5]) {
		const [size, f] = [2 ** ringBits, ringBits - 3];
		const each = Int32Array.from({ length: size * size }, (_, i) => (Math.floor(i / size) % (size / 2)) - size / 4);
		const components = [
			each.map((_, i) => i % size),
			each.map((_, i) => (5 * i) % size),
			each.map((value, i) => (value - (i % size) - ((5 * i) % size)) & (size - 1)),
		];
		const place = (party: Party, which: number) => {
			const words = party.arena.words(each.length);
			copyInto(words, components[which % 3]);
			return words;
		};
		const compute = async (program: (party: Party, x: Replicated) => Promise<Replicated>) => {
			const three = createThreeParties({ ring: createRing(ringBits) });
			const own = (party: Party) => ({ first: place(party, party.index), second: place(party, party.index + 1) });
			return reveal(await runAll(three, (party) => program(party, own(party))), createRing(ringBits));
		};
		const window = { from: 0, to: ringBits, blockBits: 2 };
		const quotient = await compute((party, x) => runTruncate(party, x, { f }));
		const positive = await compute((party, x) => runRelu(party, x, { window, f }));
		for (const [i, value] of each.entries()) {
			const [down, up] = [
				quotient[i] - Math.floor(value / 2 ** f),
				positive[i] - Math.floor(Math.max(0, value) / 2 ** f),
			];
			if ((down !== 0 && down !== 1) || (up !== 0 && up !== 1)) t.fail(`${value}: ${quotient[i]}, ${positive[i]}`);
		}
		t.deepEqual(
			await compute((party, x) => runRelu(party, x, { window, f: 0 })),
			each.map((value) => Math.max(0, value)),
		);
	}
});

test('Messages have the same labels and lengths whatever the values are', async (t) => {
	const shape = { count: 130, window: { from: 4, to: 28 }, f: 7 };
	const tracks = await Promise.all(
		[new Int32Array(130), valuesWithin(26, 130)].map(async (values) => {
			const three = createThreeParties();
			await run(three, shareOut(three, values), (party, own) => runRelu(party, own, shape));
			return three.transport.messages
				.map(
					({ from, to, label, depth, bytes }) => `${from}>${to} ${label.step}.${label.part} ${depth} ${bytes.length}`,
				)
				.sort();
		}),
	);
	t.deepEqual(tracks[0], tracks[1]);
});

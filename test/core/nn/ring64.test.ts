import test from 'ava';
import fc from 'fast-check';
import { runClearFixed } from '../../../src/core/nn/clear-fixed.js';
import { runClearFloat } from '../../../src/core/nn/clear-float.js';
import type { FixedPoint } from '../../../src/core/nn/fixed-point.js';
import { fromFixed } from '../../../src/core/nn/fixed-point.js';
import { windowOf } from '../../../src/core/nn/graph.js';
import { linearExact } from '../../../src/core/nn/linear-64.js';
import { calibrate } from '../../../src/core/nn/passes/calibrate.js';
import { prepareNetwork } from '../../../src/core/nn/prepare-network.js';
import { tensorNamed } from '../../../src/core/nn/shapes.js';
import { boundStatistics } from '../../../src/core/nn/tensor-statistics.js';
import { thesisNetwork } from '../../../src/core/nn/thesis-network.js';
import { randomCase } from '../../helpers/random-graph.js';
import { graphOf, plane, pointConv } from '../../helpers/small-graphs.js';
import { runOnShares } from './on-shares.js';

/** Sums of products of about 2^27 and 2^22, read by a ReLU and a layer: no 32 bits hold them. */
const large = graphOf(
	{ channels: 3, height: 4, width: 4 },
	{
		kind: 'conv',
		input: 'x',
		output: 'a',
		outChannels: 2,
		groups: 1,
		window: windowOf(3, 3),
		weights: Float32Array.from({ length: 54 }, (_, at) => (at % 7) - 2.75),
		bias: Float32Array.of(1e6, -1e6),
	},
	{ kind: 'max-pool', input: 'a', output: 'm', window: windowOf(2, 2) },
	{ kind: 'relu', input: 'm', output: 'r' },
	pointConvOf(2),
);

function pointConvOf(channels: number) {
	const weights = Float32Array.from({ length: channels }, (_, at) => at - 0.5);
	return {
		kind: 'conv',
		input: 'r',
		output: 'y',
		outChannels: 1,
		groups: 1,
		window: windowOf(1, 1),
		weights,
		bias: Float32Array.of(3),
	} as const;
}

const sample = Float64Array.from({ length: 48 }, (_, at) => Math.sin(at) * 2 ** 25);

test('a network whose sums overflow 32 bits is told so, gets 64, and is right on shares', async (t) => {
	t.throws(() => prepareNetwork(large, [sample], 32), { code: 'too-little-headroom' });
	const program = prepareNetwork(large, [sample]);
	t.is(program.fixedPoint.ringBits, 64);
	t.regex(program.ringReason ?? '', /^in 32 bits, small: \w+: its values leave \d+ fractional bits for weights$/);
	t.true(program.headroomBits >= 12);
	const twin = runClearFixed(program.graph, program.fixedPoint, sample, program);
	t.deepEqual(twin.problems, []);
	t.true(
		twin.ranges.some(({ max, min }) => Math.max(max, -min) > 2 ** 32),
		'something is beyond 32 bits',
	);
	const bits = tensorNamed(program.fixedPoint.fractionalBits, program.graph.output);
	const exact = runClearFloat(large, sample);
	const size = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
	for (const secret of [false, true]) {
		const { output, words } = await runOnShares(program, sample, { secret, arenaBytes: 2_000_000 });
		t.true(words instanceof BigInt64Array);
		for (const [at, value] of fromFixed(output, bits).entries()) {
			t.true(Math.abs(value - exact[at]) < 1e-4 * size, `${value}, expected ${exact[at]}`);
		}
	}
});

test('a network that 32 bits suffice for keeps them, unless 64 are asked for', (t) => {
	const picture = Float64Array.from({ length: 10_000 }, (_, at) => ((at * 7919) % 256) / 255);
	const chosen = prepareNetwork(thesisNetwork(), [picture]);
	t.is(chosen.fixedPoint.ringBits, 32);
	t.is(chosen.ringReason, undefined);
	const wide = prepareNetwork(thesisNetwork(), [picture], 64);
	t.is(wide.fixedPoint.ringBits, 64);
	t.is(wide.ringReason, undefined);
});

test('values that 32 bits hold without headroom get 64', (t) => {
	const graph = graphOf(plane(1, 2), { kind: 'relu', input: 'x', output: 'y' });
	const { fixedPoint, ringReason } = prepareNetwork(graph, [Float64Array.of(2 ** 29, -1)]);
	t.is(fixedPoint.ringBits, 64);
	t.is(ringReason, 'small: 32 bits leave 1.0 bits of headroom, 2 are wanted');
});

test('the thesis network in 64 bits gives on shares what its clear twin gives', async (t) => {
	const picture = Float64Array.from({ length: 10_000 }, (_, at) => ((at * 7919) % 256) / 255);
	const program = prepareNetwork(thesisNetwork(), [picture], 64);
	const twin = runClearFixed(program.graph, program.fixedPoint, picture, program);
	t.deepEqual(twin.problems, []);
	const { output, rounds, bytesByParty } = await runOnShares(program, picture, { secret: true, arenaBytes: 2 ** 27 });
	const scale = 2 ** tensorNamed(program.fixedPoint.fractionalBits, program.graph.output);
	const exact = runClearFloat(program.graph, picture);
	const size = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
	for (const [at, value] of output.entries()) {
		t.true(Math.abs(value - twin.output[at]) / scale < 0.005 * size);
		t.true(Math.abs(value / scale - exact[at]) < 0.01 * size);
	}
	t.log(`${rounds} rounds, ${bytesByParty.join(' + ')} bytes`);
});

test('products of words of 64 bits are exact before they wrap, of any size and sign', (t) => {
	const shape = { channels: 3, height: 1, width: 1 };
	const whole = fc
		.integer({ min: -(2 ** 24), max: 2 ** 24 })
		.chain((value) => fc.integer({ min: 0, max: 38 }).map((shift) => value * 2 ** shift));
	const word = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
	fc.assert(
		fc.property(
			fc.array(whole, { minLength: 6, maxLength: 6 }),
			fc.array(word, { minLength: 3, maxLength: 3 }),
			(w, x) => {
				const node = {
					kind: 'gemm',
					input: 'x',
					output: 'y',
					outChannels: 2,
					weights: new Float32Array(6),
					bias: new Float32Array(2),
				} as const;
				const values = { weights: Float64Array.from(w), bias: Float64Array.of(w[0], -w[1]) };
				const got = linearExact(node, values, BigInt64Array.from(x), shape, { ...shape, channels: 2 });
				for (const row of [0, 1]) {
					const sum = x.reduce((total, value, k) => total + BigInt(w[3 * row + k]) * value, BigInt(values.bias[row]));
					if (got[row] !== sum) t.fail(`${w}; ${x}: ${got[row]}, expected ${sum}`);
				}
			},
		),
		{ seed: 3, numRuns: 300 },
	);
	t.pass();
});

test('where 32 bits are exact, the twin of 64 computes the same integers', (t) => {
	fc.assert(
		fc.property(randomCase(['scale']), fc.constantFrom<'floor' | 'up'>('floor', 'up'), ({ graph, input }, rounding) => {
			let narrow: FixedPoint;
			try {
				({ fixedPoint: narrow } = calibrate(graph, boundStatistics(graph, { min: -1, max: 1 })));
			} catch {
				return;
			}
			const wide = runClearFixed(graph, { ...narrow, ringBits: 64 }, input, { rounding });
			const { output, ranges } = runClearFixed(graph, narrow, input, { rounding });
			t.deepEqual([...wide.output], [...output]);
			t.deepEqual([...wide.words], Array.from(output, BigInt));
			for (const [at, { min, max }] of ranges.entries()) {
				if (min !== wide.ranges[at].min || max !== wide.ranges[at].max) t.fail(`range of ${ranges[at].name}`);
			}
		}),
		{ seed: 4, numRuns: 150 },
	);
});

const half = graphOf(plane(1, 1), pointConv('x', 'y', 0.5));
const bits = (ringBits: 32 | 64): FixedPoint => ({
	ringBits,
	fractionalBits: new Map([
		['x', 1],
		['y', 1],
	]),
	weightBits: new Map([['y', 1]]),
});
for (const [x, isFine] of [
	[2 ** 62 - 512, true],
	[2 ** 62, false],
	[512 - 2 ** 62, true],
	[-(2 ** 62), false],
] as const) {
	test(`in 64 bits a truncation of ${x} is ${isFine ? 'in' : 'out of'} range`, (t) => {
		t.is(runClearFixed(half, bits(64), [x / 2]).problems.length, isFine ? 0 : 1);
	});
}

test('a product that wraps in 64 bits does so exactly, and the report says so', (t) => {
	const graph = graphOf(plane(1, 1), pointConv('x', 'y', 2 ** 23 + 1));
	const fixedPoint: FixedPoint = {
		ringBits: 64,
		fractionalBits: new Map([
			['x', 0],
			['y', 0],
		]),
		weightBits: new Map([['y', 0]]),
	};
	const { words, problems } = runClearFixed(graph, fixedPoint, [2 ** 45 + 3]);
	t.deepEqual([...words], [BigInt.asIntN(64, (2n ** 45n + 3n) * (2n ** 23n + 1n))]);
	t.regex(problems[0], /^y: .*it wraps at 2\^63$/);
});

import test from 'ava';
import fc from 'fast-check';
import { runClearFixed } from '../../../src/core/nn/clear-fixed.js';
import { runClearFloat } from '../../../src/core/nn/clear-float.js';
import type { FixedPoint } from '../../../src/core/nn/fixed-point.js';
import { fixedWeights, fromFixed, toFixed } from '../../../src/core/nn/fixed-point.js';
import type { Graph, GraphNode } from '../../../src/core/nn/graph.js';
import { windowOf } from '../../../src/core/nn/graph.js';
import { calibrate } from '../../../src/core/nn/passes/calibrate.js';
import { boundStatistics, sampleStatistics } from '../../../src/core/nn/tensor-statistics.js';
import { thesisNetwork } from '../../../src/core/nn/thesis-network.js';
import { randomCase } from '../../helpers/random-graph.js';
import { graphOf, plane, pointConv } from '../../helpers/small-graphs.js';

const bits = (
	fractional: Readonly<Record<string, number>>,
	weights: Readonly<Record<string, number>> = {},
	ringBits: 32 | 64 = 32,
): FixedPoint => ({
	ringBits,
	fractionalBits: new Map(Object.entries(fractional)),
	weightBits: new Map(Object.entries(weights)),
});

/** y = 3 x with 2 bits of x and 2 of the weight, cut to 2. */
const triple = graphOf(plane(1, 4), pointConv('x', 'y', 0.75));
const tripleBits = bits({ x: 2, y: 2 }, { y: 2 });

test('a truncation rounds down, or up, and leaves multiples alone', (t) => {
	// In quarters: 3 -5 4 0; times 3 (quarters): 9 -15 12 0 sixteenths; over 4: 2.25 -3.75 3 0.
	const input = [0.75, -1.25, 1, 0];
	t.deepEqual([...runClearFixed(triple, tripleBits, input).output], [2, -4, 3, 0]);
	t.deepEqual([...runClearFixed(triple, tripleBits, input, { rounding: 'up' }).output], [3, -3, 3, 0]);
});

test('inputs, weights and biases are rounded to the nearest, halves up', (t) => {
	t.deepEqual([...toFixed([0.124, 0.125, -0.125, -0.376, -0.1], 2)], [0, 1, 0, -2, 0]);
	t.deepEqual([...fromFixed([3, -4], 2)], [0.75, -1]);
	const [layer] = graphOf(plane(1, 1), pointConv('x', 'y', 0.3, 0.3)).nodes;
	if (layer.kind !== 'conv') throw new Error('expected a convolution');
	// 0.3 in quarters is 1.2, in sixteenths 4.8.
	t.deepEqual(fixedWeights(layer, tripleBits), { weights: Float64Array.of(1), bias: Float64Array.of(5) });
});

test('products wrap as the ring does, also where no float64 holds them, and the report says so', (t) => {
	const graph = graphOf(
		{ channels: 2, height: 1, width: 1 },
		{
			kind: 'gemm',
			input: 'x',
			output: 'y',
			outChannels: 1,
			weights: Float32Array.of(1_000_003, 999_983),
			bias: Float32Array.of(7),
		},
	);
	const input = [2_000_000_011, -1_999_999_973];
	const exact = 1_000_003n * 2_000_000_011n - 999_983n * 1_999_999_973n + 7n;
	const large = [2_000_000_011 * 16, 1_999_999_973 * 16].map((value) => value | 0);
	const exactLarge = 1_000_003n * BigInt(large[0]) + 999_983n * BigInt(large[1]) + 7n;
	for (const [values, expected] of [
		[input, exact],
		[large, exactLarge],
	] as const) {
		const { output, problems } = runClearFixed(graph, bits({ x: 0, y: 0 }, { y: 0 }), values);
		t.deepEqual([...output], [Number(BigInt.asIntN(32, expected))]);
		t.regex(problems[0], /^y: .*it wraps at 2\^31$/);
	}
});

test('sums beyond 2^53 wrap exactly', (t) => {
	const taps = 64;
	const graph = graphOf(
		{ channels: taps, height: 1, width: 1 },
		{
			kind: 'gemm',
			input: 'x',
			output: 'y',
			outChannels: 1,
			weights: new Float32Array(taps).fill(2 ** 24 - 1),
			bias: Float32Array.of(3),
		},
	);
	const value = 2 ** 31 - 1;
	const exact = BigInt(taps) * (2n ** 24n - 1n) * (2n ** 31n - 1n) + 3n;
	const { output } = runClearFixed(graph, bits({ x: 0, y: 0 }, { y: 0 }), new Float64Array(taps).fill(value));
	t.deepEqual([...output], [Number(BigInt.asIntN(32, exact))]);
	const wide = runClearFixed(graph, bits({ x: 0, y: 0 }, { y: 0 }, 64), new Float64Array(taps).fill(value));
	t.deepEqual([...wide.words], [exact]);
});

test('64 bits hold what 32 do not', (t) => {
	const graph = graphOf(plane(1, 1), pointConv('x', 'y', 2 ** 20));
	t.deepEqual([...runClearFixed(graph, bits({ x: 0, y: 0 }, { y: 0 }, 64), [2 ** 20]).output], [2 ** 40]);
	t.deepEqual([...runClearFixed(graph, bits({ x: 0, y: 0 }, { y: 0 }), [2 ** 20]).output], [0]);
});

/** y = x / 2, with one bit truncated. */
const half = graphOf(plane(1, 1), pointConv('x', 'y', 0.5));
const halfBits = bits({ x: 1, y: 1 }, { y: 1 });
const edges: readonly (readonly [x: number, isFine: boolean])[] = [
	[2 ** 30 - 1, true],
	[2 ** 30, false],
	[1 - 2 ** 30, true],
	[-(2 ** 30), false],
];
for (const [x, isFine] of edges) {
	test(`a truncation of ${x} is ${isFine ? 'in' : 'out of'} range`, (t) => {
		const { problems, ranges } = runClearFixed(half, halfBits, [x / 2]);
		t.is(problems.length, isFine ? 0 : 1);
		t.is(ranges[0].headroomBits > 0, isFine);
	});
}

const relu: GraphNode = { kind: 'relu', input: 'x', output: 'y' };
const windowEdges: readonly (readonly [x: number, isFine: boolean])[] = [
	[511, true],
	[512, false],
	[-512 + 8, true],
	[-512 + 7, false],
];
for (const [x, isFine] of windowEdges) {
	test(`a sign read from bits 3 to 10 ${isFine ? 'takes' : 'does not take'} ${x}`, (t) => {
		const windows = new Map([['y', { from: 3, to: 10 }]]);
		const { problems } = runClearFixed(graphOf(plane(1, 1), relu), bits({ x: 3, y: 0 }), [x / 8], { windows });
		t.deepEqual(problems, isFine ? [] : [`y: ${x} to ${x}, its sign is read from -504 to below 512`]);
	});
}

test('the window of a max-pool is about differences', (t) => {
	const graph = graphOf(plane(1, 2), { kind: 'max-pool', input: 'x', output: 'y', window: windowOf(1, 2) });
	const run = (to: number) =>
		runClearFixed(graph, bits({ x: 0, y: 0 }), [-100, 100], { windows: new Map([['y', { from: 0, to }]]) });
	t.deepEqual(run(9).problems, []);
	t.deepEqual([...run(9).output], [100]);
	t.is(run(8).problems.length, 1);
});

test('a sum shifts the coarser of its inputs', (t) => {
	const graph = graphOf(plane(1, 1), pointConv('x', 'fine', 1), { kind: 'add', left: 'x', right: 'fine', output: 'y' });
	const { output } = runClearFixed(graph, bits({ x: 2, fine: 5, y: 5 }, { fine: 3 }), [1.25]);
	t.deepEqual([...output], [80]);
	const swapped = graphOf(plane(1, 1), pointConv('x', 'fine', 1), {
		kind: 'add',
		left: 'fine',
		right: 'x',
		output: 'y',
	});
	t.deepEqual([...runClearFixed(swapped, bits({ x: 2, fine: 5, y: 1 }, { fine: 3 }), [1.25]).output], [5]);
});

test('means multiply their sums by a rounded factor', (t) => {
	const graph = graphOf(plane(1, 3), { kind: 'global-average-pool', input: 'x', output: 'y' });
	// 2^6 / 3 is 21 rounded; 21 * 12 = 252, over 64 rounded down.
	t.deepEqual([...runClearFixed(graph, bits({ x: 0, y: 0 }, { y: 6 }), [3, 4, 5]).output], [3]);
	const exact = graphOf(plane(1, 4), { kind: 'global-average-pool', input: 'x', output: 'y' });
	t.deepEqual([...runClearFixed(exact, bits({ x: 0, y: 2 }, { y: 2 }), [3, 4, 5, 7]).output], [19]);
});

test('scales and impossible bits are refused', (t) => {
	const scale: GraphNode = {
		kind: 'scale',
		input: 'x',
		output: 'y',
		factors: Float32Array.of(1),
		offsets: Float32Array.of(0),
	};
	t.throws(() => runClearFixed(graphOf(plane(1, 1), scale), bits({ x: 1, y: 1 }), [0]), { code: 'bad-network' });
	const pool: GraphNode = { kind: 'max-pool', input: 'x', output: 'y', window: windowOf(1, 1) };
	const impossible: readonly (readonly [Graph, FixedPoint])[] = [
		[graphOf(plane(1, 1), relu), bits({ x: 1, y: 2 })],
		[graphOf(plane(1, 1), pool), bits({ x: 2, y: 1 })],
		[half, bits({ x: 1, y: 1.5 }, { y: 1 })],
		[half, bits({ x: -1, y: 0 }, { y: 1 })],
	];
	for (const [graph, fixedPoint] of impossible) {
		t.throws(() => runClearFixed(graph, fixedPoint, [0]), { code: 'bad-fixed-point' });
	}
	t.throws(() => runClearFixed(half, bits({ x: 1, y: 1 }), [0]), { code: 'unknown-tensor' });
});

test('on random graphs the twin stays near the clear result, rounded down or up, in range of its bounds', (t) => {
	fc.assert(
		fc.property(randomCase(['scale']), fc.constantFrom<'floor' | 'up'>('floor', 'up'), ({ graph, input }, rounding) => {
			const statistics = boundStatistics(graph, { min: -1, max: 1 });
			const { fixedPoint } = calibrate(graph, statistics, { ringBits: 64, maxActivationBits: 20, maxWeightBits: 20 });
			const run = runClearFixed(graph, fixedPoint, input, { rounding });
			if (run.problems.length > 0) t.fail(run.problems.join('; '));
			const exact = runClearFloat(graph, input);
			const got = fromFixed(run.output, fixedPoint.fractionalBits.get(graph.output) ?? 0);
			const bound = 0.02 * Math.max(1, statistics.get(graph.output)?.largest ?? 0);
			for (const [at, value] of exact.entries()) {
				if (!(Math.abs(value - got[at]) < bound)) t.fail(`${at}: ${got[at]}, expected ${value}`);
			}
		}),
		{ seed: 2, numRuns: 300 },
	);
	t.pass();
});

test('the thesis network on integers agrees with the clear one', (t) => {
	const graph = thesisNetwork();
	const picture = Float64Array.from({ length: 10_000 }, (_, at) => ((at * 7919) % 256) / 255);
	const { fixedPoint, headroomBits } = calibrate(graph, sampleStatistics(graph, [picture]));
	t.true(headroomBits >= 2);
	const exact = runClearFloat(graph, picture);
	const size = Math.hypot(...exact);
	for (const rounding of ['floor', 'up'] as const) {
		const { output, problems } = runClearFixed(graph, fixedPoint, picture, { rounding });
		t.deepEqual(problems, []);
		const got = fromFixed(output, fixedPoint.fractionalBits.get(graph.output) ?? 0);
		const error = Math.hypot(...exact.map((value, at) => value - got[at])) / size;
		t.true(error < 0.005, `${rounding}: ${error}`);
	}
});

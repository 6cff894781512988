import test from 'ava';
import fc from 'fast-check';
import { runClearFixed } from '../../../../src/core/nn/clear-fixed.js';
import { runClearFloat } from '../../../../src/core/nn/clear-float.js';
import { fromFixed, truncationBits } from '../../../../src/core/nn/fixed-point.js';
import type { Graph } from '../../../../src/core/nn/graph.js';
import { channelIntervals } from '../../../../src/core/nn/intervals.js';
import { calibrate } from '../../../../src/core/nn/passes/calibrate.js';
import { inferShapes, tensorNamed } from '../../../../src/core/nn/shapes.js';
import { boundStatistics, sampleStatistics } from '../../../../src/core/nn/tensor-statistics.js';
import { thesisNetwork } from '../../../../src/core/nn/thesis-network.js';
import { randomCase } from '../../../helpers/random-graph.js';
import { graphOf, plane, pointConv } from '../../../helpers/small-graphs.js';

const picture = Float64Array.from({ length: 10_000 }, (_, at) => ((at * 7919) % 256) / 255);

const truncated = (graph: Graph, options: Parameters<typeof calibrate>[2]): readonly string[] => {
	const { fixedPoint } = calibrate(graph, sampleStatistics(graph, [picture]), options);
	return graph.nodes.filter((node) => truncationBits(node, fixedPoint) > 0).map((node) => node.output);
};

test('statistics are the largest value and the root of the mean square over all samples', (t) => {
	const graph = graphOf(plane(1, 2), pointConv('x', 'y', 2));
	const statistics = sampleStatistics(graph, [Float64Array.of(1, -3), Float64Array.of(0, 2)]);
	t.deepEqual(statistics.get('x'), { largest: 3, rootMeanSquare: Math.sqrt(14 / 4) });
	t.deepEqual(statistics.get('y'), { largest: 6, rootMeanSquare: Math.sqrt(14) });
});

test('bounds without samples are those of an interval, worked by hand', (t) => {
	const graph = graphOf(
		{ channels: 2, height: 1, width: 1 },
		{
			kind: 'gemm',
			input: 'x',
			output: 'y',
			outChannels: 1,
			weights: Float32Array.of(2, -3),
			bias: Float32Array.of(0.5),
		},
	);
	t.deepEqual(channelIntervals(graph, { min: -1, max: 2 }).get('y'), {
		low: Float64Array.of(0.5 - 2 - 6),
		high: Float64Array.of(0.5 + 4 + 3),
	});
	t.is(boundStatistics(graph, { min: -1, max: 2 }).get('y')?.largest, 7.5);
});

test('no tensor of a random graph leaves the bounds of its interval', (t) => {
	fc.assert(
		fc.property(randomCase(), ({ graph, input }) => {
			const intervals = channelIntervals(graph, { min: -1, max: 1 });
			const shapes = inferShapes(graph);
			runClearFloat(graph, input, (name, values) => {
				const { height, width } = tensorNamed(shapes, name);
				const { low, high } = tensorNamed(intervals, name);
				for (const [at, value] of values.entries()) {
					const c = Math.floor(at / (height * width));
					if (value < low[c] - 1e-9 || value > high[c] + 1e-9) t.fail(`${name}: ${value} not in ${low[c]}..${high[c]}`);
				}
			});
		}),
		{ seed: 5, numRuns: 200 },
	);
	t.pass();
});

test('a layer gets the bits that its largest sum leaves, and its headroom is told', (t) => {
	// 100 * 0.5 = 50, below 2^6: 28 - 6 = 22 bits, of which the weight, as exact as it can be, takes what 8 leave.
	const graph = graphOf(plane(1, 1), pointConv('x', 'y', 0.5));
	const { fixedPoint, nodes, headroomBits } = calibrate(graph, sampleStatistics(graph, [Float64Array.of(100)]));
	const bits = [fixedPoint.fractionalBits.get('x') ?? 0, fixedPoint.weightBits.get('y') ?? 0];
	t.is(bits[0] + bits[1], nodes[0].naturalBits);
	t.true(nodes[0].naturalBits <= 22 && nodes[0].naturalBits > 16, `${nodes[0].naturalBits}`);
	t.is(headroomBits, 30 - nodes[0].naturalBits - Math.log2(50));
	t.true(headroomBits >= 2);
});

test('the thesis network truncates once per layer, in its ReLUs', (t) => {
	const relus = ['relu1', 'relu2', 'relu3', 'relu4', 'relu5'];
	t.deepEqual(truncated(thesisNetwork(), {}), relus);
	t.deepEqual(truncated(thesisNetwork(), { maxPoolOn: 'activations' }), ['conv1', 'conv2', 'conv3', 'conv4', 'relu5']);
});

for (const [side, factorBits] of [
	[1, 1],
	[2, 2],
	[3, 12],
] as const) {
	test(`a mean over ${side}x${side} samples takes ${factorBits} bits, and is cut back by as many`, (t) => {
		const graph = graphOf(plane(side, side), { kind: 'global-average-pool', input: 'x', output: 'y' });
		const { fixedPoint } = calibrate(graph, sampleStatistics(graph, [new Float64Array(side * side).fill(1)]));
		t.is(fixedPoint.weightBits.get('y'), factorBits);
		t.is(fixedPoint.fractionalBits.get('y'), fixedPoint.fractionalBits.get('x'));
	});
}

test('a sum before a ReLU is taken of products, within the headroom', (t) => {
	const graph = graphOf(
		plane(1, 1),
		pointConv('x', 'skip', 1000),
		pointConv('x', 'a', 0.5),
		{ kind: 'add', left: 'a', right: 'skip', output: 'sum' },
		{ kind: 'relu', input: 'sum', output: 'r' },
		pointConv('r', 'y', 0.01),
	);
	const { fixedPoint, headroomBits, nodes } = calibrate(graph, sampleStatistics(graph, [Float64Array.of(1)]));
	t.deepEqual(
		graph.nodes.filter((node) => truncationBits(node, fixedPoint) > 0).map((node) => node.output),
		['r'],
	);
	t.true(headroomBits >= 2, JSON.stringify(nodes));
});

test('small weights and activations keep at least 8 bits', (t) => {
	const graph = graphOf(plane(1, 1), pointConv('x', 'a', 2 ** -12), pointConv('a', 'y', 4000));
	const { fixedPoint } = calibrate(graph, sampleStatistics(graph, [Float64Array.of(1)]), {
		maxWeightBits: 8,
		maxActivationBits: 8,
	});
	const { output } = runClearFixed(graph, fixedPoint, [1]);
	t.true(Math.abs(fromFixed(output, fixedPoint.fractionalBits.get('y') ?? 0)[0] - 4000 / 4096) < 0.01);
});

test('a rare large activation fits, however small the others and the sums are', (t) => {
	const count = 2 ** 18;
	const ends = [1, -1];
	const graph = graphOf(
		{ channels: count, height: 1, width: 1 },
		{
			kind: 'gemm',
			input: 'x',
			output: 'y',
			outChannels: 1,
			weights: Float32Array.from({ length: count }, (_, at) => ends[at] ?? 1),
			bias: new Float32Array(1),
		},
	);
	const sample = Float64Array.from({ length: count }, (_, at) => (at < 2 ? 2 ** 22 : 0));
	const { fixedPoint } = calibrate(graph, sampleStatistics(graph, [sample]));
	t.true(22 + (fixedPoint.fractionalBits.get('x') ?? 99) <= 28);
});

test('samples of nothing but zeros still give bits that fit', (t) => {
	const graph = graphOf(
		plane(1, 1),
		pointConv('x', 'a', 1),
		{ kind: 'relu', input: 'a', output: 'b' },
		pointConv('b', 'y', 0),
	);
	const { fixedPoint } = calibrate(graph, sampleStatistics(graph, [Float64Array.of(0)]));
	t.deepEqual([...runClearFixed(graph, fixedPoint, [0]).output], [0]);
});

test('values that leave the weights no bits are refused in 32 bits, and fit 64', (t) => {
	const graph = graphOf(plane(1, 1), pointConv('x', 'a', 1), pointConv('a', 'y', 1));
	const statistics = sampleStatistics(graph, [Float64Array.of(2 ** 27)]);
	t.throws(() => calibrate(graph, statistics), {
		code: 'too-little-headroom',
		message: 'small: a: its values leave 1 fractional bits for weights',
	});
	t.true(calibrate(graph, statistics, { ringBits: 64 }).headroomBits >= 2);
});

test('within the bounds that it was calibrated for no random graph leaves 2 bits of headroom', (t) => {
	const poolings = fc.constantFrom<'products' | 'activations'>('products', 'activations');
	fc.assert(
		fc.property(randomCase(['scale']), poolings, ({ graph, input }, maxPoolOn) => {
			const { fixedPoint, headroomBits, nodes } = calibrate(graph, boundStatistics(graph, { min: -1, max: 1 }), {
				maxPoolOn,
			});
			if (headroomBits < 2) t.fail(JSON.stringify(nodes));
			const { ranges, problems } = runClearFixed(graph, fixedPoint, input);
			if (problems.length > 0) t.fail(problems.join('; '));
			const most = Math.max(0, ...ranges.map(({ min, max }) => Math.max(-min, max)));
			// Twice for the differences of a max-pool, and a little for roundings.
			if (most > 1.01 * 2 ** 29) t.fail(`${most}`);
		}),
		{ seed: 6, numRuns: 300 },
	);
	t.pass();
});

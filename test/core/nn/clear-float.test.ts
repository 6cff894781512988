import test from 'ava';
import fc from 'fast-check';
import { runClearFloat } from '../../../src/core/nn/clear-float.js';
import type { ConvNode, GraphNode, TensorShape } from '../../../src/core/nn/graph.js';
import { windowOf } from '../../../src/core/nn/graph.js';
import { inferShapes, tensorNamed } from '../../../src/core/nn/shapes.js';
import { thesisNetwork } from '../../../src/core/nn/thesis-network.js';
import { randomCase } from '../../helpers/random-graph.js';
import { graphOf, plane } from '../../helpers/small-graphs.js';

const ends = { input: 'x', output: 'y' } as const;
const oneOf = { outChannels: 1, groups: 1, bias: Float32Array.of(0) } as const;
const oneToNine = [1, 2, 3, 4, 5, 6, 7, 8, 9];

interface Example {
	readonly title: string;
	readonly shape: TensorShape;
	readonly node: GraphNode;
	readonly input: readonly number[];
	readonly output: readonly number[];
}

// Worked by hand.
const examples: readonly Example[] = [
	{
		title: 'a convolution lays its kernel over each place unflipped and adds the bias',
		shape: plane(3, 3),
		node: {
			...ends,
			...oneOf,
			kind: 'conv',
			window: windowOf(2, 2),
			weights: Float32Array.of(1, 2, 3, 4),
			bias: Float32Array.of(10),
		},
		input: oneToNine,
		// 1 + 4 + 12 + 20 + 10, …
		output: [47, 57, 77, 87],
	},
	{
		title: 'a convolution with stride 2 and pads on the top and left only sees zeros there',
		shape: plane(3, 3),
		node: {
			...ends,
			...oneOf,
			kind: 'conv',
			window: windowOf(2, 2, { strideY: 2, strideX: 2, padTop: 1, padLeft: 1 }),
			weights: Float32Array.of(1, 2, 3, 4),
		},
		input: oneToNine,
		// 4*1; 3*2 + 4*3; 2*4 + 4*7; 5 + 2*6 + 3*8 + 4*9
		output: [4, 18, 36, 77],
	},
	{
		title: 'a convolution with pads on the bottom and right only sees zeros there',
		shape: plane(2, 2),
		node: {
			...ends,
			...oneOf,
			kind: 'conv',
			window: windowOf(2, 2, { padBottom: 1, padRight: 1 }),
			weights: Float32Array.of(1, 10, 100, 1000),
		},
		input: [1, 2, 3, 4],
		output: [4321, 402, 43, 4],
	},
	{
		title: 'a dilated convolution leaves gaps between its taps',
		shape: plane(1, 5),
		node: {
			...ends,
			...oneOf,
			kind: 'conv',
			window: windowOf(1, 3, { dilationX: 2 }),
			weights: Float32Array.of(1, 10, 100),
		},
		input: [1, 2, 3, 4, 5],
		output: [531],
	},
	{
		title: 'groups keep channels apart',
		shape: { channels: 2, height: 1, width: 1 },
		node: {
			...ends,
			kind: 'conv',
			outChannels: 4,
			groups: 2,
			window: windowOf(1, 1),
			weights: Float32Array.of(1, 2, 3, 4),
			bias: new Float32Array(4),
		},
		input: [5, 7],
		output: [5, 10, 21, 28],
	},
	{
		title: 'a convolution over channels adds them up',
		shape: { channels: 2, height: 1, width: 2 },
		node: {
			...ends,
			kind: 'conv',
			outChannels: 2,
			groups: 1,
			window: windowOf(1, 1),
			weights: Float32Array.of(1, 10, 100, 1000),
			bias: Float32Array.of(0, 1),
		},
		input: [1, 2, 3, 4],
		output: [31, 42, 3101, 4201],
	},
	{
		title: 'a fully connected layer takes one row of weights per output',
		shape: { channels: 3, height: 1, width: 1 },
		node: {
			...ends,
			kind: 'gemm',
			outChannels: 2,
			weights: Float32Array.of(1, 2, 3, -1, 0, 1),
			bias: Float32Array.of(0.5, 0),
		},
		input: [1, 10, 100],
		output: [321.5, 99],
	},
	{
		title: 'a max-pool leaves out the row and column that do not fit',
		shape: plane(3, 3),
		node: { ...ends, kind: 'max-pool', window: windowOf(2, 2, { strideY: 2, strideX: 2 }) },
		input: [-1, -2, 9, -3, -4, 9, 9, 9, 9],
		output: [-1],
	},
	{
		title: 'a max-pool does not count its pads as zeros',
		shape: plane(2, 2),
		node: { ...ends, kind: 'max-pool', window: windowOf(2, 2, { padTop: 1, padLeft: 1, strideY: 2, strideX: 2 }) },
		input: [-5, -6, -7, -8],
		output: [-5],
	},
	{
		title: 'windows of a max-pool may overlap',
		shape: plane(1, 5),
		node: { ...ends, kind: 'max-pool', window: windowOf(1, 3, { strideX: 2 }) },
		input: [3, 1, 2, 5, 4],
		output: [3, 5],
	},
	{
		title: 'an average pool counts its pads if told to',
		shape: plane(1, 2),
		node: { ...ends, kind: 'average-pool', window: windowOf(1, 2, { padLeft: 1 }), countIncludePad: true },
		input: [4, 8],
		output: [2, 6],
	},
	{
		title: 'an average pool counts only samples if told to',
		shape: plane(1, 2),
		node: { ...ends, kind: 'average-pool', window: windowOf(1, 2, { padLeft: 1 }), countIncludePad: false },
		input: [4, 8],
		output: [4, 6],
	},
	{
		title: 'a global average is the mean of each channel',
		shape: { channels: 2, height: 1, width: 2 },
		node: { ...ends, kind: 'global-average-pool' },
		input: [1, 2, 10, 30],
		output: [1.5, 20],
	},
	{
		title: 'a ReLU keeps what is positive',
		shape: plane(1, 3),
		node: { ...ends, kind: 'relu' },
		input: [-2, 0, 3],
		output: [0, 0, 3],
	},
	{
		title: 'a scale works per channel',
		shape: { channels: 2, height: 1, width: 2 },
		node: { ...ends, kind: 'scale', factors: Float32Array.of(2, -1), offsets: Float32Array.of(1, 0) },
		input: [1, 2, 3, 4],
		output: [3, 5, -3, -4],
	},
	{
		title: 'a tensor can be added to itself',
		shape: plane(1, 2),
		node: { kind: 'add', left: 'x', right: 'x', output: 'y' },
		input: [1, -4],
		output: [2, -8],
	},
];

for (const { title, shape, node, input, output } of examples) {
	test(title, (t) => {
		t.deepEqual([...runClearFloat(graphOf(shape, node), Float64Array.from(input))], [...output]);
	});
}

test('convolutions of every shape agree with the definition, sample by sample', (t) => {
	fc.assert(
		fc.property(randomCase(), ({ graph, input }) => {
			const shapes = inferShapes(graph);
			const tensors = new Map([[graph.input, input]]);
			runClearFloat(graph, input, (name, values) => tensors.set(name, values));
			for (const node of graph.nodes) {
				if (node.kind !== 'conv') continue;
				const [from, to] = [tensorNamed(shapes, node.input), tensorNamed(shapes, node.output)];
				const expected = byDefinition(node, tensorNamed(tensors, node.input), from, to);
				const got = tensorNamed(tensors, node.output);
				t.is(got.length, expected.length);
				for (const [at, value] of expected.entries()) {
					if (Math.abs(value - got[at]) > 1e-9) t.fail(`${node.output}[${at}]: ${got[at]}, expected ${value}`);
				}
			}
		}),
		{ seed: 1, numRuns: 200 },
	);
});

test('the thesis network gives a vector of 64 from a picture, again and again the same', (t) => {
	const picture = Float64Array.from({ length: 10_000 }, (_, at) => ((at * 7919) % 256) / 255);
	const graph = thesisNetwork();
	const embedding = runClearFloat(graph, picture);
	t.is(embedding.length, 64);
	t.deepEqual(runClearFloat(thesisNetwork(1), picture), embedding);
	t.notDeepEqual(runClearFloat(thesisNetwork(2), picture), embedding);
	const size = Math.hypot(...embedding);
	t.true(size > 0.1 && size < 100, `length ${size}`);
});

test('the thesis network has the layers and the multiplications that it is known by', (t) => {
	const graph = thesisNetwork();
	const shapes = inferShapes(graph);
	const sides = graph.nodes.map((node) => tensorNamed(shapes, node.output)).map((s) => [s.channels, s.height, s.width]);
	t.deepEqual(sides, [
		...[94, 47, 47].map((side) => [4, side, side]),
		...[43, 21, 21].map((side) => [8, side, side]),
		...[19, 9, 9].map((side) => [16, side, side]),
		...[7, 3, 3].map((side) => [32, side, side]),
		...[288, 256, 256, 64].map((channels) => [channels, 1, 1]),
	]);
	const products = graph.nodes.map((node) => {
		const { height, width } = tensorNamed(shapes, node.output);
		return 'weights' in node ? node.weights.length * height * width : 0;
	});
	t.is(
		products.reduce((sum, count) => sum + count, 0),
		1_731_856 + 1_479_200 + 415_872 + 225_792 + 73_728 + 16_384,
	);
});

test('an input of another length is refused', (t) => {
	t.throws(() => runClearFloat(graphOf(plane(2, 2)), new Float64Array(3)), {
		message: 'small: expected an input of 4 values (1x2x2), got 3',
	});
});

function byDefinition(node: ConvNode, x: Float64Array, from: TensorShape, to: TensorShape): Float64Array {
	const { window, groups } = node;
	const inPerGroup = from.channels / groups;
	const out = new Float64Array(to.channels * to.height * to.width);
	for (let at = 0; at < out.length; at++) {
		const o = Math.floor(at / (to.height * to.width));
		const i = Math.floor(at / to.width) % to.height;
		const j = at % to.width;
		let sum = node.bias[o];
		for (let c = 0; c < inPerGroup; c++) {
			for (let u = 0; u < window.kernelHeight; u++) {
				for (let v = 0; v < window.kernelWidth; v++) {
					const y = i * window.strideY + u * window.dilationY - window.padTop;
					const z = j * window.strideX + v * window.dilationX - window.padLeft;
					if (y < 0 || y >= from.height || z < 0 || z >= from.width) continue;
					const channel = Math.floor(o / (node.outChannels / groups)) * inPerGroup + c;
					const weight = node.weights[((o * inPerGroup + c) * window.kernelHeight + u) * window.kernelWidth + v];
					sum += weight * x[(channel * from.height + y) * from.width + z];
				}
			}
		}
		out[at] = sum;
	}
	return out;
}

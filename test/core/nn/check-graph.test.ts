import test from 'ava';
import { DataError } from '../../../src/core/errors.js';
import { checkGraph } from '../../../src/core/nn/check-graph.js';
import type { ConvNode, Graph, GraphNode } from '../../../src/core/nn/graph.js';
import { windowOf } from '../../../src/core/nn/graph.js';
import { inferShapes } from '../../../src/core/nn/shapes.js';
import { plane, pointConv, uncheckedGraph } from '../../helpers/small-graphs.js';

const relu = (input: string, output: string): GraphNode => ({ kind: 'relu', input, output });
const add = (left: string, right: string, output: string): GraphNode => ({ kind: 'add', left, right, output });
const conv: ConvNode = {
	kind: 'conv',
	input: 'x',
	output: 'y',
	outChannels: 1,
	groups: 1,
	window: windowOf(3, 3),
	weights: new Float32Array(9),
	bias: new Float32Array(1),
};
const ofFive = (...nodes: readonly GraphNode[]): Graph => uncheckedGraph(plane(5, 5), ...nodes);

test('nodes may be listed in any order', (t) => {
	const graph = { ...ofFive(add('a', 'b', 'sum'), relu('a', 'b'), relu('x', 'a')), output: 'sum' };
	t.deepEqual(
		checkGraph(graph).nodes.map((node) => node.output),
		['a', 'b', 'sum'],
	);
});

test('nodes that the output does not need are left out', (t) => {
	const graph = { ...ofFive(relu('x', 'a'), relu('a', 'unused'), relu('unused', 'too'), relu('a', 'y')), output: 'y' };
	t.deepEqual(
		checkGraph(graph).nodes.map((node) => node.output),
		['a', 'y'],
	);
});

test('a network of many thousand layers is checked without running out of stack', (t) => {
	const nodes = Array.from({ length: 20_000 }, (_, i) => relu(i === 0 ? 'x' : `t${i - 1}`, `t${i}`));
	t.is(checkGraph(ofFive(...nodes)).nodes.length, 20_000);
});

test('shapes follow asymmetric pads, strides and gaps', (t) => {
	const window = windowOf(3, 2, { strideY: 2, dilationX: 3, padTop: 1, padRight: 2 });
	const graph = checkGraph(ofFive({ ...conv, window, weights: new Float32Array(6) }));
	// Rows: (5 + 1 - 3) / 2 rounded down + 1; columns: 5 + 2 - 4 + 1.
	t.deepEqual(inferShapes(graph).get('y'), plane(2, 4));
});

const refused: readonly (readonly [title: string, graph: Graph, message: string])[] = [
	['a cycle', ofFive(add('x', 'b', 'a'), relu('a', 'b')), 'small: a: depends on its own result'],
	['a node that reads itself', ofFive(relu('a', 'a')), 'small: a: depends on its own result'],
	['a missing input', ofFive(relu('nowhere', 'a')), 'small: a: reads nowhere, which no node writes'],
	['a tensor written twice', ofFive(relu('x', 'a'), relu('x', 'a')), 'small: a: two nodes write this tensor'],
	['a node that writes the input', ofFive(relu('x', 'x')), 'small: x: two nodes write this tensor'],
	[
		'an output that is not written',
		{ ...ofFive(relu('x', 'a')), output: 'z' },
		'small: z: the output is written by no node',
	],
	['a sum of two shapes', ofFive(conv, add('x', 'y', 'sum')), 'small: sum: adds 1x5x5 to 1x3x3'],
	[
		'a window larger than the picture',
		ofFive({ ...conv, window: windowOf(3, 3, { dilationY: 3 }) }),
		'small: y: a window of 7x3 (rows x columns) is larger than 1x5x5 with its pads',
	],
	[
		'a stride of zero',
		ofFive({ ...conv, window: windowOf(3, 3, { strideX: 0 }) }),
		'small: y: kernel, stride and dilation: expected whole numbers of at least 1',
	],
	[
		'a negative pad',
		ofFive({ ...conv, window: windowOf(3, 3, { padLeft: -1 }) }),
		'small: y: pads: expected whole numbers of at least 0',
	],
	['too few weights', ofFive({ ...conv, weights: new Float32Array(8) }), 'small: y: weights: expected 9 values, got 8'],
	['too many biases', ofFive({ ...conv, bias: new Float32Array(2) }), 'small: y: bias: expected 1 values, got 2'],
	[
		'a weight that is no number',
		ofFive({ ...conv, weights: new Float32Array(9).fill(Number.NaN) }),
		'small: y: weights: not every value is a finite number',
	],
	[
		'groups that do not divide the channels',
		ofFive({ ...conv, groups: 2 }),
		'small: y: 2 groups do not divide 1 channels in and 1 out',
	],
	[
		'a fully connected layer on a picture',
		ofFive({
			kind: 'gemm',
			input: 'x',
			output: 'y',
			outChannels: 1,
			weights: new Float32Array(25),
			bias: new Float32Array(1),
		}),
		'small: y: a fully connected layer reads a vector, got 1x5x5: flatten it first',
	],
	[
		'a pool whose window can lie in its pads',
		ofFive({ kind: 'max-pool', input: 'x', output: 'y', window: windowOf(2, 2, { padTop: 2 }) }),
		"small: y: pads must be smaller than the pool's window of 2x2",
	],
	[
		'a pool with gaps',
		ofFive({ kind: 'max-pool', input: 'x', output: 'y', window: windowOf(2, 2, { dilationX: 2 }) }),
		'small: y: pools with gaps (dilation) are not supported',
	],
	[
		'an empty input',
		{ ...ofFive(relu('x', 'y')), inputShape: plane(0, 5) },
		'small: x: a tensor of 1x0x5 is empty or has over 134217728 values',
	],
	[
		'a tensor without end',
		{ ...ofFive(relu('x', 'y')), inputShape: plane(2 ** 14, 2 ** 14) },
		'small: x: a tensor of 1x16384x16384 is empty or has over 134217728 values',
	],
];

for (const [title, graph, message] of refused) {
	test(`${title} is refused in one sentence`, (t) => {
		t.throws(() => checkGraph(graph), { instanceOf: DataError, code: 'bad-network', message });
	});
}

test('a graph without nodes gives its input', (t) => {
	t.deepEqual(checkGraph(ofFive()).nodes, []);
	t.notThrows(() => checkGraph(ofFive(pointConv('x', 'y', 1))));
});

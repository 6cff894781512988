import test from 'ava';
import fc from 'fast-check';
import { checkGraph } from '../../../../src/core/nn/check-graph.js';
import { runClearFloat } from '../../../../src/core/nn/clear-float.js';
import type { GraphNode } from '../../../../src/core/nn/graph.js';
import { batchNormScale, foldScale } from '../../../../src/core/nn/passes/fold-scale.js';
import { randomCase } from '../../../helpers/random-graph.js';
import { graphOf, plane, pointConv } from '../../../helpers/small-graphs.js';

const scale = (input: string, output: string, factor: number, offset: number): GraphNode => ({
	kind: 'scale',
	input,
	output,
	factors: Float32Array.of(factor),
	offsets: Float32Array.of(offset),
});

test('a scale disappears into the convolution before it', (t) => {
	const graph = foldScale(graphOf(plane(1, 1), pointConv('x', 'a', 2, 3), scale('a', 'y', 4, 5)));
	t.deepEqual(graph.nodes, [pointConv('x', 'y', 8, 17)]);
});

test('scales in a row disappear one after the other', (t) => {
	const graph = foldScale(graphOf(plane(1, 1), pointConv('x', 'a', 1), scale('a', 'b', 2, 1), scale('b', 'y', 3, 0)));
	t.deepEqual(graph.nodes, [pointConv('x', 'y', 6, 3)]);
});

test('a scale disappears into a fully connected layer, row by row', (t) => {
	const graph = graphOf(
		{ channels: 2, height: 1, width: 1 },
		{
			kind: 'gemm',
			input: 'x',
			output: 'a',
			outChannels: 2,
			weights: Float32Array.of(1, 2, 3, 4),
			bias: Float32Array.of(1, 1),
		},
		{ kind: 'scale', input: 'a', output: 'y', factors: Float32Array.of(10, -1), offsets: Float32Array.of(0, 0.5) },
	);
	const [folded] = foldScale(graph).nodes;
	t.like(folded, { kind: 'gemm', weights: Float32Array.of(10, 20, -3, -4), bias: Float32Array.of(10, -0.5) });
});

test('a scale of a result that others read too, or of the input, becomes a convolution of its own', (t) => {
	const shared = foldScale(
		graphOf(plane(1, 1), pointConv('x', 'a', 2), scale('a', 'b', 4, 5), {
			kind: 'add',
			left: 'a',
			right: 'b',
			output: 'y',
		}),
	);
	t.deepEqual(shared.nodes[1], pointConv('a', 'b', 4, 5));
	t.deepEqual(foldScale(graphOf(plane(1, 1), scale('x', 'y', 4, 5))).nodes, [pointConv('x', 'y', 4, 5)]);
});

test('a result that the caller reads is not scaled in place', (t) => {
	const graph = { ...graphOf(plane(1, 1), pointConv('x', 'a', 2), scale('a', 'b', 3, 0)), output: 'a' };
	t.deepEqual([...runClearFloat(checkGraph(foldScale(graph)), Float64Array.of(1))], [2]);
});

test('batch normalisation centres and scales by what it was trained on', (t) => {
	const node = batchNormScale('x', 'y', {
		gamma: Float32Array.of(3),
		beta: Float32Array.of(1),
		mean: Float32Array.of(10),
		variance: Float32Array.of(3.75),
		epsilon: 0.25,
	});
	t.deepEqual([node.factors, node.offsets], [Float32Array.of(1.5), Float32Array.of(-14)]);
});

test('no random graph changes its result by folding, and none keeps a scale', (t) => {
	fc.assert(
		fc.property(randomCase(), ({ graph, input }) => {
			const folded = checkGraph(foldScale(graph));
			if (folded.nodes.some((node) => node.kind === 'scale')) t.fail('a scale is left');
			const [before, after] = [runClearFloat(graph, input), runClearFloat(folded, input)];
			const size = Math.max(1, ...before.map(Math.abs));
			for (const [at, value] of before.entries()) {
				if (!(Math.abs(value - after[at]) < 1e-5 * size)) t.fail(`${at}: ${after[at]}, was ${value}`);
			}
		}),
		{ seed: 3, numRuns: 300 },
	);
	t.pass();
});

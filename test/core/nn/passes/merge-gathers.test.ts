import test from 'ava';
import fc from 'fast-check';
import { runClearFloat } from '../../../../src/core/nn/clear-float.js';
import type { GraphNode, TensorShape } from '../../../../src/core/nn/graph.js';
import { mergeGathers } from '../../../../src/core/nn/passes/merge-gathers.js';
import { randomCase } from '../../../helpers/random-graph.js';
import { graphOf, plane } from '../../../helpers/small-graphs.js';

const gather = (
	input: string,
	output: string,
	shape: TensorShape,
	indices: number[] | undefined,
	fill = 0,
): GraphNode => {
	const base = { kind: 'gather', inputs: [input], output, shape, fill } as const;
	return indices === undefined ? base : { ...base, indices: Int32Array.from(indices) };
};

test('a gather of a gather moves values once', (t) => {
	const graph = graphOf(
		plane(1, 3),
		gather('x', 'a', plane(1, 4), [2, -1, 1, 0]),
		gather('a', 'b', plane(4, 1), undefined),
		gather('b', 'y', plane(1, 3), [3, -1, 1]),
	);
	const merged = mergeGathers(graph);
	t.deepEqual(merged.nodes, [gather('x', 'y', plane(1, 3), [0, -1, -1])]);
});

test('gathers that fill with different values stay apart', (t) => {
	const graph = graphOf(
		plane(1, 2),
		gather('x', 'a', plane(1, 3), [0, -1, 1]),
		gather('a', 'y', plane(1, 2), [1, -1], 5),
	);
	t.deepEqual(mergeGathers(graph).nodes, graph.nodes);
});

test('no random graph changes its result', (t) => {
	let fewer = 0;
	fc.assert(
		fc.property(randomCase(), ({ graph, input }) => {
			const merged = mergeGathers(graph);
			if (merged.nodes.length < graph.nodes.length) fewer++;
			t.deepEqual(runClearFloat(merged, input), runClearFloat(graph, input));
		}),
		{ seed: 4, numRuns: 400 },
	);
	t.true(fewer > 5, `${fewer}`);
});

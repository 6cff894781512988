import test from 'ava';
import fc from 'fast-check';
import { checkGraph } from '../../../../src/core/nn/check-graph.js';
import { runClearFloat } from '../../../../src/core/nn/clear-float.js';
import type { Graph, GraphNode } from '../../../../src/core/nn/graph.js';
import { countReaders, windowOf } from '../../../../src/core/nn/graph.js';
import { reluAfterMaxPool } from '../../../../src/core/nn/passes/relu-after-max-pool.js';
import { randomCase } from '../../../helpers/random-graph.js';
import { graphOf, plane } from '../../../helpers/small-graphs.js';

const relu = (input: string, output: string): GraphNode => ({ kind: 'relu', input, output });
const pool = (input: string, output: string): GraphNode => ({
	kind: 'max-pool',
	input,
	output,
	window: windowOf(2, 2, { padTop: 1, padLeft: 1 }),
});
const kindsOf = (graph: Graph): readonly string[] => graph.nodes.map((node) => node.kind);

test('a ReLU moves behind the max-pool that reads it', (t) => {
	const graph = reluAfterMaxPool(graphOf(plane(2, 2), relu('x', 'a'), pool('a', 'y')));
	t.deepEqual(graph.nodes, [pool('x', 'a'), relu('a', 'y')]);
});

test('a ReLU moves behind every max-pool in a row', (t) => {
	const graph = reluAfterMaxPool(graphOf(plane(4, 4), relu('x', 'a'), pool('a', 'b'), pool('b', 'y')));
	t.deepEqual(kindsOf(graph), ['max-pool', 'max-pool', 'relu']);
});

test('a ReLU that others read, or the caller, stays', (t) => {
	const shared = graphOf(plane(4, 4), relu('x', 'a'), pool('a', 'b'), pool('a', 'c'), {
		kind: 'add',
		left: 'b',
		right: 'c',
		output: 'y',
	});
	t.deepEqual(reluAfterMaxPool(shared), shared);
	const read = { ...graphOf(plane(4, 4), relu('x', 'a'), pool('a', 'b')), output: 'a' };
	t.deepEqual(reluAfterMaxPool(read), read);
});

test('no random graph changes its result, and none keeps a ReLU that only a max-pool reads', (t) => {
	fc.assert(
		fc.property(randomCase(['conv', 'gemm', 'flatten', 'scale', 'global-average-pool']), ({ graph, input }) => {
			const moved = checkGraph(reluAfterMaxPool(graph));
			t.deepEqual([...kindsOf(moved)].sort(), [...kindsOf(graph)].sort());
			t.deepEqual(runClearFloat(moved, input), runClearFloat(graph, input));
			const readers = countReaders(moved);
			for (const node of moved.nodes) {
				if (node.kind !== 'max-pool') continue;
				const before = moved.nodes.find(({ output }) => output === node.input);
				if (before?.kind === 'relu' && readers.get(before.output) === 1) t.fail(`${before.output} stayed`);
			}
		}),
		{ seed: 4, numRuns: 300 },
	);
});

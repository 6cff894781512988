import type { Graph, GraphNode, MaxPoolNode, PlainNode } from '../graph.js';
import { countReaders } from '../graph.js';

/**
 * The same network with each ReLU that only a max-pool reads moved behind it, where there are fewer values: the largest
 * of ReLUs is the ReLU of the largest.
 * Shape: nodes in order of execution.
 * Error: exact.
 */
export function reluAfterMaxPool(graph: Graph): Graph {
	const readers = countReaders(graph);
	const nodes = [...graph.nodes];
	// In order of execution a ReLU that has moved meets the next pool behind it in turn.
	for (let at = 0; at < nodes.length; at++) {
		const pool = nodes[at];
		if (pool.kind !== 'max-pool' || readers.get(pool.input) !== 1) continue;
		const reluAt = nodes.findIndex((node) => node.output === pool.input);
		const relu = reluAt === -1 ? undefined : nodes[reluAt];
		if (relu === undefined || !isRelu(relu)) continue;
		nodes.splice(at, 1, ...swapped(relu, pool));
		nodes.splice(reluAt, 1);
		// The pool is one place further to the front now, and may read another ReLU.
		at -= 2;
	}
	return { ...graph, nodes };
}

/** The tensor between the two keeps its name, and holds the pool's result then. */
function swapped(relu: PlainNode, pool: MaxPoolNode): readonly [MaxPoolNode, PlainNode] {
	return [
		{ ...pool, input: relu.input, output: relu.output },
		{ ...relu, input: relu.output, output: pool.output },
	];
}

function isRelu(node: GraphNode): node is PlainNode {
	return node.kind === 'relu';
}

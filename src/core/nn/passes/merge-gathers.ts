import { checkGraph } from '../check-graph.js';
import type { GatherNode, Graph, GraphNode } from '../graph.js';

/**
 * The same network where a gather that reads nothing but another gather reads that one's inputs itself: a transposed,
 * reshaped and cut tensor is moved once.
 * Shape: a graph from `checkGraph`.
 * Error: exact.
 */
export function mergeGathers(graph: Graph): Graph {
	const merged = new Map<string, GraphNode>();
	for (const node of graph.nodes) {
		const before = node.kind === 'gather' && node.inputs.length === 1 ? merged.get(node.inputs[0]) : undefined;
		const both = node.kind === 'gather' && before?.kind === 'gather' ? composed(before, node) : undefined;
		merged.set(node.output, both ?? node);
	}
	return checkGraph({ ...graph, nodes: [...merged.values()] });
}

/** Nothing where the two fill with different values. */
function composed(first: GatherNode, second: GatherNode): GatherNode | undefined {
	const { output, shape, indices } = second;
	if (indices === undefined) return { ...first, output, shape };
	if (first.indices === undefined) return { ...second, inputs: first.inputs };
	const fills = new Set([...fillsOf(first), ...fillsOf(second)]);
	if (fills.size > 1) return undefined;
	const { indices: places } = first;
	return {
		...second,
		inputs: first.inputs,
		indices: indices.map((index) => (index < 0 ? -1 : places[index])),
		fill: fills.values().next().value ?? 0,
	};
}

function fillsOf({ indices, fill }: GatherNode): readonly number[] {
	return indices?.includes(-1) ? [fill] : [];
}

import type { Graph, GraphNode } from './graph.js';
import { inputsOf } from './graph.js';
import { guardFinite, inferShapes, refusal } from './shapes.js';

/**
 * The same network with its nodes in order of execution, without those that its output does not need.
 * Throws: DataError `bad-network` for a tensor written twice or never, a cycle, or a node that does not fit its input.
 */
export function checkGraph(graph: Graph): Graph {
	const checked = checkArchitecture(graph);
	for (const node of checked.nodes) guardFinite(node, (why) => refusal(graph, node.output, why));
	return checked;
}

/** The same for a network whose weights are elsewhere: their number is looked at, and not what they are. */
export function checkArchitecture(graph: Graph): Graph {
	const checked = { ...graph, nodes: withoutUnused(graph.output, inOrder(graph)) };
	inferShapes(checked);
	return checked;
}

function inOrder(graph: Graph): readonly GraphNode[] {
	const writers = new Map<string, GraphNode>();
	for (const node of graph.nodes) {
		if (node.output === graph.input || writers.has(node.output)) {
			throw refusal(graph, node.output, 'two nodes write this tensor');
		}
		writers.set(node.output, node);
	}
	if (graph.output !== graph.input && !writers.has(graph.output)) {
		throw refusal(graph, graph.output, 'the output is written by no node');
	}
	const missing = new Map<GraphNode, number>();
	const readers = new Map<string, GraphNode[]>();
	for (const node of graph.nodes) {
		const names = inputsOf(node);
		missing.set(node, names.length);
		for (const name of names) {
			if (name !== graph.input && !writers.has(name)) {
				throw refusal(graph, node.output, `reads ${name}, which no node writes`);
			}
			readers.set(name, [...(readers.get(name) ?? []), node]);
		}
	}
	const ordered: GraphNode[] = [];
	const ready = [graph.input];
	for (const name of ready) {
		for (const node of readers.get(name) ?? []) {
			const left = (missing.get(node) ?? 0) - 1;
			missing.set(node, left);
			if (left === 0) {
				ordered.push(node);
				ready.push(node.output);
			}
		}
	}
	const stuck = graph.nodes.find((node) => missing.get(node) !== 0);
	if (stuck !== undefined) throw refusal(graph, stuck.output, 'depends on its own result');
	return ordered;
}

function withoutUnused(output: string, ordered: readonly GraphNode[]): readonly GraphNode[] {
	const needed = new Set([output]);
	return ordered
		.toReversed()
		.filter((node) => {
			if (!needed.has(node.output)) return false;
			for (const name of inputsOf(node)) needed.add(name);
			return true;
		})
		.toReversed();
}

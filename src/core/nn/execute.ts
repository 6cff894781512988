import { DataError } from '../errors.js';
import type { Graph, GraphNode } from './graph.js';
import { inputsOf, sizeOf, tensorText } from './graph.js';
import { tensorNamed } from './shapes.js';

/**
 * Runs the nodes one after the other; a tensor is let go after its last reader.
 * Shape: nodes in order of execution, as `checkGraph` returns them; input C, H, W.
 * Throws: DataError `shape-mismatch` for an input of another length.
 */
export function execute<Tensor extends { readonly length: number }>(
	graph: Graph,
	input: Tensor,
	evaluate: (node: GraphNode, inputs: readonly Tensor[]) => Tensor,
): Tensor {
	if (input.length !== sizeOf(graph.inputShape)) {
		const expected = `${sizeOf(graph.inputShape)} values (${tensorText(graph.inputShape)})`;
		throw new DataError('shape-mismatch', `${graph.name}: expected an input of ${expected}, got ${input.length}`);
	}
	const lastReader = new Map<string, GraphNode>();
	for (const node of graph.nodes) {
		for (const name of inputsOf(node)) lastReader.set(name, node);
	}
	const tensors = new Map([[graph.input, input]]);
	for (const node of graph.nodes) {
		const names = inputsOf(node);
		const result = evaluate(
			node,
			names.map((name) => tensorNamed(tensors, name)),
		);
		for (const name of names) {
			if (lastReader.get(name) === node && name !== graph.output) tensors.delete(name);
		}
		tensors.set(node.output, result);
	}
	return tensorNamed(tensors, graph.output);
}

import type { Graph, GraphNode, TensorShape } from './graph.js';
import { sizeOf, tensorText } from './graph.js';
import { inferShapes, tensorNamed } from './shapes.js';

/** One line of a network's description. */
export interface LayerDescription {
	readonly name: string;
	readonly kind: GraphNode['kind'];
	/** Of its output. */
	readonly shape: string;
	readonly parameters: number;
	readonly multiplyAdds: number;
	/** Signs that have to be found out. */
	readonly comparisons: number;
}

/** Shape: nodes in order of execution; one line each. */
export function describeNetwork(graph: Graph): LayerDescription[] {
	const shapes = inferShapes(graph);
	return graph.nodes.map((node) => {
		const to = tensorNamed(shapes, node.output);
		return {
			name: node.output,
			kind: node.kind,
			shape: tensorText(to),
			parameters: parametersOf(node),
			multiplyAdds: multiplyAddsOf(node, to),
			comparisons: comparisonsOf(node, to, (name) => tensorNamed(shapes, name)),
		};
	});
}

function parametersOf(node: GraphNode): number {
	if (node.kind === 'scale') return node.factors.length + node.offsets.length;
	return 'weights' in node ? node.weights.length + node.bias.length : 0;
}

function multiplyAddsOf(node: GraphNode, to: TensorShape): number {
	if ('weights' in node) return (node.weights.length / node.outChannels) * sizeOf(to);
	return node.kind === 'scale' || node.kind === 'multiply' ? sizeOf(to) : 0;
}

/** A max-pool takes the largest of each row of a window, then of the rows. */
function comparisonsOf(node: GraphNode, to: TensorShape, shapeOf: (name: string) => TensorShape): number {
	if (node.kind === 'relu') return sizeOf(to);
	if (node.kind !== 'max-pool') return 0;
	const from = shapeOf(node.input);
	const { kernelWidth, kernelHeight } = node.window;
	return (kernelWidth - 1) * from.channels * from.height * to.width + (kernelHeight - 1) * sizeOf(to);
}

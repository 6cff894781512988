import { execute } from './execute.js';
import { gatherValues } from './gather.js';
import type { Graph, GraphNode, TensorShape } from './graph.js';
import { linear } from './linear.js';
import { maxPool, multiplyPlanesInto, sampleCounts, sumPool, wholeWindow } from './pools.js';
import { inferShapes, tensorNamed } from './shapes.js';

/**
 * The network in the clear: float32 weights, float64 arithmetic.
 * Shape: a graph from `checkGraph`; input C, H, W; the result C, H, W.
 * `watch` sees every tensor that a node writes; it is reused by nobody, but must not be changed.
 */
export function runClearFloat(
	graph: Graph,
	input: Float64Array,
	watch: (name: string, values: Float64Array) => void = () => {},
): Float64Array {
	const shapes = inferShapes(graph);
	return execute(graph, input, (node, inputs) => {
		const result = evaluate(node, inputs, (name) => tensorNamed(shapes, name));
		watch(node.output, result);
		return result;
	});
}

function evaluate(
	node: GraphNode,
	inputs: readonly Float64Array[],
	shapeOf: (name: string) => TensorShape,
): Float64Array {
	const to = shapeOf(node.output);
	const [x, second] = inputs;
	switch (node.kind) {
		case 'conv':
		case 'gemm':
			return linear(node, node, x, shapeOf(node.input), to);
		case 'scale': {
			const plane = to.height * to.width;
			const channel = (at: number): number => Math.floor(at / plane);
			return x.map((value, at) => value * node.factors[channel(at)] + node.offsets[channel(at)]);
		}
		case 'add':
			return x.map(node.minus ? (value, at) => value - second[at] : (value, at) => value + second[at]);
		case 'multiply':
			return x.map((value, at) => value * second[at]);
		case 'gather':
			return gatherValues(node, inputs);
		case 'relu':
			return x.map((value) => Math.max(value, 0));
		case 'max-pool':
			return maxPool(x, shapeOf(node.input), to, node.window);
		case 'average-pool': {
			const from = shapeOf(node.input);
			const sums = sumPool(x, from, to, node.window);
			multiplyPlanesInto(
				sums,
				sampleCounts(node, from, to).map((count) => 1 / count),
			);
			return sums;
		}
		case 'global-average-pool': {
			const from = shapeOf(node.input);
			return sumPool(x, from, to, wholeWindow(from)).map((sum) => sum / (from.height * from.width));
		}
		case 'flatten':
			return x;
	}
}

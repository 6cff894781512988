import { checkGraph } from '../../src/core/nn/check-graph.js';
import type { Graph, GraphNode, TensorShape } from '../../src/core/nn/graph.js';
import { windowOf } from '../../src/core/nn/graph.js';

/** A graph that reads `x` of a shape and gives what the last node writes. */
export function graphOf(inputShape: TensorShape, ...nodes: readonly GraphNode[]): Graph {
	return checkGraph(uncheckedGraph(inputShape, ...nodes));
}

export function uncheckedGraph(inputShape: TensorShape, ...nodes: readonly GraphNode[]): Graph {
	return { name: 'small', input: 'x', inputShape, output: nodes.at(-1)?.output ?? 'x', nodes };
}

/** One channel. */
export function plane(height: number, width: number): TensorShape {
	return { channels: 1, height, width };
}

/** 1x1 on one channel: weight x + bias. */
export function pointConv(input: string, output: string, weight: number, bias = 0): GraphNode {
	const values = { weights: Float32Array.of(weight), bias: Float32Array.of(bias) };
	return { kind: 'conv', input, output, outChannels: 1, groups: 1, window: windowOf(1, 1), ...values };
}

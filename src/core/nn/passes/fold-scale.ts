import type { ConvNode, Graph, GraphNode, LinearNode, ScaleNode } from '../graph.js';
import { countReaders, windowOf } from '../graph.js';

/** What training leaves of a batch normalisation. Shape: one value per channel. */
export interface BatchNorm {
	readonly gamma: Float32Array;
	readonly beta: Float32Array;
	readonly mean: Float32Array;
	readonly variance: Float32Array;
	readonly epsilon: number;
}

/**
 * gamma (x - mean) / sqrt(variance + epsilon) + beta as x factors + offsets.
 * Source: Ioffe and Szegedy 2015, algorithm 2.
 */
export function batchNormScale(
	input: string,
	output: string,
	{ gamma, beta, mean, variance, epsilon }: BatchNorm,
): ScaleNode {
	const factors = gamma.map((value, c) => value / Math.sqrt(variance[c] + epsilon));
	const offsets = beta.map((value, c) => value - (mean[c] * gamma[c]) / Math.sqrt(variance[c] + epsilon));
	return { kind: 'scale', input, output, factors, offsets };
}

/**
 * The same network without scales: each is folded into the weights of the layer before it, or, where another node reads
 * that layer too or there is none, becomes a 1x1 convolution of each channel by itself.
 * Shape: nodes in order of execution.
 * Error: one float32 rounding per weight.
 */
export function foldScale(graph: Graph): Graph {
	const readers = countReaders(graph);
	const nodes: GraphNode[] = [];
	for (const node of graph.nodes) {
		if (node.kind !== 'scale') {
			nodes.push(node);
			continue;
		}
		const at = nodes.findIndex((earlier) => earlier.output === node.input);
		const before = at === -1 ? undefined : nodes[at];
		if (before !== undefined && isLinear(before) && readers.get(node.input) === 1) {
			nodes[at] = folded(before, node);
		} else {
			nodes.push(perChannel(node));
		}
	}
	return { ...graph, nodes };
}

function folded(layer: LinearNode, scale: ScaleNode): LinearNode {
	const perOutput = layer.weights.length / layer.outChannels;
	return {
		...layer,
		output: scale.output,
		weights: layer.weights.map((weight, at) => weight * scale.factors[Math.floor(at / perOutput)]),
		bias: layer.bias.map((value, c) => value * scale.factors[c] + scale.offsets[c]),
	};
}

function perChannel({ input, output, factors, offsets }: ScaleNode): ConvNode {
	const channels = factors.length;
	const window = windowOf(1, 1);
	return {
		kind: 'conv',
		input,
		output,
		outChannels: channels,
		groups: channels,
		window,
		weights: factors,
		bias: offsets,
	};
}

function isLinear(node: GraphNode): node is LinearNode {
	return node.kind === 'conv' || node.kind === 'gemm';
}

import { checkGraph } from './check-graph.js';
import type { Graph, GraphNode } from './graph.js';
import { windowOf } from './graph.js';
import type { SeededNumbers } from './seeded-numbers.js';
import { seededNumbers } from './seeded-numbers.js';

export const thesisInput = { channels: 1, height: 100, width: 100 } as const;

/** Channels and kernel of each convolution; none has pads, each is followed by a 2x2 max-pool and a ReLU. */
const convolutions = [
	{ outChannels: 4, side: 7 },
	{ outChannels: 8, side: 5 },
	{ outChannels: 16, side: 3 },
	{ outChannels: 32, side: 3 },
] as const;

/** Channels x 3 x 3 is what the convolutions leave of 100x100. */
const flattened = 32 * 3 * 3;

/**
 * A small face network of four convolutions and two fully connected layers, 3.9 M multiplications, with weights made up
 * from a seed: as large as a trained one, and as useful as none.
 * Shape: 1x100x100 in, a vector of 64 out.
 * Source of the weights: xoshiro128**, uniform with the variance 2 / inputs of He et al. 2015.
 */
export function thesisNetwork(seed = 1): Graph {
	const numbers = seededNumbers(seed);
	const nodes: GraphNode[] = [];
	let input = 'picture';
	let channels: number = thesisInput.channels;
	for (const [i, { outChannels, side }] of convolutions.entries()) {
		const [conv, pool, relu] = ['conv', 'pool', 'relu'].map((kind) => `${kind}${i + 1}`);
		const values = heValues(numbers, outChannels, channels * side * side);
		const window = windowOf(side, side);
		nodes.push(
			{ kind: 'conv', input, output: conv, outChannels, groups: 1, window, ...values },
			{ kind: 'max-pool', input: conv, output: pool, window: windowOf(2, 2, { strideY: 2, strideX: 2 }) },
			{ kind: 'relu', input: pool, output: relu },
		);
		input = relu;
		channels = outChannels;
	}
	nodes.push(
		{ kind: 'flatten', input, output: 'flat' },
		{ kind: 'gemm', input: 'flat', output: 'full1', outChannels: 256, ...heValues(numbers, 256, flattened) },
		{ kind: 'relu', input: 'full1', output: 'relu5' },
		{ kind: 'gemm', input: 'relu5', output: 'embedding', outChannels: 64, ...heValues(numbers, 64, 256) },
	);
	return checkGraph({ name: 'thesis', input: 'picture', inputShape: thesisInput, output: 'embedding', nodes });
}

function heValues(
	numbers: SeededNumbers,
	outChannels: number,
	fanIn: number,
): { readonly weights: Float32Array; readonly bias: Float32Array } {
	const within = (count: number, bound: number): Float32Array =>
		Float32Array.from({ length: count }, () => numbers.nextWithin(bound));
	return {
		weights: within(outChannels * fanIn, Math.sqrt(6 / fanIn)),
		bias: within(outChannels, 1 / Math.sqrt(fanIn)),
	};
}

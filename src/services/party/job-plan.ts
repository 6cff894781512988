import { DataError } from '../../core/errors.js';
import type { Graph, GraphNode, TensorShape, Window } from '../../core/nn/graph.js';
import { sizeOf } from '../../core/nn/graph.js';
import { inferShapes, tensorNamed } from '../../core/nn/shapes.js';
import type { LayerSize } from './program-fields.js';

/** Of a step's working memory, per value of 32 bits: bit planes of products, draws and messages. */
const WORKING_BYTES_PER_VALUE = 320;
/** Rounding of views to whole vectors, for tensors of few values. */
const BYTES_PER_NODE = 4096;
const MAX_ARENA_BYTES = 3 * 2 ** 30;
/** A party does about 2^34 a second and hears nobody meanwhile; a comparison counts as 64. */
const MAX_MULTIPLICATIONS = 2 ** 35;

/**
 * Bytes that a party needs for a program: tensors, weights, and what its largest step works on.
 * Throws: DataError `job-too-large` for more memory, or more work, than a party gives to one job.
 */
export function planArena(graph: Graph, layers: readonly LayerSize[], ringBits: 32 | 64): number {
	const shapes = inferShapes(graph);
	const sizes = [...shapes.values()].map(sizeOf);
	const all = sizes.reduce((sum, size) => sum + size, 0);
	const weights = layers.reduce((sum, layer) => sum + layer.weights + layer.bias, 0);
	let largest = sizes.reduce((most, size) => Math.max(most, size), 0);
	let pools = 0;
	let work = 0;
	for (const node of graph.nodes) {
		const to = tensorNamed(shapes, node.output);
		work += workOf(node, to);
		if (node.kind !== 'max-pool') continue;
		for (const { places, each } of passesOf(node.window, tensorNamed(shapes, node.input), to)) {
			largest = Math.max(largest, Math.floor(places / 2) * each);
			pools = Math.max(pools, places * each);
			work += 64 * (places - 1) * each;
		}
	}
	if (work > MAX_MULTIPLICATIONS) {
		throw new DataError('job-too-large', `the network needs about 2^${Math.ceil(Math.log2(work))} multiplications`, {
			hint: `These parties give a job at most 2^${Math.log2(MAX_MULTIPLICATIONS)}.`,
		});
	}
	const tensors = 24 * all + 24 * weights + 16 * pools + BYTES_PER_NODE * graph.nodes.length;
	const arenaBytes = (ringBits / 32) * (tensors + WORKING_BYTES_PER_VALUE * largest) + 4 * 1024 * 1024;
	if (arenaBytes > MAX_ARENA_BYTES) {
		throw new DataError('job-too-large', `the network needs about ${Math.round(arenaBytes / 2 ** 20)} MB of a party`);
	}
	return arenaBytes;
}

/** As `runMaxPool` does it: the places of each row, then the rows. */
function passesOf(window: Window, from: TensorShape, to: TensorShape): { places: number; each: number }[] {
	return [
		{ places: window.kernelWidth, each: from.channels * from.height * to.width },
		{ places: window.kernelHeight, each: sizeOf(to) },
	];
}

function workOf(node: GraphNode, to: TensorShape): number {
	if (node.kind === 'gemm') return node.weights.length;
	if (node.kind === 'conv') return (node.weights.length / node.outChannels) * sizeOf(to);
	if (node.kind === 'average-pool') return node.window.kernelHeight * node.window.kernelWidth * sizeOf(to);
	return node.kind === 'relu' ? 64 * sizeOf(to) : sizeOf(to);
}

import type { Words } from '../kernels/ring.js';
import { createRing, wordsFrom } from '../mpc/ring.js';
import type { Replicated } from '../mpc/shares.js';
import { type FixedPoint, fixedWeights } from './fixed-point.js';
import type { Graph } from './graph.js';

/** Integers of one layer, as every party knows them. */
export interface PublicWeights {
	readonly kind: 'public';
	readonly weights: Words;
	readonly bias: Words;
}

/** The same on shares, as one party holds them. */
export interface SecretWeights {
	readonly kind: 'secret';
	readonly weights: Replicated;
	readonly bias: Replicated;
}

export type LayerWeights = PublicWeights | SecretWeights;

/**
 * The weights of each conv and gemm as elements of the ring, by the layer's output.
 * Throws: DataError `too-little-headroom` where one does not fit the ring.
 */
export function publicWeights(graph: Graph, fixedPoint: FixedPoint): Map<string, PublicWeights> {
	const ring = createRing(fixedPoint.ringBits);
	const layers = new Map<string, PublicWeights>();
	for (const node of graph.nodes) {
		if (node.kind !== 'conv' && node.kind !== 'gemm') continue;
		const { weights, bias } = fixedWeights(node, fixedPoint);
		layers.set(node.output, { kind: 'public', weights: wordsFrom(ring, weights), bias: wordsFrom(ring, bias) });
	}
	return layers;
}

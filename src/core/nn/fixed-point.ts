import { BugError, DataError } from '../errors.js';
import type { GatherNode, Graph, GraphNode, LinearNode, TensorShape } from './graph.js';
import { sampleCounts } from './pools.js';
import { refusal, tensorNamed } from './shapes.js';

/**
 * How real numbers become integers of the ring Z_2^ringBits.
 * A tensor's value v stands for v / 2^fractionalBits. A layer's weights, and the factor that turns a pool's sum into a
 * mean, carry `weightBits` more; what a node computes is cut down to its output's bits by one truncation.
 */
export interface FixedPoint {
	readonly ringBits: 32 | 64;
	/** By tensor. */
	readonly fractionalBits: ReadonlyMap<string, number>;
	/** By the output of a conv, gemm or average pool. */
	readonly weightBits: ReadonlyMap<string, number>;
}

/** Does the node multiply by something that has bits of its own? */
export function hasWeightBits(node: GraphNode): boolean {
	return ['conv', 'gemm', 'average-pool', 'global-average-pool'].includes(node.kind);
}

/** Does the node multiply, so that what it computes has more fractional bits than what it reads? */
export function isProduct(node: GraphNode): boolean {
	return node.kind === 'multiply' || hasWeightBits(node);
}

/** Fractional bits of what a node computes, before its truncation: an Add shifts the coarser of its inputs left. */
export function naturalBits(node: GraphNode, fixedPoint: FixedPoint): number {
	const bitsOf = (name: string): number => tensorNamed(fixedPoint.fractionalBits, name);
	if (node.kind === 'add') return Math.max(bitsOf(node.left), bitsOf(node.right));
	if (node.kind === 'multiply') return bitsOf(node.left) + bitsOf(node.right);
	if (node.kind === 'gather') return Math.max(...node.inputs.map(bitsOf));
	return bitsOf(node.input) + (hasWeightBits(node) ? tensorNamed(fixedPoint.weightBits, node.output) : 0);
}

/** By how many bits a node's result is truncated; 0 = not at all. */
export function truncationBits(node: GraphNode, fixedPoint: FixedPoint): number {
	return naturalBits(node, fixedPoint) - tensorNamed(fixedPoint.fractionalBits, node.output);
}

/**
 * Throws: DataError `bad-network` for a scale that is still to be folded; BugError for bits that are missing, no whole
 * numbers, grow where nothing is multiplied, or shrink where nothing is truncated: a max-pool, a flatten, a gather.
 */
export function guardFixedPoint(graph: Graph, fixedPoint: FixedPoint): void {
	const guardBits = (name: string, bits: number): void => {
		if (!(Number.isInteger(bits) && bits >= 0 && bits <= fixedPoint.ringBits - 2)) {
			throw new BugError('bad-fixed-point', `${graph.name}: ${name}: ${bits} bits`);
		}
	};
	guardBits(graph.input, tensorNamed(fixedPoint.fractionalBits, graph.input));
	for (const node of graph.nodes) {
		if (node.kind === 'scale') throw refusal(graph, node.output, 'a scale cannot run on integers: fold it first');
		guardBits(node.output, tensorNamed(fixedPoint.fractionalBits, node.output));
		if (hasWeightBits(node)) guardBits(node.output, tensorNamed(fixedPoint.weightBits, node.output));
		const truncation = truncationBits(node, fixedPoint);
		guardBits(node.output, truncation);
		if (['max-pool', 'flatten', 'gather'].includes(node.kind)) guardBits(node.output, -truncation);
	}
}

/** Real values as integers with so many fractional bits, rounded to the nearest, halves up; never -0. */
export function toFixed(values: ArrayLike<number>, bits: number): Float64Array {
	// a callback for each of a network's millions of weights takes ten times as long
	const fixed = new Float64Array(values.length);
	const scale = 2 ** bits;
	for (let i = 0; i < fixed.length; i++) fixed[i] = Math.round(values[i] * scale) + 0;
	return fixed;
}

/** The real values that integers with so many fractional bits stand for. Error: exact. */
export function fromFixed(values: ArrayLike<number>, bits: number): Float64Array {
	return Float64Array.from(values, (value) => value / 2 ** bits);
}

/**
 * A layer's weights and bias as integers: weights with `weightBits`, the bias with those of the product.
 * Throws: DataError `too-little-headroom` where one of them does not fit the ring.
 */
export function fixedWeights(
	node: LinearNode,
	fixedPoint: FixedPoint,
): { readonly weights: Float64Array; readonly bias: Float64Array } {
	const weights = toFixed(node.weights, tensorNamed(fixedPoint.weightBits, node.output));
	const bias = toFixed(node.bias, naturalBits(node, fixedPoint));
	const bound = 2 ** (fixedPoint.ringBits - 1);
	for (const [what, values] of Object.entries({ weights, bias })) {
		for (let i = 0; i < values.length; i++) {
			if (Math.abs(values[i]) < bound) continue;
			const message = `${node.output}: ${what} do not fit a ring of ${fixedPoint.ringBits} bits`;
			throw new DataError('too-little-headroom', message, { hint: 'use fewer fractional bits or a ring of 64 bits' });
		}
	}
	return { weights, bias };
}

/** What a gather puts between values, as an integer with the bits of its output. */
export function fixedFill(node: GatherNode, fixedPoint: FixedPoint): number {
	return Math.round(node.fill * 2 ** naturalBits(node, fixedPoint)) + 0;
}

/**
 * The public factors 2^weightBits / count that turn a pool's sums into means, one per output pixel, rounded.
 * Error: exact where the counts are powers of two up to 2^weightBits.
 */
export function fixedPoolFactors(
	node: GraphNode,
	from: TensorShape,
	to: TensorShape,
	weightBits: number,
): Float64Array {
	const counts = node.kind === 'average-pool' ? sampleCounts(node, from, to) : [from.height * from.width];
	return Float64Array.from(counts, (count) => Math.round(2 ** weightBits / count));
}

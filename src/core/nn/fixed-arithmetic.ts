import type { Words } from '../kernels/ring.js';
import type { FixedPoint } from './fixed-point.js';
import type { GraphNode, TensorShape } from './graph.js';

/** What is known of a run on integers. */
export interface FixedContext {
	readonly fixedPoint: FixedPoint;
	readonly shapes: ReadonlyMap<string, TensorShape>;
}

/** What a node computes. */
export interface Computed<Tensor> {
	/** Values in the ring, before truncation. */
	readonly wrapped: Tensor;
	/** The range of what a rule is asked about, before anything wraps. */
	readonly min: number | bigint;
	readonly max: number | bigint;
}

/** Exact arithmetic of the clear twin in one of the rings. */
export interface FixedArithmetic<Tensor extends { readonly length: number }> {
	fromIntegers(values: Float64Array): Tensor;
	/** Throws: DataError `not-exact`, in 32 bits, for sums of 2^53 and more that it cannot do exactly. */
	compute(node: GraphNode, inputs: readonly Tensor[], context: FixedContext): Computed<Tensor>;
	/** The quotient by 2^bits, rounded down or up. */
	truncate(values: Tensor, bits: number, rounding: 'floor' | 'up'): Tensor;
	/** Error: the nearest float64. */
	numbers(values: Tensor): Float64Array;
	words(values: Tensor): Words;
}

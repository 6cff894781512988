import type { Words } from '../kernels/ring.js';
import { execute } from './execute.js';
import type { FixedArithmetic } from './fixed-arithmetic.js';
import { fixedArithmetic32 } from './fixed-arithmetic-32.js';
import { fixedArithmetic64 } from './fixed-arithmetic-64.js';
import type { FixedPoint } from './fixed-point.js';
import { guardFixedPoint, toFixed, truncationBits } from './fixed-point.js';
import type { Graph, GraphNode } from './graph.js';
import type { NodeRange, RangeRule, SignWindow } from './ranges.js';
import { judgeRange } from './ranges.js';
import { inferShapes, tensorNamed } from './shapes.js';

export interface FixedOptions {
	/**
	 * A truncation on shares gives floor(y / 2^f) or one more, one more only if y is no multiple of 2^f: `floor` and `up`
	 * are its two extremes.
	 */
	readonly rounding?: 'floor' | 'up';
	/** By the output of a ReLU or max-pool: where its signs are read; all bits of the ring else. */
	readonly windows?: ReadonlyMap<string, SignWindow>;
	/** Sees every tensor that a node writes, as integers: the nearest float64 from 2^53 on. */
	readonly watch?: (name: string, values: Float64Array) => void;
}

export interface FixedRun {
	/**
	 * Integers in -2^(ringBits - 1) .. 2^(ringBits - 1) - 1, with the output's fractional bits: the nearest float64 from 2^53
	 * on.
	 */
	readonly output: Float64Array;
	/** The same, exactly. */
	readonly words: Words;
	/** One per node, in order of execution. */
	readonly ranges: readonly NodeRange[];
	/** What the ranges say against the result: one that is not empty means that it is wrong, silently on shares. */
	readonly problems: readonly string[];
}

/**
 * The integer twin of the network on shares: the same products modulo 2^ringBits, the same truncations.
 * Shape: a graph from `checkGraph` with its scales folded; input C, H, W in real numbers.
 * Error: exact, also where products of layers wrap.
 * Throws: DataError `not-exact`, in 32 bits, where a sum of two tensors or of a pool reaches 2^53.
 */
export function runClearFixed(
	graph: Graph,
	fixedPoint: FixedPoint,
	input: ArrayLike<number>,
	options: FixedOptions = {},
): FixedRun {
	guardFixedPoint(graph, fixedPoint);
	return fixedPoint.ringBits === 64
		? runWith(fixedArithmetic64, graph, fixedPoint, input, options)
		: runWith(fixedArithmetic32, graph, fixedPoint, input, options);
}

function runWith<Tensor extends { readonly length: number }>(
	arithmetic: FixedArithmetic<Tensor>,
	graph: Graph,
	fixedPoint: FixedPoint,
	input: ArrayLike<number>,
	{ rounding = 'floor', windows, watch }: FixedOptions,
): FixedRun {
	const context = { fixedPoint, shapes: inferShapes(graph) };
	const ranges: NodeRange[] = [];
	const integers = toFixed(input, tensorNamed(fixedPoint.fractionalBits, graph.input));
	const result = execute(graph, arithmetic.fromIntegers(integers), (node, inputs) => {
		const truncation = truncationBits(node, fixedPoint);
		const window = windows?.get(node.output) ?? defaultWindow(node, fixedPoint.ringBits);
		const rule: RangeRule = { name: node.output, ringBits: fixedPoint.ringBits, truncation, window };
		const { wrapped, min, max } = arithmetic.compute(node, inputs, context);
		ranges.push(judgeRange(min, max, rule));
		const values = truncation === 0 ? wrapped : arithmetic.truncate(wrapped, truncation, rounding);
		watch?.(node.output, arithmetic.numbers(values));
		return values;
	});
	const problems = ranges.flatMap((range) => range.problems);
	return { output: arithmetic.numbers(result), words: arithmetic.words(result), ranges, problems };
}

function defaultWindow(node: GraphNode, ringBits: number): SignWindow | undefined {
	return node.kind === 'relu' || node.kind === 'max-pool' ? { from: 0, to: ringBits } : undefined;
}

import { DataError } from '../errors.js';
import { execute } from './execute.js';
import type { FixedPoint } from './fixed-point.js';
import { fixedPoolFactors, fixedWeights, guardFixedPoint, toFixed, truncationBits } from './fixed-point.js';
import type { Graph, GraphNode, LinearNode, TensorShape } from './graph.js';
import { linear, linearWrapped } from './linear.js';
import { maxPool, multiplyPlanesInto, sumPool, wholeWindow } from './pools.js';
import type { NodeRange, RangeRule, SignWindow } from './ranges.js';
import { extremes, judgeRange } from './ranges.js';
import { inferShapes, tensorNamed } from './shapes.js';

export interface FixedOptions {
	/**
	 * A truncation on shares gives floor(y / 2^f) or one more, one more only if y is no multiple of 2^f: `floor` and `up`
	 * are its two extremes.
	 */
	readonly rounding?: 'floor' | 'up';
	/** By the output of a ReLU or max-pool: where its signs are read; all bits of the ring else. */
	readonly windows?: ReadonlyMap<string, SignWindow>;
	/** Sees every tensor that a node writes, as integers. */
	readonly watch?: (name: string, values: Float64Array) => void;
}

export interface FixedRun {
	/** Integers in -2^(ringBits - 1) .. 2^(ringBits - 1) - 1, with the output's fractional bits. */
	readonly output: Float64Array;
	/** One per node, in order of execution. */
	readonly ranges: readonly NodeRange[];
	/** What the ranges say against the result: one that is not empty means that it is wrong, silently on shares. */
	readonly problems: readonly string[];
}

/**
 * The integer twin of the network on shares: the same products modulo 2^ringBits, the same truncations.
 * Shape: a graph from `checkGraph` with its scales folded; input C, H, W in real numbers.
 * Error: in 32 bits exact, also where values wrap.
 * Throws: DataError `not-exact` where a 64-bit value reaches 2^53.
 */
export function runClearFixed(
	graph: Graph,
	fixedPoint: FixedPoint,
	input: ArrayLike<number>,
	options: FixedOptions = {},
): FixedRun {
	guardFixedPoint(graph, fixedPoint);
	const run: Run = {
		fixedPoint,
		shapes: inferShapes(graph),
		round: options.rounding === 'up' ? Math.ceil : Math.floor,
	};
	const ranges: NodeRange[] = [];
	const integers = toFixed(input, tensorNamed(fixedPoint.fractionalBits, graph.input));
	const output = execute(graph, integers, (node, inputs) => {
		const truncation = truncationBits(node, fixedPoint);
		const window = options.windows?.get(node.output) ?? defaultWindow(node, fixedPoint.ringBits);
		const rule: RangeRule = { name: node.output, ringBits: fixedPoint.ringBits, truncation, window };
		const { wrapped, min, max } = compute(node, inputs, run);
		ranges.push(judgeRange(min, max, rule));
		const result = truncation === 0 ? wrapped : wrapped.map((value) => run.round(value / 2 ** truncation) + 0);
		options.watch?.(node.output, result);
		return result;
	});
	return { output, ranges, problems: ranges.flatMap((range) => range.problems) };
}

interface Run {
	readonly fixedPoint: FixedPoint;
	readonly shapes: ReadonlyMap<string, TensorShape>;
	readonly round: (value: number) => number;
}

/** Values in the ring, before truncation, and the range of what a rule is asked about. */
interface Computed {
	readonly wrapped: Float64Array;
	readonly min: number;
	readonly max: number;
}

function defaultWindow(node: GraphNode, ringBits: number): SignWindow | undefined {
	return node.kind === 'relu' || node.kind === 'max-pool' ? { from: 0, to: ringBits } : undefined;
}

function compute(node: GraphNode, [x, second]: readonly Float64Array[], run: Run): Computed {
	const to = tensorNamed(run.shapes, node.output);
	switch (node.kind) {
		case 'conv':
		case 'gemm':
			return computeLinear(node, x, run);
		case 'add': {
			const [left, right] = [node.left, node.right].map((name) => tensorNamed(run.fixedPoint.fractionalBits, name));
			const [shiftLeft, shiftRight] = [2 ** Math.max(0, right - left), 2 ** Math.max(0, left - right)];
			return wrap(
				x.map((value, at) => value * shiftLeft + second[at] * shiftRight),
				run,
			);
		}
		case 'relu':
			return { wrapped: x.map((value) => Math.max(value, 0)), ...extremes(x) };
		case 'max-pool': {
			const from = tensorNamed(run.shapes, node.input);
			const largest = maxPool(x, from, to, node.window);
			const smallest = maxPool(x.map(negate), from, to, node.window).map(negate);
			const spread = extremes(largest.map((value, at) => value - smallest[at])).max;
			return { wrapped: largest, min: -spread, max: spread };
		}
		case 'average-pool':
		case 'global-average-pool': {
			const from = tensorNamed(run.shapes, node.input);
			const sums = sumPool(x, from, to, node.kind === 'average-pool' ? node.window : wholeWindow(from));
			multiplyPlanesInto(sums, fixedPoolFactors(node, from, to, tensorNamed(run.fixedPoint.weightBits, node.output)));
			return wrap(sums, run);
		}
		default:
			return { wrapped: x, ...extremes(x) };
	}
}

function computeLinear(node: LinearNode, x: Float64Array, run: Run): Computed {
	const from = tensorNamed(run.shapes, node.input);
	const to = tensorNamed(run.shapes, node.output);
	const values = fixedWeights(node, run.fixedPoint);
	const sums = linear(node, values, x, from, to);
	if (largestSum(values, x) < 2 ** 53) return wrap(sums, run);
	if (run.fixedPoint.ringBits === 32) {
		return { wrapped: linearWrapped(node, values, x, from, to), ...extremes(sums) };
	}
	const absolute = { weights: values.weights.map(Math.abs), bias: values.bias.map(Math.abs) };
	guardExact(extremes(linear(node, absolute, x.map(Math.abs), from, to)));
	return wrap(sums, run);
}

/** No sum of products, finished or not, is larger. */
function largestSum(values: { weights: Float64Array; bias: Float64Array }, x: Float64Array): number {
	const perOutput = values.weights.length / values.bias.length;
	return magnitude(values.weights) * magnitude(x) * perOutput + magnitude(values.bias);
}

/** Brings exact integers into the ring: ToInt32 takes them modulo 2^32. */
function wrap(values: Float64Array, { fixedPoint }: Run): Computed {
	const { min, max } = extremes(values);
	guardExact({ min, max });
	return { wrapped: fixedPoint.ringBits === 32 ? values.map((value) => value | 0) : values, min, max };
}

function guardExact({ min, max }: { min: number; max: number }): void {
	if (Math.max(-min, max) < 2 ** 53) return;
	throw new DataError('not-exact', `integers of 2^53 and more (up to ${Math.max(-min, max)}) are not exact here`, {
		hint: 'use fewer fractional bits, or an input in its usual range',
	});
}

function magnitude(values: Float64Array): number {
	const { min, max } = extremes(values);
	return Math.max(-min, max);
}

function negate(value: number): number {
	return -value;
}

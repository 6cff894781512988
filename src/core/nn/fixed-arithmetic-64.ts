import { numbersFrom } from '../mpc/ring.js';
import type { Computed, FixedArithmetic, FixedContext } from './fixed-arithmetic.js';
import { fixedFill, fixedPoolFactors, fixedWeights, naturalBits } from './fixed-point.js';
import type { GatherNode, GraphNode, TensorShape, Window } from './graph.js';
import { sizeOf } from './graph.js';
import { linearExact } from './linear-64.js';
import { wholeWindow } from './pools.js';
import { tensorNamed } from './shapes.js';
import { forEachRun } from './window-runs.js';

/** 64 bits: integers of any size, taken modulo 2^64 where they are stored. */
export const fixedArithmetic64: FixedArithmetic<BigInt64Array> = {
	fromIntegers: (values) => BigInt64Array.from(Array.from(values, BigInt)),
	compute,
	truncate(values, bits, rounding) {
		const by = BigInt(bits);
		return rounding === 'up' ? values.map((value) => -(-value >> by)) : values.map((value) => value >> by);
	},
	numbers: numbersFrom,
	words: (values) => values,
};

function compute(node: GraphNode, inputs: readonly BigInt64Array[], run: FixedContext): Computed<BigInt64Array> {
	const [x, second] = inputs;
	const to = tensorNamed(run.shapes, node.output);
	switch (node.kind) {
		case 'conv':
		case 'gemm':
			return wrap(linearExact(node, fixedWeights(node, run.fixedPoint), x, tensorNamed(run.shapes, node.input), to));
		case 'add': {
			const [left, right] = [node.left, node.right].map((name) => tensorNamed(run.fixedPoint.fractionalBits, name));
			const [shiftLeft, shiftRight] = [Math.max(0, right - left), Math.max(0, left - right)].map(BigInt);
			const sign = node.minus ? -1n : 1n;
			return wrap(Array.from(x, (value, at) => (value << shiftLeft) + sign * (second[at] << shiftRight)));
		}
		case 'multiply':
			return wrap(Array.from(x, (value, at) => value * second[at]));
		case 'gather':
			return computeGather(node, inputs, run);
		case 'relu':
			return { wrapped: x.map((value) => (value > 0n ? value : 0n)), ...extremesOf(x) };
		case 'max-pool':
			return computeMaxPool(x, tensorNamed(run.shapes, node.input), to, node.window);
		case 'average-pool':
		case 'global-average-pool': {
			const from = tensorNamed(run.shapes, node.input);
			const window = node.kind === 'average-pool' ? node.window : wholeWindow(from);
			const factors = fixedPoolFactors(node, from, to, tensorNamed(run.fixedPoint.weightBits, node.output));
			const sums = foldWindows(x, from, to, window, (sum = 0n, value) => sum + value);
			return wrap(sums.map((sum, at) => sum * BigInt(factors[at % factors.length])));
		}
		default:
			return { wrapped: x, ...extremesOf(x) };
	}
}

function computeGather(node: GatherNode, inputs: readonly BigInt64Array[], run: FixedContext): Computed<BigInt64Array> {
	const bits = naturalBits(node, run.fixedPoint);
	const all = inputs.flatMap((values, i) => {
		const shift = BigInt(bits - tensorNamed(run.fixedPoint.fractionalBits, node.inputs[i]));
		return Array.from(values, (value) => value << shift);
	});
	const fill = BigInt(fixedFill(node, run.fixedPoint));
	return wrap(node.indices === undefined ? all : Array.from(node.indices, (at) => (at < 0 ? fill : all[at])));
}

function computeMaxPool(x: BigInt64Array, from: TensorShape, to: TensorShape, window: Window): Computed<BigInt64Array> {
	const largest = foldWindows(x, from, to, window, (most = -(2n ** 63n), value) => (value > most ? value : most));
	const smallest = foldWindows(x, from, to, window, (least = 2n ** 63n, value) => (value < least ? value : least));
	const spread = extremesOf(largest.map((value, at) => value - smallest[at])).max;
	return { wrapped: BigInt64Array.from(largest), min: -spread, max: spread };
}

/** Folds what lies in each window, pads left out. Shape: `from` in, `to` out. */
function foldWindows(
	x: BigInt64Array,
	from: TensorShape,
	to: TensorShape,
	window: Window,
	fold: (result: bigint | undefined, value: bigint) => bigint,
): bigint[] {
	const out = new Array<bigint | undefined>(sizeOf(to));
	forEachRun({ from, to, window, groups: from.channels }, (_, outAt, inAt, count) => {
		for (let j = 0, at = inAt; j < count; j++, at += window.strideX) out[outAt + j] = fold(out[outAt + j], x[at]);
	});
	return Array.from(out, (value) => value ?? 0n);
}

/** A store into words takes the values modulo 2^64. */
function wrap(values: readonly bigint[]): Computed<BigInt64Array> {
	return { wrapped: BigInt64Array.from(values), ...extremesOf(values) };
}

/** Smallest and largest of values; 0 and 0 for none. */
function extremesOf(values: Iterable<bigint>): { readonly min: bigint; readonly max: bigint } {
	let [min, max]: [bigint | undefined, bigint | undefined] = [undefined, undefined];
	for (const value of values) {
		if (min === undefined || value < min) min = value;
		if (max === undefined || value > max) max = value;
	}
	return { min: min ?? 0n, max: max ?? 0n };
}

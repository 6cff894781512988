import { DataError } from '../errors.js';
import type { Computed, FixedArithmetic, FixedContext } from './fixed-arithmetic.js';
import { fixedFill, fixedPoolFactors, fixedWeights, naturalBits } from './fixed-point.js';
import { gatherValues } from './gather.js';
import type { GatherNode, GraphNode, LinearNode } from './graph.js';
import { linear, linearWrapped } from './linear.js';
import { maxPool, multiplyPlanesInto, sumPool, wholeWindow } from './pools.js';
import { extremes } from './ranges.js';
import { tensorNamed } from './shapes.js';

/** 32 bits: integers as float64, which hold every sum below 2^53; products beyond are taken modulo 2^32. */
export const fixedArithmetic32: FixedArithmetic<Float64Array> = {
	fromIntegers: (values) => values,
	compute,
	truncate(values, bits, rounding) {
		const round = rounding === 'up' ? Math.ceil : Math.floor;
		return values.map((value) => round(value / 2 ** bits) + 0);
	},
	numbers: (values) => values,
	words: (values) => Int32Array.from(values),
};

function compute(node: GraphNode, inputs: readonly Float64Array[], run: FixedContext): Computed<Float64Array> {
	const [x, second] = inputs;
	const to = tensorNamed(run.shapes, node.output);
	switch (node.kind) {
		case 'conv':
		case 'gemm':
			return computeLinear(node, x, run);
		case 'add': {
			const [left, right] = [node.left, node.right].map((name) => tensorNamed(run.fixedPoint.fractionalBits, name));
			const [shiftLeft, shiftRight] = [2 ** Math.max(0, right - left), 2 ** Math.max(0, left - right)];
			const signed = node.minus ? -shiftRight : shiftRight;
			return wrap(x.map((value, at) => value * shiftLeft + second[at] * signed));
		}
		case 'multiply':
			return {
				wrapped: x.map((value, at) => Math.imul(value, second[at])),
				...extremes(x.map((value, at) => value * second[at])),
			};
		case 'gather':
			return computeGather(node, inputs, run);
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
			return wrap(sums);
		}
		default:
			return { wrapped: x, ...extremes(x) };
	}
}

/** The coarser inputs are shifted left, as in a sum. */
function computeGather(node: GatherNode, inputs: readonly Float64Array[], run: FixedContext): Computed<Float64Array> {
	const bits = naturalBits(node, run.fixedPoint);
	const shifted = inputs.map((values, i) => {
		const shift = 2 ** (bits - tensorNamed(run.fixedPoint.fractionalBits, node.inputs[i]));
		return shift === 1 ? values : values.map((value) => value * shift);
	});
	return wrap(gatherValues({ ...node, fill: fixedFill(node, run.fixedPoint) }, shifted));
}

function computeLinear(node: LinearNode, x: Float64Array, run: FixedContext): Computed<Float64Array> {
	const from = tensorNamed(run.shapes, node.input);
	const to = tensorNamed(run.shapes, node.output);
	const values = fixedWeights(node, run.fixedPoint);
	const sums = linear(node, values, x, from, to);
	if (largestSum(values, x) < 2 ** 53) return wrap(sums);
	return { wrapped: linearWrapped(node, values, x, from, to), ...extremes(sums) };
}

/** No sum of products, finished or not, is larger. */
function largestSum(values: { weights: Float64Array; bias: Float64Array }, x: Float64Array): number {
	const perOutput = values.weights.length / values.bias.length;
	return magnitude(values.weights) * magnitude(x) * perOutput + magnitude(values.bias);
}

/** Brings exact integers into the ring: ToInt32 takes them modulo 2^32. */
function wrap(values: Float64Array): Computed<Float64Array> {
	const { min, max } = extremes(values);
	const most = Math.max(-min, max);
	if (most >= 2 ** 53) {
		throw new DataError('not-exact', `integers of 2^53 and more (up to ${most}) are not exact here`, {
			hint: 'use fewer fractional bits, or an input in its usual range',
		});
	}
	return { wrapped: values.map((value) => value | 0), min, max };
}

function magnitude(values: Float64Array): number {
	const { min, max } = extremes(values);
	return Math.max(-min, max);
}

function negate(value: number): number {
	return -value;
}

import type { LinearNode, TensorShape } from './graph.js';
import { sizeOf, windowOf } from './graph.js';
import { forEachRun } from './window-runs.js';

/** Weights and bias as numbers of one kind: the network's own, or rounded to integers. */
export interface LinearValues {
	readonly weights: Float32Array | Float64Array;
	readonly bias: Float32Array | Float64Array;
}

/**
 * weights x + bias in float64.
 * Error: exact where the values are integers and every sum stays below 2^53; rounded to 53 bits else.
 */
export function linear(
	node: LinearNode,
	{ weights, bias }: LinearValues,
	x: Float64Array,
	from: TensorShape,
	to: TensorShape,
): Float64Array {
	const out = new Float64Array(sizeOf(to));
	if (node.kind === 'gemm') {
		for (let o = 0, at = 0; o < out.length; o++) {
			let sum = bias[o];
			for (let c = 0; c < x.length; c++, at++) sum += weights[at] * x[c];
			out[o] = sum;
		}
		return out;
	}
	fillWithBias(out, bias);
	const step = node.window.strideX;
	forEachRun({ from, to, window: node.window, groups: node.groups }, (weightAt, outAt, inAt, count) => {
		const weight = weights[weightAt];
		if (weight === 0) return;
		for (let j = 0, at = inAt; j < count; j++, at += step) out[outAt + j] += weight * x[at];
	});
	return out;
}

/** The same of integers in Z_2^32: every product and sum wraps. */
export function linearWrapped(
	node: LinearNode,
	{ weights, bias }: LinearValues,
	x: Float64Array,
	from: TensorShape,
	to: TensorShape,
): Float64Array {
	const out = new Int32Array(sizeOf(to));
	fillWithBias(out, bias);
	const window = node.kind === 'conv' ? node.window : windowOf(1, 1);
	const groups = node.kind === 'conv' ? node.groups : 1;
	forEachRun({ from, to, window, groups }, (weightAt, outAt, inAt, count) => {
		const weight = weights[weightAt];
		for (let j = 0, at = inAt; j < count; j++, at += window.strideX) out[outAt + j] += Math.imul(weight, x[at]);
	});
	return Float64Array.from(out);
}

/** Float64 values beyond the ring wrap into an Int32Array as they are stored. */
function fillWithBias(out: Float64Array | Int32Array, bias: Float32Array | Float64Array): void {
	const plane = out.length / bias.length;
	for (let o = 0; o < bias.length; o++) out.fill(bias[o], o * plane, (o + 1) * plane);
}

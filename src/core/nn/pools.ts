import type { AveragePoolNode, TensorShape, Window } from './graph.js';
import { sizeOf, windowOf } from './graph.js';
import { forEachRun } from './window-runs.js';

/** The largest value in each window; pads are no values. Shape: `from` in, `to` out. */
export function maxPool(x: Float64Array, from: TensorShape, to: TensorShape, window: Window): Float64Array {
	const out = new Float64Array(sizeOf(to)).fill(Number.NEGATIVE_INFINITY);
	forEachRun({ from, to, window, groups: from.channels }, (_, outAt, inAt, count) => {
		for (let j = 0, at = inAt; j < count; j++, at += window.strideX) {
			if (x[at] > out[outAt + j]) out[outAt + j] = x[at];
		}
	});
	return out;
}

/** The sum of each window; pads are zeros. Shape: `from` in, `to` out. */
export function sumPool(x: Float64Array, from: TensorShape, to: TensorShape, window: Window): Float64Array {
	const out = new Float64Array(sizeOf(to));
	forEachRun({ from, to, window, groups: from.channels }, (_, outAt, inAt, count) => {
		for (let j = 0, at = inAt; j < count; j++, at += window.strideX) out[outAt + j] += x[at];
	});
	return out;
}

/** How many samples each mean of one channel is taken over. Shape: to.height x to.width. */
export function sampleCounts(node: AveragePoolNode, from: TensorShape, to: TensorShape): Float64Array {
	const { kernelHeight, kernelWidth } = node.window;
	const onePlane = { channels: 1, height: to.height, width: to.width };
	if (node.countIncludePad) return new Float64Array(sizeOf(onePlane)).fill(kernelHeight * kernelWidth);
	const ones = new Float64Array(from.height * from.width).fill(1);
	return sumPool(ones, { channels: 1, height: from.height, width: from.width }, onePlane, node.window);
}

/** The window of a global pool: the whole picture. */
export function wholeWindow(from: TensorShape): Window {
	return windowOf(from.height, from.width);
}

/** values[c, i] factors[i], in place; `factors` is one plane. */
export function multiplyPlanesInto(values: Float64Array, factors: Float64Array): void {
	for (let at = 0; at < values.length; at++) values[at] *= factors[at % factors.length];
}

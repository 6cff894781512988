import type { Graph, GraphNode, LinearNode, TensorShape, Window } from './graph.js';
import { inferShapes, tensorNamed } from './shapes.js';

/** Bounds on the values of each channel. */
export interface Interval {
	readonly low: Float64Array;
	readonly high: Float64Array;
}

/**
 * Bounds of every tensor for inputs in [min, max], by interval arithmetic per channel: no input exceeds them, few come
 * near them.
 * Shape: nodes in order of execution.
 */
export function channelIntervals(
	graph: Graph,
	input: { readonly min: number; readonly max: number },
): ReadonlyMap<string, Interval> {
	const shapes = inferShapes(graph);
	const { channels } = graph.inputShape;
	const fill = (value: number): Float64Array => new Float64Array(channels).fill(value);
	const intervals = new Map<string, Interval>([[graph.input, { low: fill(input.min), high: fill(input.max) }]]);
	for (const node of graph.nodes) {
		intervals.set(
			node.output,
			intervalOf(
				node,
				(name) => tensorNamed(intervals, name),
				(name) => tensorNamed(shapes, name),
			),
		);
	}
	return intervals;
}

function intervalOf(
	node: GraphNode,
	known: (name: string) => Interval,
	shapeOf: (name: string) => TensorShape,
): Interval {
	if (node.kind === 'add') {
		const [left, right] = [known(node.left), known(node.right)];
		return { low: left.low.map((v, c) => v + right.low[c]), high: left.high.map((v, c) => v + right.high[c]) };
	}
	const x = known(node.input);
	switch (node.kind) {
		case 'conv':
			return linearInterval(node, hasPads(node.window) ? withZero(x) : x, x.low.length / node.groups, node.groups);
		case 'gemm':
			return linearInterval(node, x, x.low.length, 1);
		case 'scale': {
			const ends = [x.low, x.high].map((end) => end.map((v, c) => v * node.factors[c] + node.offsets[c]));
			return {
				low: ends[0].map((v, c) => Math.min(v, ends[1][c])),
				high: ends[0].map((v, c) => Math.max(v, ends[1][c])),
			};
		}
		case 'relu':
			return { low: x.low.map((v) => Math.max(v, 0)), high: x.high.map((v) => Math.max(v, 0)) };
		case 'average-pool':
			return node.countIncludePad && hasPads(node.window) ? withZero(x) : x;
		case 'max-pool':
		case 'global-average-pool':
			return x;
		case 'flatten': {
			const { height, width } = shapeOf(node.input);
			const spread = (ends: Float64Array): Float64Array =>
				Float64Array.from({ length: ends.length * height * width }, (_, at) => ends[Math.floor(at / (height * width))]);
			return { low: spread(x.low), high: spread(x.high) };
		}
	}
}

/** A positive weight takes the end that its bound is about, a negative one the other end. */
function linearInterval(node: LinearNode, x: Interval, inPerGroup: number, groups: number): Interval {
	const low = Float64Array.from(node.bias);
	const high = Float64Array.from(node.bias);
	const perOutput = node.weights.length / node.outChannels;
	const taps = perOutput / inPerGroup;
	for (let o = 0; o < node.outChannels; o++) {
		const firstChannel = Math.floor(o / (node.outChannels / groups)) * inPerGroup;
		for (let k = 0; k < perOutput; k++) {
			const weight = node.weights[o * perOutput + k];
			const channel = firstChannel + Math.floor(k / taps);
			low[o] += weight * (weight > 0 ? x.low : x.high)[channel];
			high[o] += weight * (weight > 0 ? x.high : x.low)[channel];
		}
	}
	return { low, high };
}

function withZero({ low, high }: Interval): Interval {
	return { low: low.map((v) => Math.min(v, 0)), high: high.map((v) => Math.max(v, 0)) };
}

function hasPads({ padTop, padLeft, padBottom, padRight }: Window): boolean {
	return padTop + padLeft + padBottom + padRight > 0;
}

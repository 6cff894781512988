import type { GatherNode, Graph, GraphNode, LinearNode, TensorShape, Window } from './graph.js';
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
		const [low, high] = node.minus ? [right.high.map(negate), right.low.map(negate)] : [right.low, right.high];
		return { low: left.low.map((v, c) => v + low[c]), high: left.high.map((v, c) => v + high[c]) };
	}
	if (node.kind === 'multiply') return productInterval(known(node.left), known(node.right), node.left === node.right);
	if (node.kind === 'gather') return gatherInterval(node, known, shapeOf);
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
		case 'flatten':
			return spreadInterval(x, shapeOf(node.input));
	}
}

/** The ends of a product lie among the products of the ends; a square is not negative. */
function productInterval(a: Interval, b: Interval, isSquare: boolean): Interval {
	const ends = [a.low, a.high].flatMap((x) => [b.low, b.high].map((y) => x.map((v, c) => v * y[c])));
	const low = ends[0].map((_, c) => (isSquare && a.low[c] <= 0 && a.high[c] >= 0 ? 0 : least(ends, c)));
	return { low, high: ends[0].map((_, c) => Math.max(...ends.map((end) => end[c]))) };
}

function least(ends: readonly Float64Array[], channel: number): number {
	return Math.min(...ends.map((end) => end[channel]));
}

/** Each channel takes the bounds of all that moves into it. */
function gatherInterval(
	{ inputs, output, indices, fill }: GatherNode,
	known: (name: string) => Interval,
	shapeOf: (name: string) => TensorShape,
): Interval {
	const spread = inputs.map((name) => spreadInterval(known(name), shapeOf(name)));
	const [low, high] = [spread.flatMap((x) => Array.from(x.low)), spread.flatMap((x) => Array.from(x.high))];
	const { channels, height, width } = shapeOf(output);
	const result = {
		low: new Float64Array(channels).fill(Number.POSITIVE_INFINITY),
		high: new Float64Array(channels).fill(Number.NEGATIVE_INFINITY),
	};
	const plane = height * width;
	for (let at = 0; at < channels * plane; at++) {
		const channel = Math.floor(at / plane);
		const index = indices === undefined ? at : indices[at];
		result.low[channel] = Math.min(result.low[channel], index < 0 ? fill : low[index]);
		result.high[channel] = Math.max(result.high[channel], index < 0 ? fill : high[index]);
	}
	return result;
}

/** Of each value, as those of its channel. */
function spreadInterval({ low, high }: Interval, { height, width }: TensorShape): Interval {
	const spread = (ends: Float64Array): Float64Array =>
		Float64Array.from({ length: ends.length * height * width }, (_, at) => ends[Math.floor(at / (height * width))]);
	return { low: spread(low), high: spread(high) };
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

function negate(value: number): number {
	return -value;
}

function withZero({ low, high }: Interval): Interval {
	return { low: low.map((v) => Math.min(v, 0)), high: high.map((v) => Math.max(v, 0)) };
}

function hasPads({ padTop, padLeft, padBottom, padRight }: Window): boolean {
	return padTop + padLeft + padBottom + padRight > 0;
}

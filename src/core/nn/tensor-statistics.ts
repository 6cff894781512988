import { runClearFloat } from './clear-float.js';
import type { Graph } from './graph.js';
import { channelIntervals } from './intervals.js';

/** How large a tensor's values are: |v| at most, and the root of their mean square. */
export interface TensorStatistics {
	readonly largest: number;
	readonly rootMeanSquare: number;
}

/**
 * Of every tensor, over sample inputs in the clear.
 * Shape: each sample C, H, W.
 */
export function sampleStatistics(
	graph: Graph,
	samples: readonly Float64Array[],
): ReadonlyMap<string, TensorStatistics> {
	const sums = new Map<string, { largest: number; squares: number; count: number }>();
	const add = (name: string, values: Float64Array): void => {
		const sum = sums.get(name) ?? { largest: 0, squares: 0, count: 0 };
		for (const value of values) {
			sum.largest = Math.max(sum.largest, Math.abs(value));
			sum.squares += value * value;
		}
		sum.count += values.length;
		sums.set(name, sum);
	};
	for (const sample of samples) {
		add(graph.input, sample);
		runClearFloat(graph, sample, add);
	}
	return new Map(
		[...sums].map(([name, { largest, squares, count }]) => [
			name,
			{ largest, rootMeanSquare: Math.sqrt(squares / count) },
		]),
	);
}

/**
 * Of every tensor, without samples: bounds that no input within [min, max] exceeds; the mean square as if the values lay
 * evenly within them.
 * Bound: safe and loose, looser with every layer: what is calibrated for them never leaves its range, but a deep network
 * keeps few fractional bits.
 */
export function boundStatistics(
	graph: Graph,
	input: { readonly min: number; readonly max: number },
): ReadonlyMap<string, TensorStatistics> {
	const statistics = new Map<string, TensorStatistics>();
	for (const [name, { low, high }] of channelIntervals(graph, input)) {
		let largest = 0;
		let squares = 0;
		for (let c = 0; c < low.length; c++) {
			largest = Math.max(largest, -low[c], high[c]);
			squares += (low[c] * low[c] + low[c] * high[c] + high[c] * high[c]) / 3;
		}
		statistics.set(name, { largest, rootMeanSquare: Math.sqrt(squares / low.length) });
	}
	return statistics;
}

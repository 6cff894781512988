import { execute } from '../../../src/core/nn/execute.js';
import {
	fixedFill,
	fixedPoolFactors,
	fixedWeights,
	hasWeightBits,
	naturalBits,
	toFixed,
	truncationBits,
} from '../../../src/core/nn/fixed-point.js';
import { gatherValues } from '../../../src/core/nn/gather.js';
import type { GraphNode, LinearNode, TensorShape } from '../../../src/core/nn/graph.js';
import { linear } from '../../../src/core/nn/linear.js';
import { maxPool, multiplyPlanesInto, sumPool, wholeWindow } from '../../../src/core/nn/pools.js';
import type { SecureProgram } from '../../../src/core/nn/secure.js';
import { inferShapes, tensorNamed } from '../../../src/core/nn/shapes.js';

/** The least and the greatest integers that the stated rounding lets come out. */
export interface FixedBounds {
	readonly low: Float64Array;
	readonly high: Float64Array;
}

/**
 * Interval arithmetic over every choice that a run on shares has: each truncation gives floor(y / 2^f) or, where that is
 * not exact, one more; a sign may call 0 <= x <= 2^from - 2 negative. No value may leave its range.
 */
export function fixedBounds({ graph, fixedPoint, windows }: SecureProgram, input: Float64Array): FixedBounds {
	const shapes = inferShapes(graph);
	const known = new Map<string, FixedBounds>();
	const start = toFixed(input, tensorNamed(fixedPoint.fractionalBits, graph.input));
	known.set(graph.input, { low: start, high: start });
	execute(graph, start, (node) => {
		const bounds = boundsBefore(node);
		const divisor = 2 ** truncationBits(node, fixedPoint);
		const low = bounds.low.map((value) => Math.floor(value / divisor));
		const high = bounds.high.map((value) => Math.ceil(value / divisor));
		known.set(node.output, { low, high });
		return low;
	});
	return tensorNamed(known, graph.output);

	function boundsBefore(node: GraphNode): FixedBounds {
		const to = tensorNamed(shapes, node.output);
		if (node.kind === 'add') {
			const [left, right] = [node.left, node.right].map((name) => ({
				...tensorNamed(known, name),
				bits: tensorNamed(fixedPoint.fractionalBits, name),
			}));
			const [a, b] = [2 ** Math.max(0, right.bits - left.bits), 2 ** Math.max(0, left.bits - right.bits)];
			const [low, high, c] = node.minus ? [right.high, right.low, -b] : [right.low, right.high, b];
			return {
				low: left.low.map((value, i) => value * a + low[i] * c),
				high: left.high.map((value, i) => value * a + high[i] * c),
			};
		}
		if (node.kind === 'multiply') {
			const [left, right] = [tensorNamed(known, node.left), tensorNamed(known, node.right)];
			const ends = [left.low, left.high].flatMap((x) => [right.low, right.high].map((y) => x.map((v, i) => v * y[i])));
			const most = (pick: (...values: number[]) => number): Float64Array =>
				ends[0].map((_, i) => pick(...ends.map((end) => end[i])));
			return { low: most(Math.min), high: most(Math.max) };
		}
		if (node.kind === 'gather') {
			const move = (end: 'low' | 'high'): Float64Array => {
				const shifted = node.inputs.map((name) => {
					const shift = naturalBits(node, fixedPoint) - tensorNamed(fixedPoint.fractionalBits, name);
					return tensorNamed(known, name)[end].map((value) => value * 2 ** shift);
				});
				return gatherValues({ ...node, fill: fixedFill(node, fixedPoint) }, shifted);
			};
			return { low: move('low'), high: move('high') };
		}
		const x = tensorNamed(known, node.input);
		const from = tensorNamed(shapes, node.input);
		if (node.kind === 'conv' || node.kind === 'gemm') return linearBounds(node, x, from, to);
		if (node.kind === 'relu') {
			const missed = 2 ** (windows.get(node.output)?.from ?? 0) - 2;
			return {
				low: x.low.map((value) => (value <= missed ? 0 : Math.max(0, value))),
				high: x.high.map((value) => Math.max(0, value)),
			};
		}
		if (node.kind === 'max-pool') return both(x, (ends) => maxPool(ends, from, to, node.window));
		if (!hasWeightBits(node)) return x;
		const factors = fixedPoolFactors(node, from, to, tensorNamed(fixedPoint.weightBits, node.output));
		return both(x, (ends) => {
			const sums = sumPool(ends, from, to, node.kind === 'average-pool' ? node.window : wholeWindow(from));
			multiplyPlanesInto(sums, factors);
			return sums;
		});
	}

	/** A positive weight takes the end that the bound is about, a negative one the other. */
	function linearBounds(node: LinearNode, x: FixedBounds, from: TensorShape, to: TensorShape): FixedBounds {
		const { weights, bias } = fixedWeights(node, fixedPoint);
		const positive = { weights: weights.map((weight) => Math.max(weight, 0)), bias };
		const negative = { weights: weights.map((weight) => Math.min(weight, 0)), bias: bias.map(() => 0) };
		const end = (same: Float64Array, other: Float64Array): Float64Array => {
			const rest = linear(node, negative, other, from, to);
			return linear(node, positive, same, from, to).map((value, i) => value + rest[i]);
		};
		return { low: end(x.low, x.high), high: end(x.high, x.low) };
	}
}

function both({ low, high }: FixedBounds, map: (ends: Float64Array) => Float64Array): FixedBounds {
	return { low: map(low), high: map(high) };
}

import { isProduct } from '../fixed-point.js';
import type { Graph, GraphNode, LinearNode } from '../graph.js';
import { inputsOf } from '../graph.js';
import { inferShapes, tensorNamed } from '../shapes.js';
import type { TensorStatistics } from '../tensor-statistics.js';

/** The room that calibration hands out. */
export interface Budget {
	readonly ringBits: 32 | 64;
	/** log2 that the largest integers may reach. */
	readonly bits: number;
	readonly maxActivationBits: number;
	readonly maxWeightBits: number;
	readonly maxPoolOn: 'products' | 'activations';
	readonly statistics: ReadonlyMap<string, TensorStatistics>;
}

/** What the readers of tensors ask for; a name that is missing is asked nothing. */
export interface Wishes {
	/** At most so many fractional bits, or a product behind it leaves its range. */
	readonly must: ReadonlyMap<string, number>;
	/** So many bits are enough for what comes of the tensor in the end. */
	readonly wish: ReadonlyMap<string, number>;
	/** By node with weights: fractional bits of its product at most, and bits of its weights at most. */
	readonly room: ReadonlyMap<string, { readonly bits: number; readonly weightBits: number }>;
}

/** Largest |value| of a tensor; a tensor of zeros counts as the smallest positive value that is told apart. */
export function largestOf(budget: Budget, name: string): number {
	return Math.max(tensorNamed(budget.statistics, name).largest, 2 ** -20);
}

/**
 * Asks from the output back to the input. A product stays untruncated through a sum up to the ReLU that truncates it
 * together with its sign; what reads products again is asked how many bits it can take.
 */
export function collectWishes(graph: Graph, budget: Budget): Wishes {
	const must = new Map<string, number>();
	const wish = new Map<string, number>();
	const room = new Map<string, { bits: number; weightBits: number }>();
	// The largest value that is reached at a tensor's own scale: its own, or that of a sum that takes it as it is.
	const reach = new Map<string, number>();
	const shapes = inferShapes(graph);
	for (const node of graph.nodes.toReversed()) {
		const out = node.output;
		const reached = Math.max(largestOf(budget, out), must.has(out) ? 0 : (reach.get(out) ?? 0));
		const bits = bitsFor(reached, budget);
		const asked = ask(node, bits, must.get(out), wish.get(out), budget, (name) => {
			const { height, width } = tensorNamed(shapes, name);
			return height * width;
		});
		if (asked.room !== undefined) room.set(out, asked.room);
		for (const name of inputsOf(node)) {
			lower(must, name, asked.must);
			lower(wish, name, asked.wish);
			if (!isProduct(node) && !must.has(out)) reach.set(name, Math.max(reach.get(name) ?? 0, reached));
		}
	}
	return { must, wish, room };
}

interface Asked {
	readonly must?: number | undefined;
	readonly wish?: number | undefined;
	readonly room?: { readonly bits: number; readonly weightBits: number };
}

function ask(
	node: GraphNode,
	bits: number,
	must: number | undefined,
	wish: number | undefined,
	budget: Budget,
	planeOf: (name: string) => number,
): Asked {
	switch (node.kind) {
		case 'conv':
		case 'gemm':
			return askLinear(node, bits, budget);
		case 'average-pool':
		case 'global-average-pool': {
			const count =
				node.kind === 'average-pool' ? node.window.kernelHeight * node.window.kernelWidth : planeOf(node.input);
			const weightBits = meanBits(count);
			const most = Math.min(must ?? wish ?? budget.maxActivationBits, budget.maxActivationBits);
			const own = Math.max(0, Math.min(most, bits - weightBits));
			return { must: own, wish: own, room: { bits, weightBits } };
		}
		case 'add':
			return { must: must === undefined ? undefined : Math.max(0, Math.min(must, bits)), wish };
		case 'multiply': {
			const largest = Math.max(largestOf(budget, node.left), largestOf(budget, node.right));
			const most = Math.min(bitsFor(largest, budget), atLeastEight(budget.maxActivationBits, largest));
			const own = Math.max(0, Math.min(Math.floor(bits / 2), most));
			return { must: own, wish: own };
		}
		case 'relu':
			return { wish: wish ?? must };
		case 'max-pool':
			return { must: budget.maxPoolOn === 'products' ? must : (must ?? wish), wish };
		default:
			return { must, wish };
	}
}

/**
 * Rounding activations to fa bits errs by 2^-fa rms(w) per product, rounding weights to fw bits by 2^-fw rms(x): with
 * fa + fw given, both weigh alike at fa - fw = log2(rms(w) / rms(x)).
 */
function askLinear(node: LinearNode, bits: number, budget: Budget): Asked {
	const { largest, rootMeanSquare } = tensorNamed(budget.statistics, node.input);
	let squares = 0;
	let largestWeight = 0;
	for (const weight of node.weights) {
		squares += weight * weight;
		largestWeight = Math.max(largestWeight, Math.abs(weight));
	}
	const ratio = Math.sqrt(squares / node.weights.length) / rootMeanSquare;
	const balance = Number.isFinite(ratio) && ratio > 0 ? Math.log2(ratio) : 0;
	const weightBits = Math.min(bitsFor(largestWeight, budget), atLeastEight(budget.maxWeightBits, largestWeight));
	const most = Math.min(bitsFor(largest, budget), atLeastEight(budget.maxActivationBits, largest));
	const own = Math.max(0, Math.min(Math.round((bits + balance) / 2), most));
	return { must: own, wish: own, room: { bits, weightBits } };
}

/** Fractional bits with which a value fills the budget; no more than the budget where it is below 1. */
function bitsFor(value: number, budget: Budget): number {
	return Math.floor(budget.bits - Math.max(0, Math.log2(value)));
}

/** So many fractional bits, or as many as leave the largest of small values 8 bits. */
function atLeastEight(maxBits: number, largest: number): number {
	return largest > 0 ? Math.max(maxBits, Math.ceil(8 - Math.log2(largest))) : maxBits;
}

/**
 * A power of two divides exactly; else 8 bits more than the count has, for an error of 2^-9 at most. One bit for a mean of
 * one, so that every mean is truncated.
 */
function meanBits(count: number): number {
	const whole = Math.ceil(Math.log2(count));
	return 2 ** whole === count ? Math.max(1, whole) : whole + 8;
}

function lower(map: Map<string, number>, name: string, value: number | undefined): void {
	if (value !== undefined) map.set(name, Math.min(value, map.get(name) ?? value));
}

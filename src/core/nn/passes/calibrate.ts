import { BugError, DataError } from '../../errors.js';
import type { FixedPoint } from '../fixed-point.js';
import { hasWeightBits, naturalBits, truncationBits } from '../fixed-point.js';
import type { AveragePoolNode, Graph, GraphNode, MultiplyNode, PlainNode } from '../graph.js';
import { inputsOf } from '../graph.js';
import { tensorNamed } from '../shapes.js';
import type { TensorStatistics } from '../tensor-statistics.js';
import type { Budget } from './bit-wishes.js';
import { collectWishes, largestOf } from './bit-wishes.js';

export interface CalibrationOptions {
	readonly ringBits?: 32 | 64;
	/** Bits between the largest value seen and the bound of a truncation, 2^(ringBits - 2): 2 of 32, 12 of 64. */
	readonly headroomBits?: number;
	/** More fractional bits are not used even if there is room, but for 8 of the largest of small values: each costs gates in every sign. */
	readonly maxActivationBits?: number;
	readonly maxWeightBits?: number;
	/** Whether a max-pool compares products as they are, which saves truncations, or truncates first, for shorter signs. */
	readonly maxPoolOn?: 'products' | 'activations';
}

export const calibrationDefaults = {
	ringBits: 32,
	maxActivationBits: 12,
	maxWeightBits: 14,
	maxPoolOn: 'products',
} as const;

/** Bits of headroom that calibration leaves unless told otherwise. */
export const leastHeadroomBits = { 32: 2, 64: 12 } as const;

/** What one node leaves unused of its range. */
export interface NodeHeadroom {
	readonly name: string;
	readonly kind: GraphNode['kind'];
	/** Largest |value| seen or bounded, in real numbers. */
	readonly largest: number;
	/** Fractional bits before and after truncation. */
	readonly naturalBits: number;
	readonly fractionalBits: number;
	/** Bits between the largest value before truncation and 2^(ringBits - 2). */
	readonly headroomBits: number;
}

export interface Calibration {
	readonly fixedPoint: FixedPoint;
	/** One per node, in order of execution. */
	readonly nodes: readonly NodeHeadroom[];
	/** The least of them. */
	readonly headroomBits: number;
}

/**
 * Chooses fractional bits for every tensor and layer, so that the largest values leave the headroom asked for, and the
 * rounding of activations and of weights weigh alike.
 * Shape: a graph from `checkGraph` with its scales folded, and statistics of each of its tensors.
 * Bound: holds for inputs like the samples, or within the interval, that the statistics come from; others can leave it.
 * Throws: DataError `too-little-headroom` where weights would keep fewer than 4 bits.
 */
export function calibrate(
	graph: Graph,
	statistics: ReadonlyMap<string, TensorStatistics>,
	options: CalibrationOptions = {},
): Calibration {
	const settings = { ...calibrationDefaults, ...options };
	const limitBits = settings.ringBits - 2;
	// the wide ring is taken for its range: what fractional bits do not need is left to values larger than the samples'
	const wanted = settings.headroomBits ?? leastHeadroomBits[settings.ringBits];
	const budget: Budget = { ...settings, bits: limitBits - wanted, statistics };
	const fixedPoint = assign(graph, budget);
	const nodes = graph.nodes.map((node): NodeHeadroom => {
		const largest = largestOf(budget, node.output);
		const natural = naturalBits(node, fixedPoint);
		return {
			name: node.output,
			kind: node.kind,
			largest,
			naturalBits: natural,
			fractionalBits: natural - truncationBits(node, fixedPoint),
			headroomBits: limitBits - natural - Math.log2(Math.max(largest, 2 ** -natural)),
		};
	});
	const headroomBits = nodes.reduce((least, node) => Math.min(least, node.headroomBits), limitBits);
	return { fixedPoint, nodes, headroomBits };
}

function assign(graph: Graph, budget: Budget): FixedPoint {
	const { must, wish, room } = collectWishes(graph, budget);
	const fractionalBits = new Map<string, number>();
	const weightBits = new Map<string, number>();
	const fixedPoint: FixedPoint = { ringBits: budget.ringBits, fractionalBits, weightBits };
	const largestInput = largestOf(budget, graph.input);
	const inputBits = must.get(graph.input) ?? wish.get(graph.input) ?? budget.maxActivationBits;
	fractionalBits.set(graph.input, Math.max(0, Math.min(inputBits, Math.floor(budget.bits - Math.log2(largestInput)))));
	for (const node of graph.nodes) {
		if (node.kind === 'multiply') guardFactors(graph, node, fixedPoint, budget);
		if (hasWeightBits(node)) weightBits.set(node.output, chooseWeightBits(graph, node, fixedPoint, room));
		const natural = naturalBits(node, fixedPoint);
		// A mean is cut back at once: its factor is public, and no ReLU that truncates need follow.
		const enough = isMean(node) ? tensorNamed(fractionalBits, node.input) : natural;
		fractionalBits.set(node.output, Math.min(enough, must.get(node.output) ?? natural));
	}
	return fixedPoint;
}

function chooseWeightBits(
	graph: Graph,
	node: GraphNode,
	fixedPoint: FixedPoint,
	room: ReadonlyMap<string, { readonly bits: number; readonly weightBits: number }>,
): number {
	if (node.kind === 'add' || node.kind === 'multiply' || node.kind === 'gather') {
		throw new BugError('no-weights', `${node.output}: this node has no weights`);
	}
	const { bits, weightBits } = tensorNamed(room, node.output);
	const chosen = Math.min(weightBits, bits - tensorNamed(fixedPoint.fractionalBits, node.input));
	const tooFew = 'weights' in node ? isCoarse(node.weights, chosen) : chosen < weightBits;
	if (chosen < 0 || tooFew) {
		throw tooLittle(
			`${graph.name}: ${node.output}: its values leave ${Math.max(0, chosen)} fractional bits for weights`,
		);
	}
	return chosen;
}

/** Factors share the bits of their product: each has to keep 3 below its largest value. */
function guardFactors(graph: Graph, node: MultiplyNode, fixedPoint: FixedPoint, budget: Budget): void {
	for (const name of inputsOf(node)) {
		const bits = tensorNamed(fixedPoint.fractionalBits, name);
		if (largestOf(budget, name) * 2 ** bits >= 8) continue;
		throw tooLittle(`${graph.name}: ${node.output}: its values leave ${bits} fractional bits for the factor ${name}`);
	}
}

function tooLittle(message: string): DataError {
	return new DataError('too-little-headroom', message, { hint: 'use a ring of 64 bits, or scale the input down' });
}

function isMean(node: GraphNode): node is AveragePoolNode | PlainNode {
	return node.kind === 'average-pool' || node.kind === 'global-average-pool';
}

/** Rounded so, does the largest of the weights keep fewer than 4 bits? */
function isCoarse(weights: Float32Array, bits: number): boolean {
	const largest = weights.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
	return largest > 0 && largest * 2 ** bits < 8;
}

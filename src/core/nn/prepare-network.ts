import { DataError } from '../errors.js';
import { runClearFixed } from './clear-fixed.js';
import { runClearFloat } from './clear-float.js';
import { fixedWeights, fromFixed } from './fixed-point.js';
import { type Graph, sizeOf } from './graph.js';
import { type Calibration, calibrate, leastHeadroomBits, type NodeHeadroom } from './passes/calibrate.js';
import { chooseWindows } from './passes/choose-windows.js';
import { foldScale } from './passes/fold-scale.js';
import { mergeGathers } from './passes/merge-gathers.js';
import { reluAfterMaxPool } from './passes/relu-after-max-pool.js';
import type { SecureProgram } from './secure.js';
import { seededNumbers } from './seeded-numbers.js';
import { tensorNamed } from './shapes.js';
import { boundStatistics, sampleStatistics, type TensorStatistics } from './tensor-statistics.js';

export interface PreparedNetwork extends SecureProgram {
	/** Bits between the largest value that the samples met and what the ring allows. */
	readonly headroomBits: number;
	/** One per node, in order of execution. */
	readonly nodes: readonly NodeHeadroom[];
	/** Why the ring has 64 bits, where it was to be chosen. */
	readonly ringReason?: string;
}

/** 32 bits where they leave the headroom that is wanted, 64 where they do not; or what is asked for. */
export type RingChoice = 'auto' | 32 | 64;

/**
 * A network ready to run on integers: scales folded, ReLUs behind their max-pools, ring and bits chosen by sample inputs.
 * Bound: right for inputs whose values stay in the range of the samples plus the headroom; `runClearFixed` tells.
 * Throws: DataError `too-little-headroom`.
 */
export function prepareNetwork(
	graph: Graph,
	samples: readonly Float64Array[],
	ring: RingChoice = 'auto',
): PreparedNetwork {
	const ready = arranged(graph);
	return prepared(ready, sampleStatistics(ready, samples), ring);
}

/**
 * The same without samples, by intervals: safe for every input between two values, and coarse for deep networks. Left to
 * choose, it takes 64 bits where made-up inputs come out over 1 % of the largest value wrong in 32.
 * Throws: DataError `too-little-headroom`.
 */
export function prepareBounded(
	graph: Graph,
	input: { readonly min: number; readonly max: number },
	ring: RingChoice = 'auto',
): PreparedNetwork {
	const ready = arranged(graph);
	const statistics = boundStatistics(ready, input);
	const first = prepared(ready, statistics, ring);
	if (ring !== 'auto' || first.fixedPoint.ringBits === 64) return first;
	const error = relativeError(first, input);
	if (error <= COARSE) return first;
	const ringReason = `${graph.name}: bounds for every input leave 32 bits an error of ${(100 * error).toFixed(1)} %`;
	return { ...prepared(ready, statistics, 64), ringReason };
}

/** Of the largest value that comes out. */
const COARSE = 0.01;
const TRIALS = 3;

/** The largest error of made-up inputs, relative to their largest result. */
function relativeError(program: PreparedNetwork, { min, max }: { readonly min: number; readonly max: number }): number {
	const { graph, fixedPoint } = program;
	const numbers = seededNumbers(3);
	let [farthest, largest] = [0, 0];
	for (let trial = 0; trial < TRIALS; trial++) {
		const input = Float64Array.from(
			{ length: sizeOf(graph.inputShape) },
			() => min + ((numbers.nextWithin(1) + 1) / 2) * (max - min),
		);
		const exact = runClearFloat(graph, input);
		const { output } = runClearFixed(graph, fixedPoint, input, program);
		const real = fromFixed(output, tensorNamed(fixedPoint.fractionalBits, graph.output));
		for (const [at, value] of exact.entries()) {
			farthest = Math.max(farthest, Math.abs(value - real[at]));
			largest = Math.max(largest, Math.abs(value));
		}
	}
	return largest === 0 ? 0 : farthest / largest;
}

function arranged(graph: Graph): Graph {
	return reluAfterMaxPool(foldScale(mergeGathers(graph)));
}

function prepared(graph: Graph, statistics: ReadonlyMap<string, TensorStatistics>, ring: RingChoice): PreparedNetwork {
	const { fixedPoint, headroomBits, nodes, ringReason } = calibrateIn(ring, graph, statistics);
	const windows = chooseWindows(graph, fixedPoint, statistics);
	return { graph, fixedPoint, windows, headroomBits, nodes, ...(ringReason === undefined ? {} : { ringReason }) };
}

type Chosen = Calibration & { readonly ringReason?: string };

function calibrateIn(ring: RingChoice, graph: Graph, statistics: ReadonlyMap<string, TensorStatistics>): Chosen {
	if (ring !== 'auto') return calibrate(graph, statistics, { ringBits: ring });
	const narrow = calibrateNarrow(graph, statistics);
	if (typeof narrow !== 'string') return narrow;
	return { ...calibrate(graph, statistics, { ringBits: 64 }), ringReason: narrow };
}

/** In 32 bits, or what speaks against them. */
function calibrateNarrow(graph: Graph, statistics: ReadonlyMap<string, TensorStatistics>): Calibration | string {
	try {
		const calibration = calibrate(graph, statistics, { ringBits: 32 });
		for (const node of graph.nodes) if ('weights' in node) fixedWeights(node, calibration.fixedPoint);
		const { headroomBits } = calibration;
		if (headroomBits >= leastHeadroomBits[32]) return calibration;
		return `${graph.name}: 32 bits leave ${headroomBits.toFixed(1)} bits of headroom, ${leastHeadroomBits[32]} are wanted`;
	} catch (error) {
		if (error instanceof DataError && error.code === 'too-little-headroom') return `in 32 bits, ${error.message}`;
		throw error;
	}
}

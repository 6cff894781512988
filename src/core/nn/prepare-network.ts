import { DataError } from '../errors.js';
import { fixedWeights } from './fixed-point.js';
import type { Graph } from './graph.js';
import { type Calibration, calibrate, leastHeadroomBits } from './passes/calibrate.js';
import { chooseWindows } from './passes/choose-windows.js';
import { foldScale } from './passes/fold-scale.js';
import { reluAfterMaxPool } from './passes/relu-after-max-pool.js';
import type { SecureProgram } from './secure.js';
import { sampleStatistics, type TensorStatistics } from './tensor-statistics.js';

export interface PreparedNetwork extends SecureProgram {
	/** Bits between the largest value that the samples met and what the ring allows. */
	readonly headroomBits: number;
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
	const ready = reluAfterMaxPool(foldScale(graph));
	const statistics = sampleStatistics(ready, samples);
	const { fixedPoint, headroomBits, ringReason } = calibrateIn(ring, ready, statistics);
	const windows = chooseWindows(ready, fixedPoint, statistics);
	return { graph: ready, fixedPoint, windows, headroomBits, ...(ringReason === undefined ? {} : { ringReason }) };
}

type Chosen = Pick<Calibration, 'fixedPoint' | 'headroomBits'> & { readonly ringReason?: string };

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

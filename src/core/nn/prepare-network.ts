import type { Graph } from './graph.js';
import { calibrate } from './passes/calibrate.js';
import { chooseWindows } from './passes/choose-windows.js';
import { foldScale } from './passes/fold-scale.js';
import { reluAfterMaxPool } from './passes/relu-after-max-pool.js';
import type { SecureProgram } from './secure.js';
import { sampleStatistics } from './tensor-statistics.js';

export interface PreparedNetwork extends SecureProgram {
	/** Bits between the largest value that the samples met and what the ring allows. */
	readonly headroomBits: number;
}

/**
 * A network ready to run on integers: scales folded, ReLUs behind their max-pools, bits chosen by sample inputs.
 * Bound: right for inputs whose values stay in the range of the samples plus the headroom; `runClearFixed` tells.
 * Throws: DataError `too-little-headroom`.
 */
export function prepareNetwork(graph: Graph, samples: readonly Float64Array[]): PreparedNetwork {
	const ready = reluAfterMaxPool(foldScale(graph));
	const statistics = sampleStatistics(ready, samples);
	const { fixedPoint, headroomBits } = calibrate(ready, statistics);
	return { graph: ready, fixedPoint, windows: chooseWindows(ready, fixedPoint, statistics), headroomBits };
}

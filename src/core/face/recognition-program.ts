import type { FixedPoint } from '../nn/fixed-point.js';
import { naturalBits } from '../nn/fixed-point.js';
import type { Graph } from '../nn/graph.js';
import { chooseWindows } from '../nn/passes/choose-windows.js';
import { reluAfterMaxPool } from '../nn/passes/relu-after-max-pool.js';
import type { SecureProgram } from '../nn/secure.js';
import type { TensorStatistics } from '../nn/tensor-statistics.js';
import { DESCRIPTOR_BITS } from './fixed-match.js';
import { largestValues } from './recognition-ranges.js';

/** Fractional bits: 10 and 14 move the descriptor by 0.0025 or less, and leave two bits of headroom. */
const ACTIVATION_BITS = 10;
const WEIGHT_BITS = 14;
/** Over values that noise and flat pictures reach, which is about two bits over those of faces. */
const HEADROOM_BITS = 1;
/** A mean of four is their sum with two more fractional bits. */
const MEAN_BITS = 2;
const STEM = 'conv32_down';

/**
 * The recognition network ready to run on integers of 32 bits. Products stay as they are up to the ReLU that truncates
 * them together with their sign, sums and means cost nothing, and pixels are whole numbers.
 * Bound: right up to values twice the largest that were seen, which took noise and flat pictures; `runClearFixed` tells.
 */
export function recognitionProgram(network: Graph): SecureProgram {
	const graph = reluAfterMaxPool(network);
	const fractionalBits = new Map([[graph.input, 0]]);
	const weightBits = new Map<string, number>();
	const fixedPoint: FixedPoint = { ringBits: 32, fractionalBits, weightBits };
	for (const node of graph.nodes) {
		if (node.kind === 'conv' || node.kind === 'gemm') {
			// pixels are whole numbers, and the weights that read them 255 times smaller
			const readsPixels = node.input === graph.input;
			weightBits.set(node.output, readsPixels ? WEIGHT_BITS + ACTIVATION_BITS : WEIGHT_BITS);
		} else if (node.kind === 'average-pool' || node.kind === 'global-average-pool') {
			weightBits.set(node.output, MEAN_BITS);
		}
		// the stem is truncated before its max-pool, whose many signs are shorter then
		const isCut = node.kind === 'relu' || node.output === STEM;
		const bits = isCut
			? ACTIVATION_BITS
			: node.output === graph.output
				? DESCRIPTOR_BITS
				: naturalBits(node, fixedPoint);
		fractionalBits.set(node.output, bits);
	}
	const statistics = new Map<string, TensorStatistics>(
		Object.entries(largestValues).map(([name, largest]) => [name, { largest, rootMeanSquare: largest }]),
	);
	return { graph, fixedPoint, windows: chooseWindows(graph, fixedPoint, statistics, { headroomBits: HEADROOM_BITS }) };
}

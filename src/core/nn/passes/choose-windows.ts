import { type FixedPoint, naturalBits, truncationBits } from '../fixed-point.js';
import type { Graph } from '../graph.js';
import type { SignWindow } from '../ranges.js';
import { tensorNamed } from '../shapes.js';
import type { TensorStatistics } from '../tensor-statistics.js';

/** Bits of room above the largest value seen: 2 in a ring of 32 bits, 4 of 64, unless told otherwise. */
export interface WindowOptions {
	readonly headroomBits?: number;
}

/**
 * The bits that each sign is read from: the fewer, the fewer gates. The upper end leaves `headroomBits` over the largest
 * value that the statistics know; a ReLU that truncates ignores the bits that it drops, so that less than one unit of its
 * result may become zero; a max-pool reads all low bits, and one more above, for differences are twice as large.
 * Bound: holds for values like those of the statistics; `runClearFixed` tells where others leave a window.
 */
export function chooseWindows(
	graph: Graph,
	fixedPoint: FixedPoint,
	statistics: ReadonlyMap<string, TensorStatistics>,
	{ headroomBits = fixedPoint.ringBits === 64 ? 4 : 2 }: WindowOptions = {},
): Map<string, SignWindow> {
	const windows = new Map<string, SignWindow>();
	for (const node of graph.nodes) {
		if (node.kind !== 'relu' && node.kind !== 'max-pool') continue;
		const { largest } = tensorNamed(statistics, node.input);
		const valueBits =
			Math.ceil(Math.log2(Math.max(1, largest * 2 ** naturalBits(node, fixedPoint)))) + headroomBits + 1;
		const from = node.kind === 'relu' ? truncationBits(node, fixedPoint) : 0;
		const to = Math.min(fixedPoint.ringBits, valueBits + (node.kind === 'max-pool' ? 1 : 0));
		windows.set(node.output, { from: Math.min(from, to - 2), to });
	}
	return windows;
}

import type { FixedPoint } from '../fixed-point.js';
import { truncationBits } from '../fixed-point.js';
import type { Graph } from '../graph.js';
import type { SignWindow } from '../ranges.js';
import { tensorNamed } from '../shapes.js';
import type { TensorStatistics } from '../tensor-statistics.js';

/**
 * The bits that each ReLU and max-pool reads its signs from: as few as the largest values and the headroom need, since
 * each bit costs AND gates on shares. Below its truncation a ReLU needs none, because what it takes for negative there is
 * truncated to 0; the differences of a max-pool need one more at the top.
 * Shape: by the node's output.
 * Bound: holds for inputs like those of the statistics.
 */
export function signWindows(
	graph: Graph,
	fixedPoint: FixedPoint,
	statistics: ReadonlyMap<string, TensorStatistics>,
	headroomBits = 2,
): ReadonlyMap<string, SignWindow> {
	const windows = new Map<string, SignWindow>();
	for (const node of graph.nodes) {
		if (node.kind !== 'relu' && node.kind !== 'max-pool') continue;
		const integer =
			tensorNamed(statistics, node.input).largest * 2 ** tensorNamed(fixedPoint.fractionalBits, node.input);
		const from = truncationBits(node, fixedPoint);
		const magnitudeBits = Math.ceil(Math.log2(Math.max(1, integer))) + (node.kind === 'max-pool' ? 1 : 0);
		// 2^from are missing at the lower end, and a window has at least a sign and one bit.
		const to = Math.max(magnitudeBits + headroomBits + 1, from + 2);
		windows.set(node.output, { from, to: Math.min(to, fixedPoint.ringBits) });
	}
	return windows;
}

import type { AverageFactor } from '../mpc/steps/average-pool.js';
import { type FixedPoint, fixedPoolFactors, truncationBits } from './fixed-point.js';
import type { AveragePoolNode, Graph, PlainNode, TensorShape } from './graph.js';
import { tensorNamed } from './shapes.js';

/** What turns the sums of a pool into means on shares. */
export function poolFactor(
	graph: Graph,
	fixedPoint: FixedPoint,
	node: AveragePoolNode | PlainNode,
	shapes: ReadonlyMap<string, TensorShape>,
): AverageFactor {
	const f = truncationBits(node, fixedPoint);
	const [from, to] = [tensorNamed(shapes, node.input), tensorNamed(shapes, node.output)];
	const factors = fixedPoolFactors(node, from, to, tensorNamed(fixedPoint.weightBits, node.output));
	const isOne = factors.every((factor) => factor === factors[0]);
	// values that a gather repeats are not shared by draws of their own
	const refresh = graph.nodes.some(({ kind }) => kind === 'gather');
	return { multiplier: isOne ? factors[0] : factors, f, refresh };
}

import { createRing } from '../mpc/ring.js';
import { inSequence, type StepCost } from '../mpc/step-cost.js';
import { declareAveragePool } from '../mpc/steps/average-pool.js';
import { declareMaxPool } from '../mpc/steps/max-pool.js';
import { declareRelu } from '../mpc/steps/relu.js';
import { declareReshare } from '../mpc/steps/reshare.js';
import { declareCompareInputs } from '../mpc/steps/share-input.js';
import { declareTruncate } from '../mpc/steps/truncate.js';
import { truncationBits } from './fixed-point.js';
import { type GraphNode, sizeOf, type TensorShape } from './graph.js';
import { poolFactor } from './pool-factor.js';
import { wholeWindow } from './pools.js';
import type { SecureProgram } from './secure.js';
import { windowShape } from './secure-shapes.js';
import { inferShapes, tensorNamed } from './shapes.js';

/** What the parties send each other for one run. */
export interface PredictedCosts {
	readonly rounds: number;
	/** By sender: messages of steps, without the frames around them. */
	readonly bytesByParty: readonly [number, number, number];
}

/** A whole job: what the client gave is compared, then the network runs. */
export function predictCosts(program: SecureProgram, privateWeights: boolean): PredictedCosts {
	const compared = Array.from({ length: privateWeights ? 2 : 1 }, declareCompareInputs);
	return inSequence([...compared, ...programCosts(program, privateWeights)]);
}

/** What the steps of a program declare, in the order in which `runSecure` takes them. */
export function programCosts(program: SecureProgram, privateWeights: boolean): StepCost[] {
	const shapes = inferShapes(program.graph);
	return program.graph.nodes.flatMap((node) => nodeCosts(program, node, shapes, privateWeights));
}

function nodeCosts(
	{ graph, fixedPoint, windows }: SecureProgram,
	node: GraphNode,
	shapes: ReadonlyMap<string, TensorShape>,
	privateWeights: boolean,
): StepCost[] {
	const ring = createRing(fixedPoint.ringBits);
	const to = tensorNamed(shapes, node.output);
	const count = sizeOf(to);
	const f = truncationBits(node, fixedPoint);
	const sign = windows.get(node.output) ?? { from: 0, to: fixedPoint.ringBits };
	const product = (): StepCost[] => {
		if (f > 0) return [declareTruncate({ count, f, from: 'additive' }, ring)];
		return node.output === graph.output ? [] : [declareReshare({ count }, ring)];
	};
	const truncation = (): StepCost[] =>
		f === 0 ? [] : [declareTruncate({ count, f, from: 'replicated', refresh: true }, ring)];
	switch (node.kind) {
		case 'conv':
		case 'gemm':
			return privateWeights ? product() : truncation();
		case 'multiply':
			return product();
		case 'add':
			return truncation();
		case 'relu':
			return declareRelu({ count, window: sign, f }, ring);
		case 'max-pool':
			return declareMaxPool({ window: windowShape(tensorNamed(shapes, node.input), to, node.window), sign }, ring);
		case 'average-pool':
		case 'global-average-pool': {
			// a sum that is left for the next layer to divide sends nothing
			if (f === 0) return [];
			const from = tensorNamed(shapes, node.input);
			const window = windowShape(from, to, node.kind === 'average-pool' ? node.window : wholeWindow(from));
			return [declareAveragePool({ window, factor: poolFactor(graph, fixedPoint, node, shapes) }, ring)];
		}
		default:
			return [];
	}
}

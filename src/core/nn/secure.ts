import { BugError, DataError } from '../errors.js';
import type { Party } from '../mpc/party.js';
import type { Additive, Replicated } from '../mpc/shares.js';
import { runAveragePool, sumPool } from '../mpc/steps/average-pool.js';
import { runLinearPublic, runLinearPublicAdditive } from '../mpc/steps/linear-public.js';
import { runLinearSecret } from '../mpc/steps/linear-secret.js';
import { runMaxPool } from '../mpc/steps/max-pool.js';
import { runMultiply } from '../mpc/steps/multiply.js';
import { type OpenedShare, openAdditiveToClient, openToClient } from '../mpc/steps/open-to-client.js';
import { runRelu } from '../mpc/steps/relu.js';
import { runReshare } from '../mpc/steps/reshare.js';
import { runTruncate, runTruncateAdditive } from '../mpc/steps/truncate.js';
import { type FixedPoint, guardFixedPoint, truncationBits } from './fixed-point.js';
import { type Graph, type GraphNode, inputsOf, type LinearNode, type TensorShape } from './graph.js';
import { poolFactor } from './pool-factor.js';
import { wholeWindow } from './pools.js';
import type { SignWindow } from './ranges.js';
import { addShares, gatherShares } from './secure-local.js';
import { linearShape, windowShape } from './secure-shapes.js';
import type { LayerWeights } from './secure-weights.js';
import { inferShapes, refusal, tensorNamed } from './shapes.js';

/** A network as the three parties run it: public but for the weights, which may be shared. */
export interface SecureProgram {
	/** From `checkGraph`, with its scales folded. */
	readonly graph: Graph;
	readonly fixedPoint: FixedPoint;
	/** By the output of each relu and max-pool: the bits that its signs are read from; all of the ring where there is none. */
	readonly windows: ReadonlyMap<string, SignWindow>;
}

/** A tensor on shares; additive where nothing but an opening reads it. */
type SecureTensor =
	| { readonly form: 'replicated'; readonly value: Replicated }
	| { readonly form: 'additive'; readonly value: Additive };

/**
 * Runs a network for one party and gives what it sends to the client.
 * Shape: input C, H, W on shares, components compared; layers by output. Results stay in the party's arena.
 * Error: each truncation adds 0 or 1 to its last bit, see `runClearFixed`, which also tells when a value leaves its range.
 * Throws: PeerError when another party fails.
 */
export async function runSecure(
	party: Party,
	program: SecureProgram,
	layers: ReadonlyMap<string, LayerWeights>,
	input: Replicated,
): Promise<OpenedShare> {
	const output = await runNodes(party, program, layers, input);
	return output.form === 'additive' ? openAdditiveToClient(party, output.value) : openToClient(party, output.value);
}

/** The same for a result that is computed with further. Throws: BugError where its last node is not truncated. */
export async function runSecureOnwards(
	party: Party,
	program: SecureProgram,
	layers: ReadonlyMap<string, LayerWeights>,
	input: Replicated,
): Promise<Replicated> {
	const output = await runNodes(party, program, layers, input);
	if (output.form === 'replicated') return output.value;
	throw new BugError('not-replicated', `${program.graph.name}: its output is made to be opened`);
}

async function runNodes(
	party: Party,
	program: SecureProgram,
	layers: ReadonlyMap<string, LayerWeights>,
	input: Replicated,
): Promise<SecureTensor> {
	const { graph, fixedPoint } = program;
	guardFixedPoint(graph, fixedPoint);
	const shapes = inferShapes(graph);
	const tensors = new Map<string, SecureTensor>([[graph.input, { form: 'replicated', value: input }]]);
	for (const node of graph.nodes) {
		const inputs = inputsOf(node).map((name) => replicatedOf(graph, name, tensorNamed(tensors, name)));
		tensors.set(node.output, await runNode(party, program, { node, inputs, shapes, layers }));
	}
	return tensorNamed(tensors, graph.output);
}

interface NodeRun {
	readonly node: GraphNode;
	readonly inputs: readonly Replicated[];
	readonly shapes: ReadonlyMap<string, TensorShape>;
	readonly layers: ReadonlyMap<string, LayerWeights>;
}

async function runNode(party: Party, program: SecureProgram, run: NodeRun): Promise<SecureTensor> {
	const { graph, fixedPoint } = program;
	const { node, inputs, shapes } = run;
	const [x] = inputs;
	const f = truncationBits(node, fixedPoint);
	const sign = program.windows.get(node.output) ?? { from: 0, to: fixedPoint.ringBits };
	const to = tensorNamed(shapes, node.output);
	switch (node.kind) {
		case 'conv':
		case 'gemm':
			return await runLinear(party, program, run, node);
		case 'relu':
			return replicated(await runRelu(party, x, { window: sign, f }));
		case 'max-pool': {
			const window = windowShape(tensorNamed(shapes, node.input), to, node.window);
			return replicated(await runMaxPool(party, x, { window, sign }));
		}
		case 'add': {
			const sum = addShares(party, fixedPoint, node, inputs);
			return replicated(f === 0 ? sum : await runTruncate(party, sum, { f, refresh: true }));
		}
		case 'multiply': {
			const product = runMultiply(party, x, inputs[1]);
			if (f > 0) return replicated(await runTruncateAdditive(party, product, { f }));
			return node.output === graph.output ? additive(product) : replicated(await runReshare(party, product));
		}
		case 'gather':
			return replicated(gatherShares(party, fixedPoint, node, inputs));
		case 'average-pool':
		case 'global-average-pool': {
			const from = tensorNamed(shapes, node.input);
			const window = node.kind === 'average-pool' ? node.window : wholeWindow(from);
			const factor = poolFactor(graph, fixedPoint, node, shapes);
			const shape = { window: windowShape(from, to, window), factor };
			if (f > 0) return replicated(await runAveragePool(party, x, shape));
			guardReadByLayer(graph, node.output);
			return replicated(sumPool(party, x, shape));
		}
		case 'flatten':
			return replicated(x);
		case 'scale':
			throw refusal(graph, node.output, 'a scale cannot run on integers: fold it first');
	}
}

async function runLinear(party: Party, program: SecureProgram, run: NodeRun, node: LinearNode): Promise<SecureTensor> {
	const [x] = run.inputs;
	const f = truncationBits(node, program.fixedPoint);
	const shape = linearShape(node, run.shapes);
	const layer = tensorNamed(run.layers, node.output);
	const isOpenedNext = node.output === program.graph.output;
	if (layer.kind === 'public') {
		if (f === 0 && isOpenedNext) return additive(runLinearPublicAdditive(party, x, { ...layer, shape }));
		const product = runLinearPublic(party, x, { ...layer, shape });
		// even weights leave a component that is not uniform, and a biased rounding, without a fresh draw
		return replicated(f === 0 ? product : await runTruncate(party, product, { f, refresh: true }));
	}
	const product = runLinearSecret(party, x, { ...layer, shape });
	if (f > 0) return replicated(await runTruncateAdditive(party, product, { f }));
	return isOpenedNext ? additive(product) : replicated(await runReshare(party, product));
}

/**
 * What no step has made fresh is never opened.
 * Throws: DataError `bad-network` where the tensor reaches the output without a layer, a sign or a truncation between.
 */
export function guardReadByLayer(graph: Graph, name: string): void {
	if (name === graph.output) throw refusal(graph, name, 'an average that is opened has to be truncated');
	for (const node of graph.nodes) {
		if (['add', 'gather', 'flatten'].includes(node.kind) && inputsOf(node).includes(name)) {
			guardReadByLayer(graph, node.output);
		}
	}
}

function replicated(value: Replicated): SecureTensor {
	return { form: 'replicated', value };
}

function additive(value: Additive): SecureTensor {
	return { form: 'additive', value };
}

function replicatedOf(graph: Graph, name: string, tensor: SecureTensor): Replicated {
	if (tensor.form === 'replicated') return tensor.value;
	throw new DataError('bad-network', `${graph.name}: ${name} is the output, and is read by another node`);
}

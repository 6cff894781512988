import { DataError, UserError } from '../core/errors.js';
import { runClearFixed } from '../core/nn/clear-fixed.js';
import { runClearFloat } from '../core/nn/clear-float.js';
import { fromFixed, toFixed } from '../core/nn/fixed-point.js';
import type { RingChoice } from '../core/nn/prepare-network.js';
import { tensorNamed } from '../core/nn/shapes.js';
import { computeFinish } from '../core/onnx/finish.js';
import { runKeptModel } from '../services/client/models-on-parties.js';
import type { CommandContext } from './define-command.js';
import { type LoadedNetwork, loadNetwork } from './load-network.js';
import { runOnParties, withParties } from './on-parties.js';
import { readNetworkInput } from './read-network-input.js';

export interface Inference {
	readonly output: Float64Array;
	readonly shape: readonly number[];
	readonly ms: number;
	readonly protocolMs?: number;
	readonly bytesSent?: readonly number[];
	readonly rounds?: number;
	/** What the clear twin says against the result; empty when all values stayed in range. */
	readonly problems?: readonly string[];
	/** Bits of the ring, and of headroom for the samples. */
	readonly ringBits?: 32 | 64;
	readonly headroomBits?: number;
	/** Why the ring has 64 bits, where it was to be chosen. */
	readonly ringReason?: string;
}

interface InferOptions {
	readonly model: string;
	readonly input: string;
	readonly parties: string;
	readonly clear: 'float' | 'fixed' | undefined;
	readonly privateModel: boolean;
	readonly ring: RingChoice;
}

/** Runs `thesis` or a model from a file, in the clear or on shares. */
export async function inferNetwork(options: InferOptions, context: CommandContext): Promise<Inference> {
	const network = await loadNetwork(options.model, options.ring);
	const input = await readNetworkInput(options.input, network.graph.inputShape, {
		dims: network.inputDims,
		preprocessing: network.preprocessing,
	});
	if (!network.hasWeights && (options.clear !== undefined || !options.privateModel)) {
		throw new UserError('no-weights', `${options.model}: holds no weights; the parties keep them`, {
			hint: 'Run it on them with --private-model.',
		});
	}
	const startedMs = context.nowMs();
	if (options.clear === 'float') {
		return { ...finished(network, runClearFloat(network.graph, input)), ms: context.nowMs() - startedMs };
	}
	const { fixedPoint, headroomBits, ringReason } = network;
	const ring = { ringBits: fixedPoint.ringBits, headroomBits, ...(ringReason === undefined ? {} : { ringReason }) };
	const bits = tensorNamed(fixedPoint.fractionalBits, network.graph.output);
	const runTwin = () => runClearFixed(network.graph, fixedPoint, input, network);
	if (options.clear === 'fixed') {
		const { output, problems } = runTwin();
		return { ...finished(network, fromFixed(output, bits)), ms: context.nowMs() - startedMs, problems, ...ring };
	}
	guardRange(options.input, network, input, () => (network.hasWeights ? runTwin().problems : undefined));
	const fixed = toFixed(input, tensorNamed(fixedPoint.fractionalBits, network.graph.input));
	const { id } = network;
	const { output, ...counts } =
		options.privateModel && id !== undefined
			? await withParties(options.parties, context, (client) => runKeptModel(client, id, network, fixed))
			: await runOnParties(options.parties, network, fixed, { privateWeights: options.privateModel }, context);
	return { ...finished(network, fromFixed(output, bits)), ...counts, ...ring };
}

/** Values within the range are what the bits were chosen for; beyond it the parties could be wrong without noticing. */
function guardRange(
	file: string,
	{ range }: LoadedNetwork,
	input: Float64Array,
	problemsOf: () => readonly string[] | undefined,
): void {
	const slack = 1e-9 * (range.max - range.min);
	if (input.every((value) => value >= range.min - slack && value <= range.max + slack)) return;
	const problems = problemsOf() ?? [`it has values beyond ${range.min} .. ${range.max}`];
	if (problems.length === 0) return;
	throw new DataError('input-out-of-range', `${file}: too large for the network's integers: ${problems[0]}`, {
		hint: 'Scale the values to what the network was made for; a picture is scaled by itself.',
	});
}

function finished(network: LoadedNetwork, opened: Float64Array): Pick<Inference, 'output' | 'shape'> {
	const { finish, outputDims } = network;
	if (finish === undefined) return { output: opened, shape: outputDims };
	return { output: computeFinish(finish, opened), shape: finish.dimsAfter };
}

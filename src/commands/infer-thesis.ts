import { DataError } from '../core/errors.js';
import { runClearFixed } from '../core/nn/clear-fixed.js';
import { runClearFloat } from '../core/nn/clear-float.js';
import { fromFixed, toFixed } from '../core/nn/fixed-point.js';
import { prepareNetwork, type RingChoice } from '../core/nn/prepare-network.js';
import { seededNumbers } from '../core/nn/seeded-numbers.js';
import { tensorNamed } from '../core/nn/shapes.js';
import { thesisInput, thesisNetwork } from '../core/nn/thesis-network.js';
import type { CommandContext } from './define-command.js';
import { runOnParties } from './on-parties.js';
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

/** Made-up samples that the bits are chosen by; never the picture itself, for the bits are public. */
const SAMPLE_COUNT = 4;

export async function inferThesis(
	options: {
		readonly input: string;
		readonly parties: string;
		readonly clear: 'float' | 'fixed' | undefined;
		readonly privateModel: boolean;
		readonly ring: RingChoice;
	},
	context: CommandContext,
): Promise<Inference> {
	const input = await readNetworkInput(options.input, thesisInput);
	const graph = thesisNetwork();
	const startedMs = context.nowMs();
	if (options.clear === 'float') {
		const output = runClearFloat(graph, input);
		return { output, shape: [1, output.length], ms: context.nowMs() - startedMs };
	}
	const numbers = seededNumbers(7);
	const samples = Array.from({ length: SAMPLE_COUNT }, () =>
		Float64Array.from(input, () => (numbers.nextWithin(1) + 1) / 2),
	);
	const program = prepareNetwork(graph, [...samples, samples[0].map(() => 1), samples[0].map(() => 0)], options.ring);
	const ring = {
		ringBits: program.fixedPoint.ringBits,
		headroomBits: program.headroomBits,
		...(program.ringReason === undefined ? {} : { ringReason: program.ringReason }),
	};
	const outputBits = tensorNamed(program.fixedPoint.fractionalBits, program.graph.output);
	const runTwin = () => runClearFixed(program.graph, program.fixedPoint, input, { windows: program.windows });
	if (options.clear === 'fixed') {
		const { output, problems } = runTwin();
		const real = fromFixed(output, outputBits);
		return { output: real, shape: [1, real.length], ms: context.nowMs() - startedMs, problems, ...ring };
	}
	// values from 0 to 1 are what the bits were chosen for; beyond them the parties would be wrong without noticing
	const problems = input.every((value) => value >= 0 && value <= 1) ? [] : runTwin().problems;
	if (problems.length > 0) {
		throw new DataError(
			'input-out-of-range',
			`${options.input}: too large for the network's integers: ${problems[0]}`,
			{
				hint: 'Scale the values to 0..1 first; a picture is scaled by itself.',
			},
		);
	}
	const fixed = toFixed(input, tensorNamed(program.fixedPoint.fractionalBits, program.graph.input));
	const result = await runOnParties(options.parties, program, fixed, { privateWeights: options.privateModel }, context);
	const { output, ...counts } = result;
	const real = fromFixed(output, outputBits);
	return { output: real, shape: [1, real.length], ...counts, ...ring };
}

import type { ExecutionContext } from 'ava';
import { toFixed } from '../../../src/core/nn/fixed-point.js';
import { type Graph, sizeOf, windowOf } from '../../../src/core/nn/graph.js';
import { prepareNetwork } from '../../../src/core/nn/prepare-network.js';
import type { SecureProgram } from '../../../src/core/nn/secure.js';
import { seededNumbers } from '../../../src/core/nn/seeded-numbers.js';
import { tensorNamed } from '../../../src/core/nn/shapes.js';
import { openParties, type PartiesClient } from '../../../src/services/client/run-on-parties.js';
import { createLocalParties } from '../../../src/services/party/local-parties.js';
import type { ClientConfig, PartyConfig } from '../../../src/services/party/party-config.js';
import { type RunningParty, startParty } from '../../../src/services/party/start-party.js';
import { seededRandom } from '../../core/average/keystream.js';
import { fixedBounds } from '../../core/nn/fixed-bounds.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

const pads = { padTop: 1, padLeft: 1, padBottom: 1, padRight: 1 };

/** A network with a node of every kind, small enough to run many times. */
function smallGraph(): Graph {
	const numbers = seededNumbers(6);
	const values = (count: number) => Float32Array.from({ length: count }, () => numbers.nextWithin(0.5));
	const conv = (input: string, output: string, size: number, groups: number) =>
		({
			kind: 'conv',
			input,
			output,
			outChannels: 4,
			groups,
			window: size === 3 ? windowOf(3, 3, pads) : windowOf(1, 1),
			weights: values(size === 3 ? 36 : 16),
			bias: values(4),
		}) as const;
	return {
		name: 'small',
		input: 'x',
		inputShape: { channels: 2, height: 9, width: 7 },
		output: 'y',
		nodes: [
			conv('x', 'c1', 3, 2),
			{ kind: 'relu', input: 'c1', output: 'r1' },
			conv('r1', 'c2', 1, 1),
			{ kind: 'add', left: 'r1', right: 'c2', output: 's' },
			{ kind: 'relu', input: 's', output: 'r2' },
			{ kind: 'max-pool', input: 'r2', output: 'm', window: windowOf(3, 3, { strideY: 2, strideX: 2, ...pads }) },
			{ kind: 'average-pool', input: 'm', output: 'a', window: windowOf(2, 2, pads), countIncludePad: false },
			{ kind: 'global-average-pool', input: 'a', output: 'g' },
			{ kind: 'flatten', input: 'g', output: 'f' },
			{ kind: 'gemm', input: 'f', output: 'y', outChannels: 5, weights: values(20), bias: values(5) },
		],
	};
}

/** A job whose result is known up to its rounding. */
export interface SmallJob {
	readonly program: SecureProgram;
	readonly input: Int32Array;
	/** Fails the test for any other result. */
	assertRight(t: ExecutionContext, output: ArrayLike<number>): void;
}

export function smallJob(): SmallJob {
	const graph = smallGraph();
	const numbers = seededNumbers(7);
	const sample = Float64Array.from({ length: sizeOf(graph.inputShape) }, () => numbers.nextWithin(1));
	const program = prepareNetwork(graph, [sample]);
	const { low, high } = fixedBounds(program, sample);
	return {
		program,
		input: Int32Array.from(toFixed(sample, tensorNamed(program.fixedPoint.fractionalBits, graph.input))),
		assertRight(t, output) {
			t.is(output.length, low.length);
			for (const [at, value] of Array.from(output).entries()) {
				if (!(low[at] <= value && value <= high[at])) t.fail(`${at}: ${value}, expected ${low[at]} to ${high[at]}`);
			}
		},
	};
}

export interface ThreeRunning {
	readonly folder: string;
	readonly configs: readonly PartyConfig[];
	readonly client: ClientConfig;
	/** By party. */
	readonly running: RunningParty[];
}

/** Three parties in this process; `rewire` changes their files before they start. */
export async function startThree(
	t: ExecutionContext,
	rewire: (configs: readonly PartyConfig[]) => Promise<readonly PartyConfig[]> = async (configs) => configs,
	stepTimeoutMs = 60_000,
): Promise<ThreeRunning> {
	const folder = await temporaryFolder(t);
	const local = await createLocalParties(folder, 0);
	const configs = await rewire(local.configs);
	const running = await Promise.all(configs.map((config) => startParty(config, { stepTimeoutMs })));
	t.teardown(() => Promise.all(running.map((party) => party.close())));
	await Promise.all(running.map((party) => party.connected(60_000)));
	return { folder, configs, client: local.client, running };
}

/** Nothing is left of the jobs that went wrong. */
export function assertIdle(t: ExecutionContext, { running }: ThreeRunning): void {
	t.deepEqual(
		running
			.map((party) => party.status())
			.map(({ jobsHeld, jobsQueued, jobsRunning }) => jobsHeld + jobsQueued + jobsRunning),
		[0, 0, 0],
	);
}

/** Runs the job to its right result. */
export async function assertJobWorks(t: ExecutionContext, client: PartiesClient, job: SmallJob): Promise<void> {
	const { output } = await client.run(job.program, job.input, { privateWeights: true });
	job.assertRight(t, output);
}

/** A client of seeded randomness that closes with the test. */
export async function openClient(t: ExecutionContext, config: ClientConfig): Promise<PartiesClient> {
	const parties = await openParties(config, {
		random: seededRandom(1),
		nowMs: () => performance.now(),
		signal: new AbortController().signal,
	});
	t.teardown(() => parties.close());
	return parties;
}

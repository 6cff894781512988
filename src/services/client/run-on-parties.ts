import { PeerError } from '../../core/errors.js';
import type { Words } from '../../core/kernels/ring.js';
import { PARTIES } from '../../core/mpc/party-index.js';
import { copyInto, createRing, numbersFrom, type Ring, wordsFrom, wordsOn } from '../../core/mpc/ring.js';
import { combineOpened, type OpenedShare } from '../../core/mpc/steps/open-to-client.js';
import { shareInput } from '../../core/mpc/steps/share-input.js';
import type { SecureProgram } from '../../core/nn/secure.js';
import { publicWeights } from '../../core/nn/secure-weights.js';
import type { RandomSource } from '../../core/random.js';
import { decodeResult, encodeJob, type JobUpload } from '../party/job-wire.js';
import type { ClientConfig } from '../party/party-config.js';
import { encodeProgram } from '../party/program-wire.js';
import { type Connection, openConnection } from './connection.js';
import { expectStatus, placeJob } from './place-job.js';

/** What a computation on shares cost. */
export interface JobCounts {
	/** From the first share sent to the opened result. */
	readonly ms: number;
	/** The slowest party, from its nonce to its share of the result. */
	readonly protocolMs: number;
	/** Between parties, by sender. */
	readonly bytesSent: readonly number[];
	readonly rounds: number;
}

/** What a network on shares gave, and what it cost. */
export interface PartiesResult extends JobCounts {
	/** Integers with the output's fractional bits: exact below 2^53, the nearest float64 beyond. */
	readonly output: Float64Array;
}

/** What each party opened, for the caller to put together. */
export interface OpenedResult extends JobCounts {
	readonly opened: readonly [OpenedShare, OpenedShare, OpenedShare];
}

/** A program as its text, and what is shared for it: words of its ring. */
export interface PartiesJob {
	readonly program: string;
	readonly ring: Ring;
	readonly input: Words;
	/** All layers, weights then bias, in the order of the nodes. */
	readonly weights: Words;
	readonly privateWeights: boolean;
}

/** Connections to three parties, for any number of computations. */
export interface PartiesClient {
	/**
	 * Shares the input (integers with the program's fractional bits), and the weights if they are private; opens the result.
	 * Throws: PeerError that names the party and the step, PolicyError for the token.
	 */
	run(
		program: SecureProgram,
		input: ArrayLike<number>,
		options: { readonly privateWeights: boolean },
	): Promise<PartiesResult>;
	/** Runs a program of any kind. Throws: as `run`. */
	runJob(job: PartiesJob): Promise<OpenedResult>;
	/** Asks each party, and gives their answers by party. Throws: as `run`. */
	ask(method: 'GET' | 'DELETE', path: string): Promise<unknown[]>;
	close(): void;
}

/** After one party has failed the others have so long to say why themselves. */
const GRACE_MS = 1000;
/** How long a client asks again while the parties have no room. */
const OVERLOAD_RETRY_MS = 60_000;

/**
 * `retryForMs` is how long a job is offered again while there is no room for it. Once the signal aborts, what it waits for
 * is given up, and no job is begun: its reason is thrown.
 * Throws: PeerError that names the party which does not answer.
 */
export async function openParties(
	config: ClientConfig,
	options: {
		readonly random: RandomSource;
		readonly nowMs: () => number;
		readonly signal: AbortSignal;
		readonly retryForMs?: number;
	},
): Promise<PartiesClient> {
	options.signal.throwIfAborted();
	const connections = await Promise.all(
		config.parties.map(({ url, fingerprint }, party) =>
			naming(party, () =>
				openConnection({ url, fingerprint, token: config.token, concurrency: 2, signal: options.signal }),
			),
		),
	);
	const each = async <Result>(
		work: (connection: Connection, party: number) => Promise<Result>,
		during = '',
	): Promise<Result[]> => {
		try {
			return await settled(
				connections.map((connection, party) => naming(party, () => work(connection, party), during)),
			);
		} catch (error) {
			// what was given up is no failure of a party
			options.signal.throwIfAborted();
			throw error;
		}
	};
	const runJob: PartiesClient['runJob'] = async ({ program, ring, input, weights, privateWeights }) => {
		options.signal.throwIfAborted();
		const startedMs = options.nowMs();
		const inputShares = shareInput(input, options.random, ring);
		const weightShares = privateWeights ? shareInput(weights, options.random, ring) : undefined;
		const uploads = PARTIES.map((party) => {
			const upload: JobUpload = {
				program,
				input: inputShares[party],
				weights:
					weightShares === undefined
						? { kind: 'public', values: weights }
						: { kind: 'secret', share: weightShares[party] },
			};
			return encodeJob(upload);
		});
		const id = await placeJob(uploads, { retryForMs: OVERLOAD_RETRY_MS, ...options }, each);
		// uploads that were on their way at the abort may have come all the same
		if (options.signal.aborted) await dropEverywhere(connections, id);
		options.signal.throwIfAborted();
		const results = await each(async (connection, party) => {
			try {
				return decodeResult(expectStatus(await connection.send('POST', `/v1/jobs/${id}/run`), 200, party).body);
			} catch (error) {
				// one that the failure cannot reach would wait for its turn for minutes
				setTimeout(() => void dropEverywhere(connections, id), GRACE_MS).unref();
				throw error;
			}
		}, ', while it ran the job');
		const [a, b, c] = results;
		return {
			opened: [a.opened, b.opened, c.opened],
			ms: options.nowMs() - startedMs,
			protocolMs: Math.max(...results.map(({ ms }) => ms)),
			bytesSent: results.map(({ bytesSent }) => bytesSent),
			rounds: Math.max(...results.map(({ rounds }) => rounds)),
		};
	};
	return {
		async run(program, input, { privateWeights }) {
			const ring = createRing(program.fixedPoint.ringBits);
			const { opened, ...counts } = await runJob({
				program: encodeProgram(program),
				ring,
				input: wordsFrom(ring, input),
				weights: concatenatedWeights(program),
				privateWeights,
			});
			return { output: numbersFrom(combineOpened(opened, ring)), ...counts };
		},
		runJob,
		ask: (method, path) =>
			each(async (connection, party) => {
				const answer: unknown = JSON.parse(
					expectStatus(await connection.send(method, path), 200, party).body.toString(),
				);
				return answer;
			}),
		close() {
			for (const connection of connections) connection.close();
		},
	};
}

/** All layers, weights then bias, in the order of the nodes: as the parties cut them apart. */
export function concatenatedWeights({ graph, fixedPoint }: SecureProgram): Words {
	const layers = [...publicWeights(graph, fixedPoint).values()];
	const total = layers.reduce((sum, { weights, bias }) => sum + weights.length + bias.length, 0);
	const ring = createRing(fixedPoint.ringBits);
	const all = wordsOn(ring, new ArrayBuffer((total * ring.wordBits) / 8), 0, total);
	let at = 0;
	for (const { weights, bias } of layers) {
		for (const values of [weights, bias]) {
			copyInto(all.subarray(at, at + values.length), values);
			at += values.length;
		}
	}
	return all;
}

async function dropEverywhere(connections: readonly Connection[], id: string): Promise<void> {
	await Promise.allSettled(connections.map((connection) => connection.send('DELETE', `/v1/jobs/${id}`)));
}

/** Waits for all, then fails with the reason that tells most. */
async function settled<Result>(work: readonly Promise<Result>[]): Promise<Result[]> {
	const outcomes = await Promise.allSettled(work);
	const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
	if (failures.length > 0) throw failures.toSorted((a, b) => distance(a) - distance(b))[0];
	return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}

/**
 * How far from its cause a failure is: one that was told to end, or has ended, knows no step; the others know at which
 * one it was.
 */
function distance(failure: unknown): number {
	const code = failure instanceof PeerError ? failure.code : '';
	return ['party-gave-up', 'unreachable', 'job-dropped'].indexOf(code) + 1;
}

async function naming<Result>(party: number, work: () => Promise<Result>, during = ''): Promise<Result> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof PeerError && !error.message.startsWith('party')) {
			throw new PeerError(error.code, `party ${party}: ${error.message}${during}`, {
				cause: error,
				...(error.hint ? { hint: error.hint } : {}),
			});
		}
		throw error;
	}
}

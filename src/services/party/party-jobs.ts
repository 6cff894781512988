import { DataError, PeerError, PolicyError } from '../../core/errors.js';
import type { PairKeys } from '../../core/mpc/keystream.js';
import type { PartyIndex } from '../../core/mpc/party-index.js';
import type { AttemptChannel } from '../../core/mpc/transport/attempt-channel.js';
import type { TlsTransport } from '../../core/mpc/transport/tls-transport.js';
import { collectWholeHeap } from '../heap-growth.js';
import { agreeOnJob, awaitTurn, describeStep, sendTurn } from './control-steps.js';
import type { FaceModel } from './face-model.js';
import type { JobMemories } from './job-memory.js';
import { decodeJob, type JobResult } from './job-wire.js';
import { createLane } from './lane.js';
import type { ModelStore } from './model-store.js';
import type { PartyGallery } from './party-gallery.js';
import { allowedMs, type PartyLimits } from './party-limits.js';
import type { PartyStats } from './party-stats.js';
import { type PreparedJob, prepareJob, runJob } from './run-job.js';

/** The jobs of one party, from the first byte of an upload to the answer. */
export interface PartyJobs {
	/**
	 * An upload of a client begins. It takes no place before it has come: one that drips keeps nobody out.
	 * Throws: PolicyError for an id that was here before, and `overload` where there is no place.
	 */
	begin(id: string, client: string): void;
	/** So many bytes more have come. Throws: PolicyError `overload` where there is no room for them. */
	grow(id: string, bytes: number): void;
	/** The upload has come. Throws: DataError for a job that is none, PolicyError `overload`; it is forgotten then. */
	accept(id: string, body: Uint8Array): void;
	/**
	 * Runs a job when all three parties hold it and its turn has come.
	 * Throws: DataError for a job that is not here, PeerError when a party fails or `gone` aborts.
	 */
	run(id: string, gone: AbortSignal): Promise<JobResult>;
	/** Forgets a job, in whatever state; the other parties are told. */
	drop(id: string, reason: string): void;
	count(state: JobState): number;
	readonly heldBytes: number;
	/** When there may be room again. */
	retryAfterS(): number;
	close(): void;
}

/** P0 says so often that a job still waits, in the time that a party may be silent. */
const WORDS_PER_STEP = 4;

/**
 * What a party sends, and about as much comes, before it collects its whole heap, in some 20 ms. The engine waits until the
 * heap has grown fourfold, of which it takes the memory of a gallery for a part: a million templates are 4 GB of messages.
 */
const COLLECT_BYTES = 32 * 2 ** 20;

export type JobState = 'arriving' | 'held' | 'queued' | 'running';

interface Job {
	/** The label of its token. */
	readonly client: string;
	state: JobState;
	bytes: number;
	upload?: { readonly job: PreparedJob; readonly channel: AttemptChannel; readonly expiry: NodeJS.Timeout };
}

interface JobsOptions {
	readonly index: PartyIndex;
	readonly transport: Pick<TlsTransport, 'openAttempt' | 'closeAttempt'>;
	readonly pairKeys: PairKeys;
	readonly memories: JobMemories;
	readonly models: ModelStore;
	readonly gallery: PartyGallery;
	readonly model?: () => FaceModel;
	readonly limits: PartyLimits;
	readonly stats: PartyStats;
}

export function createPartyJobs(options: JobsOptions): PartyJobs {
	const { index, transport, limits, stats } = options;
	const jobs = new Map<string, Job>();
	const seenIds = new Set<string>();
	const lane = createLane();
	let sentBytes = 0;
	const heldBytes = (): number => [...jobs.values()].reduce((sum, { bytes }) => sum + bytes, 0);
	const placesTaken = (): number => [...jobs.values()].filter(({ state }) => state !== 'arriving').length;
	const overload = (): PolicyError => {
		stats.refused();
		return new PolicyError('overload', 'too many jobs are waiting', { hint: 'Try again in a few seconds.' });
	};
	const forget = (id: string): void => {
		clearTimeout(jobs.get(id)?.upload?.expiry);
		jobs.delete(id);
		transport.closeAttempt(id);
	};
	const drop = (id: string, reason: string): void => {
		const job = jobs.get(id);
		if (job === undefined) return;
		job.upload?.channel.fail(new PeerError('job-dropped', reason), true);
		// one that was asked to run ends by the failure of its channel
		if (job.state === 'queued' || job.state === 'running') return;
		if (job.upload !== undefined) stats.ended(job.upload.job.work.name, 'dropped', reason);
		forget(id);
	};
	/** P0 decides the order; the others come to the same one, for its words arrive in it. */
	const takeTurn = async (channel: AttemptChannel): Promise<() => void> => {
		await agreeOnJob(index, channel);
		const tooLong = setTimeout(() => {
			const minutes = Math.round(limits.queueLifeMs / 60_000);
			channel.fail(new PeerError('queue-too-long', `the job waited ${minutes} minutes for its turn`), true);
		}, limits.queueLifeMs);
		const stillWaits =
			index === 0 ? setInterval(() => sendTurn(channel, 'waits'), limits.stepTimeoutMs / WORDS_PER_STEP) : undefined;
		try {
			if (index !== 0) await awaitTurn(channel);
			const release = await lane.take(channel.signal);
			if (index === 0) sendTurn(channel, 'begins');
			return release;
		} finally {
			clearTimeout(tooLong);
			clearInterval(stillWaits);
		}
	};
	const perform = async (entry: Job, job: PreparedJob, channel: AttemptChannel): Promise<JobResult> => {
		const release = await takeTurn(channel);
		try {
			entry.state = 'running';
			const result = await runJob(index, job, channel, { ...options, client: entry.client });
			sentBytes += result.bytesSent;
			if (sentBytes > COLLECT_BYTES) {
				sentBytes = 0;
				// when the result is on its way
				setImmediate(collectWholeHeap);
			}
			return result;
		} finally {
			release();
		}
	};

	return {
		begin(id, client) {
			if (seenIds.has(id)) {
				throw new PolicyError('job-seen', `job ${id} has been sent before`, { hint: 'Take a new id.' });
			}
			if (placesTaken() >= limits.maxJobs) throw overload();
			const [oldest] = seenIds;
			if (oldest !== undefined && seenIds.size >= limits.maxRememberedIds) seenIds.delete(oldest);
			seenIds.add(id);
			jobs.set(id, { client, state: 'arriving', bytes: 0 });
		},
		grow(id, bytes) {
			const entry = jobs.get(id);
			if (entry === undefined) throw droppedOnItsWay(id);
			if (heldBytes() + bytes > limits.maxHeldBytes) throw overload();
			entry.bytes += bytes;
		},
		accept(id, body) {
			const entry = jobs.get(id);
			if (entry === undefined) throw droppedOnItsWay(id);
			try {
				// others may have come since it began
				if (placesTaken() >= limits.maxJobs) throw overload();
				const job = prepareJob(id, decodeJob(body), options.model);
				const channel = transport.openAttempt(id, { maxQueuedBytes: job.work.arenaBytes, describeStep });
				// the same job may still be on its way to the others, in a longer upload
				const lifeMs = limits.uploadLifeMs + allowedMs(job.largestUploadBytes, limits);
				const expiry = setTimeout(() => drop(id, 'nobody asked for its run in time'), lifeMs);
				entry.upload = { job, channel, expiry };
				entry.state = 'held';
			} catch (error) {
				forget(id);
				throw error;
			}
		},
		async run(id, gone) {
			const entry = jobs.get(id);
			if (entry?.upload === undefined || entry.state !== 'held') {
				throw new DataError('no-such-job', `there is no job ${id} here`, {
					hint: 'It may have waited too long. Send it again.',
				});
			}
			const { job, channel, expiry } = entry.upload;
			const { name } = job.work;
			clearTimeout(expiry);
			entry.state = 'queued';
			const leave = (): void => channel.fail(new PeerError('job-dropped', 'the client has gone'), true);
			if (gone.aborted) leave();
			gone.addEventListener('abort', leave, { once: true });
			try {
				const result = await perform(entry, job, channel);
				stats.done(name, result);
				return result;
			} catch (error) {
				const message = error instanceof Error ? error.message : String(error);
				channel.fail(error instanceof PeerError ? error : new PeerError('party-failed', message), true);
				const isDropped = gone.aborted || (error instanceof PeerError && error.code === 'job-dropped');
				stats.ended(name, isDropped ? 'dropped' : 'failed', message);
				throw error;
			} finally {
				gone.removeEventListener('abort', leave);
				forget(id);
			}
		},
		drop,
		count: (state) => [...jobs.values()].filter((job) => job.state === state).length,
		get heldBytes() {
			return heldBytes();
		},
		retryAfterS() {
			const waitMs = (stats.meanJobMs() ?? 0) * jobs.size;
			return Math.min(30, Math.max(1, Math.ceil(waitMs / 1000)));
		},
		close() {
			for (const [id, { state }] of [...jobs]) if (state === 'held') forget(id);
		},
	};
}

function droppedOnItsWay(id: string): DataError {
	return new DataError('no-such-job', `job ${id} was dropped while it arrived`);
}

import { createHash, randomBytes } from 'node:crypto';
import { DataError, PeerError } from '../../core/errors.js';
import { deriveAttemptKeys, eraseKeys } from '../../core/mpc/attempt.js';
import { createPairStreams, type PairKeys } from '../../core/mpc/keystream.js';
import type { Party } from '../../core/mpc/party.js';
import { PARTIES, type PartyIndex } from '../../core/mpc/party-index.js';
import { areOf, type Ring } from '../../core/mpc/ring.js';
import { inSequence } from '../../core/mpc/step-cost.js';
import { StepCounter } from '../../core/mpc/step-counter.js';
import { type InputComponent, openInputShare, runCompareInputs } from '../../core/mpc/steps/share-input.js';
import type { AttemptChannel } from '../../core/mpc/transport/attempt-channel.js';
import { NONCE } from './control-steps.js';
import { createFaceModel } from './face-model.js';
import type { JobMemories } from './job-memory.js';
import type { JobResult, JobUpload } from './job-wire.js';
import { type JobWork, readWork } from './job-work.js';
import type { ModelStore } from './model-store.js';
import type { PartyGallery } from './party-gallery.js';

const NONCE_BYTES = 16;
const HASH_BYTES = 32;

/** A job whose upload has been read and found sound. */
export interface PreparedJob {
	readonly id: string;
	readonly upload: JobUpload;
	readonly programHash: Uint8Array;
	readonly work: JobWork;
	/** What the largest of the three uploads can be. */
	readonly largestUploadBytes: number;
}

/** Throws: DataError for a program that is none, or needs more memory than a party gives. */
export function prepareJob(id: string, upload: JobUpload, model = createFaceModel()): PreparedJob {
	const work = readWork(upload.program, model);
	guardComponents('input', [upload.input.first, upload.input.second], work.inputCount, work.ring);
	const { weights } = upload;
	guardComponents(
		'weights',
		weights.kind === 'public' ? [{ words: weights.values }] : [weights.share.first, weights.share.second],
		work.weightCount,
		work.ring,
	);
	const values = work.inputCount + work.weightCount;
	return {
		id,
		upload,
		programHash: createHash('sha256').update(upload.program).digest(),
		work,
		largestUploadBytes: (work.ring.wordBits / 4) * values + 2 * upload.program.length,
	};
}

/**
 * A seed stands for as many values as the program has; words have to be as many, and of its ring, before memory is taken
 * for them.
 */
function guardComponents(name: string, components: readonly InputComponent[], expected: number, ring: Ring): void {
	for (const component of components) {
		if ('seed' in component) continue;
		const { words } = component;
		if (words.length === expected && areOf(ring, words)) continue;
		const got = `${words.length} of ${8 * words.BYTES_PER_ELEMENT}`;
		throw new DataError('bad-job', `${name}: expected ${expected} values of ${ring.bits} bits, got ${got}`);
	}
}

/** What a party has for any job. */
interface Place {
	readonly memories: JobMemories;
	readonly models: ModelStore;
	readonly gallery: PartyGallery;
	/** Whose job it is. */
	readonly client: string;
}

/**
 * Runs one job, once: fresh nonces, keys that end with the attempt, memory that is given back.
 * Throws: PeerError when a party fails or runs another program, DataError for shares that do not agree.
 */
export async function runJob(
	index: PartyIndex,
	job: PreparedJob,
	channel: AttemptChannel,
	own: Place & { readonly pairKeys: PairKeys },
): Promise<JobResult> {
	const startedMs = performance.now();
	const sentBefore = channel.sentBytes;
	const keys = deriveAttemptKeys(own.pairKeys, {
		nonces: await exchangeNonces(index, job, channel),
		job: job.id,
		programHash: job.programHash,
		inputHashes: [],
	});
	try {
		const opened = await runProgram(index, job, channel, { ...own, keys });
		return { ...opened, ms: performance.now() - startedMs, bytesSent: channel.sentBytes - sentBefore };
	} finally {
		eraseKeys(keys);
	}
}

async function runProgram(
	index: PartyIndex,
	{ work, upload }: PreparedJob,
	channel: AttemptChannel,
	own: Place & { readonly keys: PairKeys },
): Promise<Pick<JobResult, 'opened' | 'rounds'>> {
	const { ring, arenaBytes } = work;
	const { kernels, arena, release } = await own.memories.take(arenaBytes, ring);
	try {
		const streams = createPairStreams(own.keys);
		const party: Party = { index, ring, kernels, arena, streams, channel, counter: new StepCounter() };
		const input = openInputShare(party, upload.input, work.inputCount);
		await runCompareInputs(party, upload.input);
		const opened = await work.run(party, input, { ...own, weights: upload.weights });
		const { rounds } = inSequence(party.counter.steps.map(({ cost }) => cost));
		return { opened, rounds };
	} finally {
		release();
	}
}

async function exchangeNonces(
	index: PartyIndex,
	job: PreparedJob,
	channel: AttemptChannel,
): Promise<[Uint8Array, Uint8Array, Uint8Array]> {
	const nonces: [Uint8Array, Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0), new Uint8Array(0)];
	nonces[index] = randomBytes(NONCE_BYTES);
	const others = PARTIES.filter((party) => party !== index);
	for (const to of others) channel.send(to, NONCE, Buffer.concat([nonces[index], job.programHash]));
	for (const from of others) {
		const message = await channel.receive(from, NONCE, NONCE_BYTES + HASH_BYTES);
		nonces[from] = message.slice(0, NONCE_BYTES);
		if (Buffer.compare(message.subarray(NONCE_BYTES), job.programHash) !== 0) {
			throw new PeerError('programs-differ', `party ${from} was given another program by the client`);
		}
		const twin = PARTIES.find((party) => party !== from && Buffer.compare(nonces[party], nonces[from]) === 0);
		if (twin === undefined) continue;
		const what =
			twin === index ? `party ${from} sent this party's nonce` : `parties ${twin} and ${from} sent one nonce`;
		throw new PeerError('nonce-repeated', `${what} at the exchange of nonces, where each takes a fresh one`);
	}
	return nonces;
}

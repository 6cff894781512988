import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { DataError, PeerError, PolicyError, VeilcamError } from '../../core/errors.js';
import { DESCRIPTOR_LENGTH } from '../../core/face/fixed-match.js';
import type { PartyIndex } from '../../core/mpc/party-index.js';
import { createTemplateTable } from '../../core/mpc/template-table.js';
import type { AttemptChannel } from '../../core/mpc/transport/attempt-channel.js';
import { createTlsTransport, type TlsTransport } from '../../core/mpc/transport/tls-transport.js';
import { createTokenCheck } from '../bearer-token.js';
import { createJobMemories } from './job-memory.js';
import { decodeJob, encodeResult } from './job-wire.js';
import type { PartyConfig } from './party-config.js';
import { awaitTurn, type PreparedJob, prepareJob, runJob } from './run-job.js';

/** What a party says of itself. */
export interface PartyStatus {
	readonly party: PartyIndex;
	readonly isConnected: readonly [boolean, boolean, boolean];
	readonly jobsDone: number;
	readonly jobsFailed: number;
	readonly jobsWaiting: number;
	readonly bytesSent: number;
	readonly rounds: number;
	/** The last failure in a sentence. */
	readonly lastError: string | null;
	readonly residentBytes: number;
}

export interface RunningParty {
	readonly url: string;
	/** Resolves when both other parties are linked. Throws: PeerError. */
	connected(timeoutMs: number): Promise<void>;
	status(): PartyStatus;
	close(): Promise<void>;
}

const MAX_UPLOAD_BYTES = 512 * 1024 * 1024;
const MAX_MESSAGE_BYTES = 512 * 1024 * 1024;
const MAX_WAITING_JOBS = 8;
/** An upload that is not run within this time is dropped. */
const UPLOAD_LIFE_MS = 60_000;
const STEP_TIMEOUT_MS = 20_000;
/** Job ids that are remembered, so that none runs twice. */
const REMEMBERED_IDS = 100_000;

interface WaitingJob {
	readonly job: PreparedJob;
	readonly channel: AttemptChannel;
	readonly expiry: NodeJS.Timeout;
}

/** Starts one party: links to the others, and a control plane for clients over TLS with a token. */
export async function startParty(
	config: PartyConfig,
	{ stepTimeoutMs }: { readonly stepTimeoutMs: number } = { stepTimeoutMs: STEP_TIMEOUT_MS },
): Promise<RunningParty> {
	const { index, keyPem, peers, pairKeys } = config;
	const transport = await createTlsTransport({
		index,
		keyPem,
		peers,
		maxMessageBytes: MAX_MESSAGE_BYTES,
		timeoutMs: stepTimeoutMs,
	});
	const memories = createJobMemories();
	const templates = createTemplateTable(DESCRIPTOR_LENGTH);
	const uploads = new Map<string, WaitingJob>();
	const seenIds = new Set<string>();
	const counts = { jobsDone: 0, jobsFailed: 0, bytesSent: 0, rounds: 0, lastError: null as string | null };
	let queue: Promise<unknown> = Promise.resolve();
	let waiting = 0;

	const drop = (id: string): void => {
		const upload = uploads.get(id);
		if (upload === undefined) return;
		clearTimeout(upload.expiry);
		uploads.delete(id);
		transport.closeAttempt(id);
	};
	const accept = (id: string, body: Buffer): void => {
		if (seenIds.has(id))
			throw new PolicyError('job-seen', `job ${id} has been sent before`, { hint: 'Take a new id.' });
		if (uploads.size + waiting >= MAX_WAITING_JOBS) {
			throw new PolicyError('overload', 'too many jobs are waiting', { hint: 'Try again in a few seconds.' });
		}
		const job = prepareJob(id, decodeJob(body));
		if (seenIds.size >= REMEMBERED_IDS) seenIds.clear();
		seenIds.add(id);
		const channel = transport.openAttempt(id, { maxQueuedBytes: job.work.arenaBytes });
		const expiry = setTimeout(() => drop(id), UPLOAD_LIFE_MS);
		uploads.set(id, { job, channel, expiry });
	};
	const run = async ({ job, channel }: WaitingJob): Promise<Buffer> => {
		try {
			await awaitTurn(index, channel);
			const result = await runJob(index, job, channel, { pairKeys, memories, templates });
			counts.jobsDone++;
			counts.bytesSent += result.bytesSent;
			counts.rounds += result.rounds;
			return encodeResult(result);
		} catch (error) {
			counts.jobsFailed++;
			const message = error instanceof Error ? error.message : String(error);
			counts.lastError = message;
			channel.fail(error instanceof PeerError ? error : new PeerError('party-failed', message), true);
			throw error;
		} finally {
			transport.closeAttempt(job.id);
		}
	};
	const start = (id: string): Promise<Buffer> => {
		const upload = uploads.get(id);
		if (upload === undefined) {
			throw new DataError('no-such-job', `there is no job ${id} here`, {
				hint: 'It may have waited too long. Send it again.',
			});
		}
		clearTimeout(upload.expiry);
		uploads.delete(id);
		waiting++;
		// P0 decides the order; the others wait for its word on each job, so they need no queue of their own
		const result = index === 0 ? queue.then(() => run(upload)) : run(upload);
		queue = result.catch(() => {});
		return result.finally(() => {
			waiting--;
		});
	};
	const status = (): PartyStatus => ({
		party: index,
		isConnected: [0, 1, 2].map((peer) => peer === index || isUp(transport, peer)) as [boolean, boolean, boolean],
		...counts,
		jobsWaiting: waiting + uploads.size,
		residentBytes: process.memoryUsage.rss(),
	});
	const app = createApp(config, { accept, start, drop, status });
	try {
		await app.listen({ host: config.host, port: config.port });
	} catch (cause) {
		await transport.close();
		throw new PeerError('port-in-use', `${config.host}:${config.port}: cannot listen for clients`, {
			hint: 'End the program that listens there, or choose other ports.',
			cause,
		});
	}
	const { port } = app.server.address() as AddressInfo;
	return {
		url: `https://${config.host}:${port}`,
		connected: (timeoutMs) => transport.connected(timeoutMs),
		status,
		async close() {
			for (const id of [...uploads.keys()]) drop(id);
			await transport.close();
			await app.close();
			memories.close();
		},
	};
}

function isUp(transport: TlsTransport, peer: number): boolean {
	return transport.isConnected(peer === 0 ? 0 : peer === 1 ? 1 : 2);
}

interface Routes {
	readonly accept: (id: string, body: Buffer) => void;
	readonly start: (id: string) => Promise<Buffer>;
	readonly drop: (id: string) => void;
	readonly status: () => PartyStatus;
}

function createApp(config: PartyConfig, routes: Routes): FastifyInstance {
	const mayEnter = createTokenCheck(config.token);
	const app = Fastify({
		bodyLimit: MAX_UPLOAD_BYTES,
		forceCloseConnections: true,
		serverFactory: (handle) =>
			createTlsServer(
				{ key: config.keyPem, cert: config.peers[config.index].certificatePem, minVersion: 'TLSv1.3' },
				handle,
			),
	});
	app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
		done(null, body),
	);
	app.addHook('onRequest', async (request, reply) => {
		if (request.url === '/healthz' || mayEnter(request.headers.authorization)) return;
		await reply.code(401).send({ error: 'no-token', message: 'the token is missing or wrong' });
	});
	app.setErrorHandler((error, _request, reply) => {
		const { code, message, status } = describeError(error);
		void reply.code(status).send({ error: code, message });
	});
	app.get('/healthz', () => ({ status: 'ok' }));
	app.get('/v1/status', () => routes.status());
	app.put<{ Params: { id: string } }>('/v1/jobs/:id', async (request, reply) => {
		if (!(request.body instanceof Buffer))
			throw new DataError('bad-job', 'content type: expected application/octet-stream');
		routes.accept(jobId(request.params.id), request.body);
		return reply.code(201).send({ status: 'waiting' });
	});
	app.post<{ Params: { id: string } }>('/v1/jobs/:id/run', async (request, reply) => {
		const result = await routes.start(jobId(request.params.id));
		return reply.type('application/octet-stream').send(result);
	});
	app.delete<{ Params: { id: string } }>('/v1/jobs/:id', async (request, reply) => {
		routes.drop(jobId(request.params.id));
		return reply.code(204).send();
	});
	return app;
}

function jobId(text: string): string {
	if (/^[0-9a-f]{32}$/.test(text)) return text;
	throw new DataError('bad-job', 'job: expected 128 bits in hexadecimal');
}

function describeError(error: unknown): { code: string; message: string; status: number } {
	if (error instanceof VeilcamError) {
		const byExitCode = { 1: 500, 2: 400, 3: 400, 4: 502, 5: error.code === 'overload' ? 429 : 403 } as const;
		return { code: error.code, message: error.message, status: byExitCode[error.exitCode] };
	}
	const { statusCode, message } = Object.assign(
		{ statusCode: 500, message: '' },
		error instanceof Error ? { statusCode: Reflect.get(error, 'statusCode') ?? 500, message: error.message } : {},
	);
	// what fastify refuses is the client's; anything else is ours, and says no more than that
	return Number(statusCode) < 500
		? { code: 'bad-request', message, status: Number(statusCode) }
		: { code: 'bug', message: 'the party made a mistake; its log tells more', status: 500 };
}

import type { IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Readable } from 'node:stream';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { Registry } from 'prom-client';
import { DataError, PolicyError, VeilcamError } from '../../core/errors.js';
import type { PartyStatus } from '../../core/events.js';
import { createClientCheck } from '../bearer-token.js';
import type { SharesBeside } from '../shares/shares-beside.js';
import { encodeResult } from './job-wire.js';
import { modelId } from './model-program.js';
import type { ModelStore } from './model-store.js';
import { ANY_CLIENT, type PartyConfig } from './party-config.js';
import type { PartyGallery } from './party-gallery.js';
import type { PartyJobs } from './party-jobs.js';
import { allowedMs, type PartyLimits } from './party-limits.js';

interface ControlPlaneParts {
	/** Wraps the handler of all requests, to answer some of them first. */
	readonly before: SharesBeside['before'];
	readonly config: PartyConfig;
	readonly limits: PartyLimits;
	readonly jobs: PartyJobs;
	readonly models: ModelStore;
	readonly gallery: Pick<PartyGallery, 'state' | 'ids'>;
	readonly status: () => PartyStatus;
	readonly metrics: Registry;
}

/** A header, or a handshake, takes no longer than this; nor does the body of a request that was refused. */
const SHORT_MS = 10_000;

/** What clients, and those who watch over a party, ask it: HTTPS with a token. */
export function createControlPlane({
	before,
	config,
	limits,
	jobs,
	models,
	gallery,
	status,
	metrics,
}: ControlPlaneParts): FastifyInstance {
	const clientOf = createClientCheck({ ...config.clients, [ANY_CLIENT]: config.token });
	const app = Fastify({
		forceCloseConnections: true,
		serverFactory(handle) {
			const server = createTlsServer(
				{
					key: config.keyPem,
					cert: config.peers[config.index].certificatePem,
					minVersion: 'TLSv1.3',
					handshakeTimeout: SHORT_MS,
					headersTimeout: SHORT_MS,
					connectionsCheckingInterval: SHORT_MS / 2,
					// each body has a time of its own
					requestTimeout: 0,
				},
				before(handle),
			);
			server.maxConnections = limits.maxConnections;
			return server;
		},
	});
	// the handler reads it, when there is room
	app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
	app.addHook('onRequest', async (request, reply) => {
		const isOpen = request.url === '/healthz';
		const isKnown = clientOf(request.headers.authorization) !== undefined;
		const bytes = Math.min(lengthOf(request.raw), limits.maxUploadBytes);
		cutOffAfter(isKnown ? allowedMs(bytes, limits) : SHORT_MS, request.raw);
		if (isOpen || isKnown) return;
		await reply.code(401).send({ error: 'no-token', message: 'the token is missing or wrong' });
	});
	app.setErrorHandler((error, request, reply) => {
		const { status: httpStatus, code, ...said } = describeError(error);
		cutOffAfter(SHORT_MS, request.raw);
		if (httpStatus === 429) reply.header('retry-after', String(jobs.retryAfterS()));
		void reply.code(httpStatus).send({ error: code, ...said });
	});
	app.setNotFoundHandler((_request, reply) => {
		void reply.code(404).send({ error: 'not-found', message: 'there is nothing at this address' });
	});
	app.get('/healthz', () => ({ status: status().isConnected.every(Boolean) ? 'ok' : 'not-linked' }));
	app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()));
	app.get('/v1/status', status);
	app.get('/v1/gallery', () => gallery.state);
	app.get('/v1/gallery/ids', () => gallery.ids());
	app.put<{ Params: { id: string }; Body: Readable | null }>('/v1/jobs/:id', async (request, reply) => {
		const id = jobId(request.params.id);
		const { body } = request;
		if (body === null || body === undefined) {
			throw new DataError('bad-job', 'content type: expected application/octet-stream');
		}
		if (request.headers['content-length'] === undefined) {
			return reply.code(411).send({ error: 'no-length', message: 'content-length: expected, got none' });
		}
		if (lengthOf(request.raw) > limits.maxUploadBytes) {
			const message = `a job has ${limits.maxUploadBytes} bytes at most`;
			return reply.code(413).send({ error: 'job-too-large', message });
		}
		jobs.begin(id, clientOf(request.headers.authorization) ?? ANY_CLIENT);
		// one place for all of it, read where it lies: pages that have not come yet take no memory
		const upload = Buffer.allocUnsafeSlow(lengthOf(request.raw));
		let filledBytes = 0;
		try {
			for await (const piece of body) {
				jobs.grow(id, piece.length);
				upload.set(piece, filledBytes);
				filledBytes += piece.length;
			}
		} catch (error) {
			jobs.drop(id, 'its upload was cut off');
			throw error;
		}
		jobs.accept(id, upload.subarray(0, filledBytes));
		return reply.code(201).send({ status: 'waiting' });
	});
	app.post<{ Params: { id: string } }>('/v1/jobs/:id/run', async (request, reply) => {
		const id = jobId(request.params.id);
		const gone = keepClientPosted(reply, limits.keepAliveMs);
		const result = await jobs.run(id, gone);
		return reply.type('application/octet-stream').send(encodeResult(result));
	});
	app.delete<{ Params: { id: string } }>('/v1/jobs/:id', async (request, reply) => {
		jobs.drop(jobId(request.params.id), 'its client dropped it');
		return reply.code(204).send();
	});
	app.get('/v1/models', () => ({ models: models.list() }));
	app.delete<{ Params: { id: string } }>('/v1/models/:id', (request) => ({
		removed: models.remove(modelId(request.params.id)),
	}));
	return app;
}

/** Sends "102 Processing" until the answer goes out. The signal aborts when the client's connection ends before that. */
function keepClientPosted({ raw }: FastifyReply, everyMs: number): AbortSignal {
	const gone = new AbortController();
	const timer = setInterval(() => {
		if (raw.headersSent) clearInterval(timer);
		else raw.writeProcessing();
	}, everyMs);
	raw.on('close', () => {
		clearInterval(timer);
		if (!raw.writableFinished) gone.abort();
	});
	return gone.signal;
}

/** A body that drips would hold its place for ever. */
function cutOffAfter(ms: number, request: IncomingMessage): void {
	const timer = setTimeout(() => {
		if (!request.complete) request.destroy();
	}, ms);
	timer.unref();
	for (const event of ['end', 'close']) request.once(event, () => clearTimeout(timer));
}

/** 0 where none is given. */
function lengthOf(request: IncomingMessage): number {
	return Number(request.headers['content-length'] ?? 0);
}

function jobId(text: string): string {
	if (/^[0-9a-f]{32}$/.test(text)) return text;
	throw new DataError('bad-job', 'job: expected 128 bits in hexadecimal');
}

function describeError(error: unknown): { code: string; message: string; hint?: string | undefined; status: number } {
	if (error instanceof VeilcamError) {
		const byExitCode = { 1: 500, 2: 400, 3: 400, 4: 502, 5: 403 } as const;
		const isOverload = error instanceof PolicyError && error.code === 'overload';
		const { code, message, hint } = error;
		return { code, message, hint, status: isOverload ? 429 : byExitCode[error.exitCode] };
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

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { Registry } from 'prom-client';
import type { SessionParameters } from '../../core/average/session.js';
import { describeSession } from '../../core/average/session-description.js';
import { encodePng } from '../../core/image/encode.js';
import { encodeNpy } from '../../core/npy.js';
import type { EventStream } from './event-stream.js';
import { createFrontRelease, createFrontReleases, type FrontRoutes } from './front-routes.js';
import type { ReleasedAverage } from './released-average.js';
import type { Counting } from './start-ledger.js';
import { PAGE_HEADERS, type WebPages } from './web-pages.js';

export interface CollectorAppParts {
	readonly session: SessionParameters;
	readonly ledger: Counting;
	/** In a session on shares: where clients send, and how a noisy average is asked for. */
	readonly front?: FrontRoutes | undefined;
	readonly mayEnter: (authorization: string | undefined) => boolean;
	readonly readRelease: () => Promise<ReleasedAverage | null>;
	readonly metrics: Registry;
	readonly events: EventStream;
	readonly pages: WebPages;
	/** The address that people are given, without the token; known once the collector listens. */
	readonly page: () => string;
	readonly isSelfSigned: boolean;
	/** Makes the server that calls `handle` for every request that is no report. */
	readonly makeServer: (handle: (request: IncomingMessage, response: ServerResponse) => void) => Server;
}

/** Every route of the collector but the report route. */
export function createCollectorApp(parts: CollectorAppParts): FastifyInstance {
	const { session, ledger, readRelease, metrics, events } = parts;
	const app = Fastify({ serverFactory: parts.makeServer, forceCloseConnections: true, bodyLimit: 1024 });
	const tooEarly = (reply: FastifyReply): FastifyReply =>
		reply.code(403).send({
			error: 'minimum-batch',
			message: `no average yet: ${ledger.count} of ${session.minBatch} reports have come`,
			count: ledger.count,
			minBatch: session.minBatch,
		});

	app.addHook('onRequest', async (request, reply) => {
		reply.headers({
			'x-content-type-options': 'nosniff',
			'referrer-policy': 'no-referrer',
			'cache-control': 'no-store',
			'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
		});
		if (isOpen(request.url) || parts.mayEnter(request.headers.authorization)) return;
		await reply.code(401).send({ error: 'no-token', message: 'the token is missing or wrong' });
	});
	app.addHook('preHandler', async (request, reply) => {
		const { name } = Object.assign({ name: session.name }, request.params);
		if (name === session.name) return;
		await reply.code(404).send({ error: 'wrong-session', message: 'there is no session of this name here' });
	});
	app.setNotFoundHandler((_request, reply) => {
		void reply.code(404).send({ error: 'not-found', message: 'there is nothing at this address' });
	});

	for (const [address, name] of [
		['/', 'page'],
		['/wall', 'wall'],
	] as const) {
		app.get(address, (_request, reply) => {
			const about = { session: session.name, page: parts.page(), isSelfSigned: parts.isSelfSigned };
			return reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').send(parts.pages.html(name, about));
		});
	}
	app.get<{ Params: { file: string } }>('/assets/:file', (request, reply) => {
		const asset = parts.pages.assets.get(request.params.file);
		if (asset === undefined) return reply.callNotFound();
		// a worker has the policy that its own script came with
		return reply
			.headers({ ...PAGE_HEADERS, 'cache-control': 'public, max-age=31536000, immutable' })
			.type(asset.type)
			.send(asset.body);
	});
	app.get('/healthz', (_request, reply) => {
		const failure = ledger.storeFailure;
		// a word, for anybody may ask: the sentence names the file
		return reply.code(failure === null ? 200 : 503).send({ status: failure === null ? 'ok' : failure.code });
	});
	app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()));
	app.get('/v1/sessions/:name/session', () => describeSession(session, ledger, parts.front?.target));
	if (parts.front !== undefined) {
		// what our client sends has one type
		app.addContentTypeParser(
			'application/octet-stream',
			{ parseAs: 'string' },
			app.getDefaultJsonParser('error', 'error'),
		);
		const { front } = parts;
		app.get('/v1/sessions/:name/releases', createFrontReleases(front));
		app.post('/v1/sessions/:name/releases', createFrontRelease(front));
	}
	app.get('/v1/sessions/:name/average', async (_request, reply) => {
		const release = await readRelease();
		if (release === null) return tooEarly(reply);
		return { ...session, count: release.count, expectedRmse: release.expectedRmseGray };
	});
	app.get('/v1/sessions/:name/average.png', async (_request, reply) => {
		const release = await readRelease();
		if (release === null) return tooEarly(reply);
		return reply
			.type('image/png')
			.header('x-veilcam-count', String(release.count))
			.send(Buffer.from(await encodePng(release.image)));
	});
	app.get('/v1/sessions/:name/average.npy', async (_request, reply) => {
		const release = await readRelease();
		if (release === null) return tooEarly(reply);
		const shape = [session.height, session.width, ...(session.channels === 3 ? [3] : [])];
		return reply
			.type('application/octet-stream')
			.header('x-veilcam-count', String(release.count))
			.header('x-veilcam-noise-gray', String(release.noiseRmseGray))
			.send(Buffer.from(encodeNpy({ values: release.means, shape })));
	});
	// a HEAD request would be answered by a stream that never ends
	app.get('/v1/sessions/:name/events', { exposeHeadRoute: false }, (_request, reply) => {
		if (!events.add(reply.raw)) {
			return reply.code(429).header('retry-after', '5').send({ error: 'overload', message: 'too many listeners' });
		}
		reply.hijack();
		return reply;
	});
	return app;
}

/** What everybody may fetch: it holds no secret, and a browser cannot send a token when it opens a page. */
function isOpen(url: string): boolean {
	return /^\/(?:healthz|wall|assets\/[\w.-]+)?(?:\?.*)?$/.test(url);
}

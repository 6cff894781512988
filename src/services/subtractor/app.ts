import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { CAMERA_NAME } from './exchange-url.js';
import type { FrameStore } from './frame-store.js';

export interface SubtractorAppParts {
	readonly store: FrameStore;
	readonly mayEnter: (authorization: string | undefined) => boolean;
	readonly metrics: Registry;
	/** Makes the server that calls `handle` for every request that is not of the exchange route. */
	readonly makeServer: (handle: (request: IncomingMessage, response: ServerResponse) => void) => Server;
}

/** Frames of one list. Who wants more asks again, after the last number. */
const MAX_LISTED = 256;

/** Every route of the subtractor but the exchange route. */
export function createSubtractorApp({ store, mayEnter, metrics, makeServer }: SubtractorAppParts): FastifyInstance {
	const app = Fastify({ serverFactory: makeServer, forceCloseConnections: true, bodyLimit: 1024 });
	app.addHook('onRequest', async (request, reply) => {
		reply.headers({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
		if (request.url === '/healthz' || mayEnter(request.headers.authorization)) return;
		await reply.code(401).send({ error: 'no-token', message: 'the token is missing or wrong' });
	});
	app.setNotFoundHandler((_request, reply) => {
		void reply.code(404).send({ error: 'not-found', message: 'there is nothing at this address' });
	});
	app.get('/healthz', (_request, reply) => {
		// a word, for anybody may ask: the sentence names the folder
		return reply.code(store.failure === null ? 200 : 503).send({ status: store.failure?.code ?? 'ok' });
	});
	app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()));
	app.get<{ Params: { camera: string }; Querystring: { after?: string } }>(
		'/v1/cameras/:camera/frames',
		(request, reply) => {
			const { camera } = request.params;
			const after = request.query.after ?? '0';
			if (!CAMERA_NAME.test(camera) || !/^\d{1,15}$/.test(after)) {
				return reply.code(400).send({ error: 'bad-request', message: 'expected a camera and a number' });
			}
			const frames = store.index.after(camera, Number(after), MAX_LISTED);
			return { frames: frames.map(({ number, id, bytes }) => ({ number, id, bytes })) };
		},
	);
	return app;
}

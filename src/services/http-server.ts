import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { PeerError } from '../core/errors.js';
import { isPipelinedTooFar } from './pipeline-guard.js';
import type { TlsIdentity } from './self-signed.js';

const MAX_CONNECTIONS = 4096;
/** By default Node looks for slow connections every 30 s: idle ones would keep others out for that long. */
const HTTP_OPTIONS = { connectionsCheckingInterval: 2000 };

export interface HttpServerParts {
	/** TLS with this identity; plain HTTP without. */
	readonly identity?: TlsIdentity | undefined;
	/**
	 * Takes a request before the web framework does; gives false for one that is the framework's. A request that asks
	 * first ("Expect") has not been told to go on: who takes it says so when it wants the body.
	 */
	readonly take?: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
	/** The framework. */
	readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
	/** How long a request may take to arrive whole; 0 where another deadline watches it. */
	readonly requestTimeoutMs: number;
	/** Told how many connections there are now. */
	readonly onConnections: (openConnections: number) => void;
}

/** A server of ours, not listening yet: bounded connections, headers in time, no pipelining without reading. */
export function createHttpServer(parts: HttpServerParts): Server {
	const { identity, take = () => false, handle } = parts;
	const listener = (request: IncomingMessage, response: ServerResponse): void => {
		if (isPipelinedTooFar(request, response)) return;
		if (!take(request, response)) handle(request, response);
	};
	const server: Server =
		identity === undefined
			? createServer(HTTP_OPTIONS, listener)
			: createTlsServer(
					{ ...HTTP_OPTIONS, key: identity.keyPem, cert: identity.certificatePem, minVersion: 'TLSv1.2' },
					listener,
				);
	// without this Node tells everybody to go on, and a body that is refused would be sent all the same
	server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
		if (isPipelinedTooFar(request, response) || take(request, response)) return;
		response.writeContinue();
		handle(request, response);
	});
	server.headersTimeout = 10_000;
	server.requestTimeout = parts.requestTimeoutMs;
	server.maxConnections = MAX_CONNECTIONS;
	let openConnections = 0;
	server.on('connection', (socket) => {
		parts.onConnections(++openConnections);
		socket.on('close', () => parts.onConnections(--openConnections));
	});
	return server;
}

/** What clients are given: `http://127.0.0.1:7400`. Of a server that listens. */
export function urlOf(server: Server, host: string, isTls: boolean): string {
	const { port } = server.address() as AddressInfo;
	return `${isTls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Why a server cannot listen, as a sentence; another error as it is. */
export function asListenError(error: unknown, host: string, port: number): unknown {
	const code = error instanceof Error && 'code' in error ? error.code : undefined;
	const where = `${host}:${port}`;
	if (code === 'EADDRINUSE') {
		return new PeerError('port-in-use', `${where}: another program is listening there`, {
			hint: 'Choose another --port, or 0 for any.',
			cause: error,
		});
	}
	if (code === 'EACCES') {
		return new PeerError('port-not-allowed', `${where}: not allowed to listen there`, {
			hint: 'Choose a --port above 1023.',
			cause: error,
		});
	}
	if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
		return new PeerError('no-such-address', `${host}: not an address of this machine`, {
			hint: 'Give one of its own addresses to --host, or 0.0.0.0 for all.',
			cause: error,
		});
	}
	return error;
}

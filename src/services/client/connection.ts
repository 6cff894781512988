import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import {
	type ClientRequest,
	Agent as HttpAgent,
	request as httpRequest,
	type IncomingMessage,
	type OutgoingHttpHeaders,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { connect, createSecureContext, type PeerCertificate } from 'node:tls';
import { DataError, PeerError, PolicyError, UserError, VeilcamError } from '../../core/errors.js';
import { type StreamedAnswer, type StreamedBody, streamRequest } from './stream-request.js';

export interface ConnectionOptions {
	readonly url: string;
	readonly token?: string | undefined;
	/** PEM file of the authority to trust instead of the system's. */
	readonly caFile?: string | undefined;
	/** SHA-256 of the server's certificate, hexadecimal, colons allowed. */
	readonly fingerprint?: string | undefined;
	/** Connections kept open. */
	readonly concurrency?: number;
	/** Once aborted, questions are given up, and uploads get a moment to be confirmed. */
	readonly signal?: AbortSignal;
	/** How long a server may be silent. */
	readonly timeoutMs?: number;
	readonly nowMs?: () => number;
}

export interface Answer {
	readonly status: number;
	readonly headers: IncomingMessage['headers'];
	readonly body: Buffer;
	/** The body as JSON. Throws: PeerError when it is not. */
	json(): unknown;
}

/** A server that a client talks to, over connections that stay open. */
export interface Connection {
	readonly url: string;
	/**
	 * Throws: PeerError 'unreachable' when there is no answer in time, the signal's reason once it is aborted, PolicyError when
	 * the certificate is not the pinned one. An HTTP error is an answer, not a throw.
	 * `maxAnswerBytes` bounds the answer's length and with it the whole time: a server that drips would hold us forever.
	 */
	send(
		method: 'GET' | 'PUT' | 'POST' | 'DELETE',
		path: string,
		body?: Uint8Array,
		maxAnswerBytes?: number,
	): Promise<Answer>;
	/**
	 * Sends a body as it is made, and gives the answer as it comes; both go on at once. The body is not begun before the
	 * server wants it. Throws: as `send`, and what making the body throws.
	 */
	exchange(method: 'PUT' | 'POST' | 'GET', path: string, body?: StreamedBody): Promise<StreamedAnswer>;
	close(): void;
}

const TIMEOUT_MS = 30_000;
/**
 * Servers close connections that rest for 5 seconds. Who computes meanwhile does not hear of it, and loses what he sends
 * next.
 */
const MAX_REST_MS = 3000;
const TIMEOUT_AFTER_ABORT_MS = { GET: 1, PUT: 2000, POST: 1, DELETE: 500 } as const;
const MAX_ANSWER_BYTES = 512 * 1024 * 1024;
/** A slower line than this is given up, where the length is known. */
const MIN_BYTES_PER_MS = 32;

/** Enough for every answer that is a JSON object or a sentence. */
export const SHORT_ANSWER_BYTES = 64 * 1024;

/**
 * Opens a connection to a server.
 * Throws: UserError for a bad address or fingerprint, PeerError when nobody answers, PolicyError for another certificate.
 */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
	const base = parseUrl(options.url);
	const isTls = base.protocol === 'https:';
	const maxSockets = options.concurrency ?? 4;
	const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
	// each request listens: Node would take more than ten at once for a leak, and say so to the user
	if (options.signal !== undefined) setMaxListeners(0, options.signal);
	const agent = isTls
		? new HttpsAgent({ keepAlive: true, maxSockets, ...(await trust(base, options)) })
		: new HttpAgent({ keepAlive: true, maxSockets });
	// one listener for all requests: a signal looks through its listeners for each that is added
	const underWay = new Set<() => void>();
	const hurryAll = (): void => {
		for (const hurry of underWay) hurry();
	};
	options.signal?.addEventListener('abort', hurryAll, { once: true });
	const prefix = base.pathname.replace(/\/$/, '');
	const nowMs = options.nowMs ?? (() => performance.now());
	let openCount = 0;
	let restsSinceMs = nowMs();
	const open = (method: string, path: string, bodyBytes?: number, headers?: OutgoingHttpHeaders): ClientRequest => {
		if (openCount === 0 && nowMs() - restsSinceMs > MAX_REST_MS) agent.destroy();
		openCount++;
		const request = (isTls ? httpsRequest : httpRequest)({
			agent,
			method,
			hostname: hostOf(base),
			port: base.port === '' ? undefined : Number(base.port),
			path: prefix + path,
			timeout: timeoutMs,
			headers: {
				...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
				...(bodyBytes === undefined ? {} : { 'content-type': 'application/octet-stream', 'content-length': bodyBytes }),
				...headers,
			},
		});
		request.on('close', () => {
			openCount--;
			restsSinceMs = nowMs();
		});
		return request;
	};
	return {
		url: base.href.replace(/\/$/, ''),
		send(method, path, body, maxAnswerBytes) {
			const maxBytes = maxAnswerBytes ?? MAX_ANSWER_BYTES;
			return new Promise((resolve, reject) => {
				// what was given up for Ctrl-C is no failure of the server
				const fail = (error: Error): void =>
					reject(options.signal?.aborted ? options.signal.reason : asPeerError(error, base));
				const request = open(method, path, body?.length);
				request.on('response', (response) => {
					const chunks: Buffer[] = [];
					let length = 0;
					response.on('data', (chunk: Buffer) => {
						length += chunk.length;
						if (length > maxBytes) response.destroy(new Error('the answer is too long'));
						chunks.push(chunk);
					});
					response.on('error', fail);
					response.on('end', () => {
						const whole = Buffer.concat(chunks);
						const { statusCode: status = 0, headers } = response;
						resolve({ status, headers, body: whole, json: () => parseJson(whole, base) });
					});
				});
				const hurry = (): void => void request.setTimeout(TIMEOUT_AFTER_ABORT_MS[method]);
				underWay.add(hurry);
				const giveUp = (): void => void request.destroy(new Error('no answer in time'));
				let deadline: NodeJS.Timeout | undefined;
				// counts from the socket on: before it the request only waits for its turn
				request.on('socket', () => {
					if (maxAnswerBytes === undefined) return;
					deadline = setTimeout(giveUp, timeoutMs + ((body?.length ?? 0) + maxAnswerBytes) / MIN_BYTES_PER_MS);
				});
				request.on('close', () => {
					clearTimeout(deadline);
					underWay.delete(hurry);
				});
				request.on('error', fail);
				request.on('timeout', giveUp);
				request.end(body);
			});
		},
		exchange(method, path, body) {
			const request = open(method, path, body?.bytes, body === undefined ? {} : { expect: '100-continue' });
			request.on('timeout', () => request.destroy(new Error('no answer in time')));
			return streamRequest(request, body, { signal: options.signal, asError: (error) => asPeerError(error, base) });
		},
		close() {
			options.signal?.removeEventListener('abort', hurryAll);
			agent.destroy();
		},
	};
}

function parseUrl(text: string): URL {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url === undefined || !/^https?:$/.test(url.protocol)) {
		throw new UserError('bad-url', `"${text}": expected an address such as http://127.0.0.1:7400`);
	}
	return url;
}

function hostOf(url: URL): string {
	return url.hostname.replace(/^\[|\]$/g, '');
}

async function trust(base: URL, options: ConnectionOptions) {
	if (options.fingerprint === undefined) {
		return options.caFile === undefined ? {} : { secureContext: createSecureContext({ ca: readCa(options.caFile) }) };
	}
	const pinned = options.fingerprint.replaceAll(':', '').toLowerCase();
	if (!/^[0-9a-f]{64}$/.test(pinned)) {
		throw new UserError('bad-fingerprint', '--fingerprint: expected a SHA-256 in hexadecimal (64 digits)');
	}
	const certificate = await presentedCertificate(base, options.signal);
	const isPinned = (presented: Pick<PeerCertificate, 'fingerprint256'>): boolean =>
		presented.fingerprint256.replaceAll(':', '').toLowerCase() === pinned;
	if (!isPinned(certificate)) throw otherCertificate(base);
	// from here on only this certificate is trusted, whatever names it carries
	return {
		// made once: parsing it for each connection takes a third of a handshake. Also one that an authority has signed is
		// trusted by itself
		secureContext: createSecureContext({ ca: certificate.pem, allowPartialTrustChain: true }),
		checkServerIdentity: (_host: string, presented: PeerCertificate) =>
			isPinned(presented) ? undefined : otherCertificate(base),
	};
}

function presentedCertificate(base: URL, signal?: AbortSignal): Promise<{ fingerprint256: string; pem: string }> {
	return new Promise((resolve, reject) => {
		const host = hostOf(base);
		// nothing is sent on this connection; it only shows which certificate the server has
		const socket = connect({ host, port: Number(base.port || 443), rejectUnauthorized: false, timeout: TIMEOUT_MS });
		socket.on('secureConnect', () => {
			const certificate = socket.getPeerX509Certificate();
			socket.destroy();
			if (certificate === undefined) return reject(otherCertificate(base));
			resolve({ fingerprint256: certificate.fingerprint256, pem: certificate.toString() });
		});
		const stop = (): void => void socket.destroy(new Error('interrupted'));
		signal?.addEventListener('abort', stop, { once: true });
		socket.on('close', () => signal?.removeEventListener('abort', stop));
		socket.on('timeout', () => socket.destroy(new Error('no answer within 30 seconds')));
		socket.on('error', (error) => reject(signal?.aborted === true ? signal.reason : asPeerError(error, base)));
	});
}

function otherCertificate(base: URL): PolicyError {
	return new PolicyError('other-certificate', `${base.host}: the server has another certificate than the pinned one`, {
		hint: 'Compare the fingerprint with what the server shows at its start. Nothing was sent.',
	});
}

function readCa(file: string): string {
	let pem: string;
	try {
		pem = readFileSync(file, 'utf8');
	} catch (cause) {
		throw new DataError('file-not-read', `${file}: cannot be read`, { hint: 'Check the path given to --ca.', cause });
	}
	// the TLS library takes a file without certificates for an empty list, and would blame the server
	if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
		throw new DataError('not-a-certificate', `${file}: no certificate in PEM form`, {
			hint: 'Give --ca the certificate, not its key.',
		});
	}
	return pem;
}

function parseJson(body: Buffer, base: URL): unknown {
	try {
		return JSON.parse(body.toString('utf8'));
	} catch (cause) {
		throw new PeerError('not-a-collector', `${base.host}: the answer is not JSON`, {
			hint: 'Check that the address is that of a veilcam server.',
			cause,
		});
	}
}

function asPeerError(error: Error, base: URL): Error {
	if (error instanceof VeilcamError) return error;
	const code = 'code' in error ? String(error.code) : '';
	if (/SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_|ALTNAME/.test(code)) {
		return new PolicyError('certificate', `${base.host}: the server's certificate is not trusted (${code})`, {
			hint: 'Give its --fingerprint (the server shows it at its start), or --ca.',
			cause: error,
		});
	}
	return new PeerError('unreachable', `${base.host}: no answer (${code || error.message})`, {
		hint: 'Check the address, and that the server is running.',
		cause: error,
	});
}

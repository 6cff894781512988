import { Agent, createServer, type IncomingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ExecutionContext } from 'ava';

export interface HttpAnswer {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly body: Buffer;
}

export interface HttpRequest {
	readonly headers?: Readonly<Record<string, string | number>>;
	readonly body?: Uint8Array;
	readonly agent?: Agent;
}

/** One request; nothing is added to what is asked for but the length of the body. */
export function send(url: string, method: string, path: string, options: HttpRequest = {}): Promise<HttpAnswer> {
	return new Promise((resolve, reject) => {
		const { hostname, port } = new URL(url);
		const { body, agent } = options;
		const length = body === undefined ? {} : { 'content-length': body.length };
		const outgoing = request(
			{ hostname, port, method, path, agent, headers: { ...length, ...options.headers } },
			(response) => {
				const chunks: Buffer[] = [];
				response.on('data', (chunk: Buffer) => chunks.push(chunk));
				response.on('error', reject);
				response.on('end', () => {
					resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
				});
			},
		);
		outgoing.on('error', reject);
		outgoing.end(body);
	});
}

/** A server of plain HTTP that answers each request, whose body has come, as told; it is closed with the test. */
export async function startServer(
	t: ExecutionContext,
	answer: (path: string, method: string, body: Buffer) => Promise<Partial<HttpAnswer>>,
): Promise<string> {
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', async () => {
			const said = await answer(request.url ?? '', request.method ?? '', Buffer.concat(chunks));
			response.writeHead(said.status ?? 200, said.headers).end(said.body);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.teardown(() => {
		server.closeAllConnections();
		server.close();
	});
	const address = server.address();
	return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** `PUT` of a report to the session `room`. */
export function putReport(
	url: string,
	id: string,
	body: Uint8Array,
	headers: Readonly<Record<string, string>> = {},
	agent?: Agent,
): Promise<HttpAnswer> {
	return send(url, 'PUT', `/v1/sessions/room/reports/${id}`, { headers, body, ...(agent && { agent }) });
}

export async function getJson(url: string, path: string): Promise<Readonly<Record<string, unknown>>> {
	return jsonOf(await send(url, 'GET', path));
}

export function jsonOf(answer: HttpAnswer): Readonly<Record<string, unknown>> {
	const value: unknown = JSON.parse(answer.body.toString());
	return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Connections that stay open until the test ends. */
export function keepAliveAgent(t: ExecutionContext, maxSockets = 16): Agent {
	const agent = new Agent({ keepAlive: true, maxSockets });
	t.teardown(() => agent.destroy());
	return agent;
}

/** A connection on which a test writes what it likes. */
export interface RawConnection {
	readonly socket: Socket;
	readonly received: () => string;
	/** Resolves when what was received matches; rejects when the connection closes first. */
	until(pattern: RegExp): Promise<string>;
	/** Resolves when the other side has closed. */
	readonly closed: Promise<void>;
}

export async function openRaw(t: ExecutionContext, url: string): Promise<RawConnection> {
	const { hostname, port, protocol } = new URL(url);
	const isTls = protocol === 'https:';
	const to = { host: hostname, port: Number(port) };
	const socket = isTls ? connectTls({ ...to, rejectUnauthorized: false }) : connect(to);
	t.teardown(() => void socket.destroy());
	let text = '';
	const waiting = new Set<() => void>();
	const wake = (): void => {
		for (const look of waiting) look();
	};
	let isClosed = false;
	socket.on('data', (chunk) => {
		text += chunk.toString('latin1');
		wake();
	});
	const closed = new Promise<void>((resolve) => {
		socket.on('error', () => {});
		socket.on('close', () => {
			isClosed = true;
			wake();
			resolve();
		});
	});
	await new Promise<void>((resolve, reject) => {
		socket.once(isTls ? 'secureConnect' : 'connect', resolve);
		socket.once('error', reject);
	});
	return {
		socket,
		closed,
		received: () => text,
		until(pattern) {
			return new Promise((resolve, reject) => {
				const look = (): void => {
					if (!pattern.test(text) && !isClosed) return;
					waiting.delete(look);
					if (pattern.test(text)) resolve(text);
					else reject(new Error(`closed before ${String(pattern)}: ${text}`));
				};
				waiting.add(look);
				look();
			});
		},
	};
}

/** How often `until` looks at every turn of the event loop, before it leaves the processor to others between two looks. */
const QUICK_LOOKS = 100;

/** Resolves when `condition` holds: looks again and again. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
	for (let looks = 0; !(await condition()); looks++) {
		await new Promise((resolve) => (looks < QUICK_LOOKS ? setImmediate(resolve) : setTimeout(resolve, 5)));
	}
}

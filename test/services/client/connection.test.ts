import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { DataError, PeerError, UserError } from '../../../src/core/errors.js';
import { type Connection, type ConnectionOptions, openConnection } from '../../../src/services/client/connection.js';

async function serve(t: ExecutionContext, listener: RequestListener) {
	const sockets = new Set<Socket>();
	const server = createServer(listener);
	server.on('connection', (socket) => sockets.add(socket));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.teardown(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

async function open(t: ExecutionContext, options: ConnectionOptions): Promise<Connection> {
	const connection = await openConnection(options);
	t.teardown(() => connection.close());
	return connection;
}

test('requests go below the path of the address, with token, type and length', async (t) => {
	const seen: unknown[] = [];
	const { url } = await serve(t, (request, response) => {
		const { method, url: path, headers } = request;
		seen.push([method, path, headers.authorization, headers['content-type'], headers['content-length']]);
		request.resume().on('end', () => response.end('{"ok":true}'));
	});
	const connection = await open(t, { url: `${url}/rooms/`, token: 'secret' });
	t.is(connection.url, `${url}/rooms`);
	const answer = await connection.send('GET', '/v1/x');
	t.deepEqual([answer.status, answer.json()], [200, { ok: true }]);
	await connection.send('PUT', '/v1/y', new Uint8Array(5));
	t.deepEqual(seen, [
		['GET', '/rooms/v1/x', 'Bearer secret', undefined, undefined],
		['PUT', '/rooms/v1/y', 'Bearer secret', 'application/octet-stream', '5'],
	]);
});

test('one connection serves many requests, and no more than asked for are open at once', async (t) => {
	const { url, sockets } = await serve(t, (request, response) => void request.resume().on('end', () => response.end()));
	const connection = await open(t, { url, concurrency: 2 });
	for (let i = 0; i < 5; i++) await connection.send('GET', '/');
	t.is(sockets.size, 1);
	await Promise.all(Array.from({ length: 20 }, () => connection.send('PUT', '/', new Uint8Array(10))));
	t.is(sockets.size, 2);
});

test('a connection that has rested is not used again: its server may have closed it', async (t) => {
	const { url, sockets } = await serve(t, (request, response) => void request.resume().on('end', () => response.end()));
	let now = 0;
	const connection = await open(t, { url, nowMs: () => now });
	for (const [ms, count] of [
		[0, 1],
		[2900, 1],
		[5000, 1],
		[8100, 2],
	]) {
		now = ms;
		await connection.send('GET', '/');
		t.is(sockets.size, count, `at ${ms} ms`);
	}
});

test('an HTTP error is an answer', async (t) => {
	const { url } = await serve(t, (_request, response) => response.writeHead(503, { 'retry-after': '7' }).end('busy'));
	const answer = await (await open(t, { url })).send('GET', '/');
	t.is(answer.status, 503);
	t.is(answer.headers['retry-after'], '7');
	t.throws(() => answer.json(), { instanceOf: PeerError, code: 'not-a-collector' });
});

test('an answer that breaks off is a failure of the peer', async (t) => {
	const { url } = await serve(t, (_request, response) => {
		response.writeHead(200, { 'content-length': 100 });
		response.write('half', () => response.destroy());
	});
	await t.throwsAsync((await open(t, { url })).send('GET', '/'), { instanceOf: PeerError, code: 'unreachable' });
});

test('an answer that never ends is given up, by its length and by its time', async (t) => {
	const { url } = await serve(t, (request, response) => {
		const part = request.url === '/flood' ? Buffer.alloc(65_536) : ' ';
		const timer = setInterval(() => response.write(part), 10);
		response.on('close', () => clearInterval(timer));
	});
	const patient = await open(t, { url });
	const flood = patient.send('GET', '/flood', undefined, 100_000);
	await t.throwsAsync(flood, { instanceOf: PeerError, message: /too long/ });
	// each byte restarts the wait for silence: only the time as a whole ends it
	const hasty = await open(t, { url, timeoutMs: 200 });
	await t.throwsAsync(hasty.send('GET', '/drip', undefined, 1000), { instanceOf: PeerError, message: /in time/ });
});

test('a server that speaks something else is a failure of the peer', async (t) => {
	const { url } = await serve(t, () => {});
	await t.throwsAsync(openConnection({ url: url.replace('http:', 'https:'), fingerprint: 'ab'.repeat(32) }), {
		instanceOf: PeerError,
	});
});

test('an abort gives a question up at once, and an upload after a moment', async (t) => {
	let asked: () => void = () => {};
	const arrived = new Promise<void>((resolve) => {
		asked = resolve;
	});
	const { url } = await serve(t, () => asked());
	const abort = new AbortController();
	const connection = await open(t, { url, signal: abort.signal });
	const question = connection.send('GET', '/');
	await arrived;
	abort.abort();
	t.is(await question.catch((error: unknown) => error), abort.signal.reason, 'no failure of the server');
});

const refused: [string, Partial<ConnectionOptions>, new (...args: never[]) => Error, string][] = [
	['an address without a scheme', { url: '127.0.0.1:7400' }, UserError, 'bad-url'],
	['an address of another scheme', { url: 'file:///etc/passwd' }, UserError, 'bad-url'],
	['an empty address', { url: '' }, UserError, 'bad-url'],
	['a short fingerprint', { url: 'https://127.0.0.1:1', fingerprint: 'ab' }, UserError, 'bad-fingerprint'],
	[
		'a fingerprint of other characters',
		{ url: 'https://127.0.0.1:1', fingerprint: 'zz'.repeat(32) },
		UserError,
		'bad-fingerprint',
	],
	[
		'a missing file of authorities',
		{ url: 'https://127.0.0.1:1', caFile: '/nowhere/ca.pem' },
		DataError,
		'file-not-read',
	],
	[
		'a file without certificates',
		{ url: 'https://127.0.0.1:1', caFile: import.meta.filename },
		DataError,
		'not-a-certificate',
	],
];

for (const [what, options, instanceOf, code] of refused) {
	test(`${what} is refused`, async (t) => {
		await t.throwsAsync(openConnection({ url: '', ...options }), { instanceOf, code });
	});
}

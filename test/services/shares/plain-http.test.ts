import { createServer, type IncomingMessage } from 'node:http';
import test, { type ExecutionContext } from 'ava';
import { DataError, VeilcamError } from '../../../src/core/errors.js';
import { answerJson, dropBody, readBody } from '../../../src/services/shares/plain-http.js';
import { openRaw } from '../../helpers/http.js';

/** A server whose answer is what became of the body. */
async function startReader(t: ExecutionContext, read: (request: IncomingMessage) => Promise<Uint8Array>) {
	const outcomes: (number | string)[] = [];
	const server = createServer((request, response) => {
		const work = async (): Promise<Uint8Array> => read(request);
		work().then(
			({ length }) => {
				outcomes.push(length);
				answerJson(response, 200, { length });
			},
			(error: unknown) => {
				outcomes.push(error instanceof DataError ? error.code : String(error));
				dropBody(request, response);
				answerJson(response, 400, { message: error instanceof VeilcamError ? error.message : String(error) });
			},
		);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.teardown(() => {
		server.closeAllConnections();
		server.close();
	});
	const address = server.address();
	return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, outcomes };
}

const HEAD = 'PUT / HTTP/1.1\r\nhost: here\r\n';

test('a body that drips is cut off at its deadline, and its place is free', async (t) => {
	const deadline = { baseMs: 100, bytesPerSecond: 1e9 };
	const { url, outcomes } = await startReader(t, (request) => readBody(request, { exactly: 10_000 }, deadline));
	const { socket, closed } = await openRaw(t, url);
	socket.write(`${HEAD}content-length: 10000\r\n\r\na`);
	const drip = setInterval(() => socket.write('a'), 20);
	await closed;
	clearInterval(drip);
	t.deepEqual(outcomes, ['cut-off']);
});

test('a body that ends before its announced length is cut off; one of another length, or of none, is not read', async (t) => {
	const { url, outcomes } = await startReader(t, (request) => readBody(request, { exactly: 10 }));
	const early = await openRaw(t, url);
	early.socket.end(`${HEAD}content-length: 10\r\n\r\n12345`);
	await early.closed;
	t.deepEqual(outcomes, ['cut-off']);
	for (const [head, said] of [
		['content-length: 11\r\n\r\n12345678901', 'expected 10 bytes, got 11'],
		['content-length: 0\r\n\r\n', 'expected 10 bytes, got 0'],
		['transfer-encoding: chunked\r\n\r\na\r\n1234567890\r\n0\r\n\r\n', 'expected 10 bytes, got no content-length'],
	]) {
		const other = await openRaw(t, url);
		other.socket.write(HEAD + head);
		t.true((await other.until(/\}\n$/)).includes(said), said);
	}
	const right = await openRaw(t, url);
	right.socket.write(`${HEAD}content-length: 10\r\n\r\n1234567890`);
	await right.until(/"length":10/);
});

test('a body without an end is answered, read for a while, and cut off', async (t) => {
	const { url } = await startReader(t, (request) => readBody(request, { atMost: 100 }));
	const { socket, until, closed } = await openRaw(t, url);
	socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
	const piece = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536), Buffer.from('\r\n')]);
	let sentBytes = 0;
	const pour = (): void => {
		while (!socket.destroyed && socket.write(piece)) sentBytes += piece.length;
	};
	socket.on('drain', pour);
	pour();
	await until(/^HTTP\/1\.1 400/);
	await closed;
	t.true(sentBytes < 64 * 1024 * 1024, `${sentBytes} bytes were taken`);
});

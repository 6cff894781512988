import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { createRecordSubtractor } from '../../../src/core/subtract/difference.js';
import { createExchangeRoute } from '../../../src/services/subtractor/exchange-route.js';
import { openFrameStore } from '../../../src/services/subtractor/frame-store.js';
import { createPlaces } from '../../../src/services/subtractor/places.js';
import { createSubtractorStats } from '../../../src/services/subtractor/stats.js';
import { createTurns } from '../../../src/services/subtractor/turns.js';
import { openRaw, send, until } from '../../helpers/http.js';
import { startTestSubtractor } from '../../helpers/subtractor.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

const nowMs = (): number => performance.now();
const never = new AbortController().signal;

test('so many have their turn at once, and the others get theirs in the order they came', async (t) => {
	const turns = createTurns(2, nowMs);
	const order: number[] = [];
	const taken = [0, 1, 2, 3].map(async (name) => {
		const turn = await turns.take(never);
		order.push(name);
		return turn;
	});
	const first = await taken[0];
	const second = await taken[1];
	t.deepEqual(order, [0, 1]);
	t.is(turns.waiting, 2);
	second.end();
	second.end();
	const third = await taken[2];
	t.deepEqual(order, [0, 1, 2]);
	first.end();
	third.end();
	(await taken[3]).end();
	t.deepEqual(order, [0, 1, 2, 3]);
	t.is(turns.waiting, 0);
});

test('who lets the others wait gives the turn away, and goes on before those that have not begun', async (t) => {
	const turns = createTurns(1, nowMs, 1);
	const order: string[] = [];
	const slow = await turns.take(never);
	let sends = (_chunk: string): void => {};
	const chunk = new Promise<string>((resolve) => {
		sends = resolve;
	});
	const waits = slow.during(chunk).then((value) => {
		order.push(`slow ${value}`);
	});
	// comes only because the slow one gives its turn away
	const second = await turns.take(never);
	order.push('second');
	const third = turns.take(never).then((turn) => {
		order.push('third');
		turn.end();
	});
	sends('goes on');
	await chunk;
	await until(() => turns.waiting === 2);
	second.end();
	await waits;
	slow.end();
	await third;
	t.deepEqual(order, ['second', 'slow goes on', 'third']);
	t.is(turns.waiting, 0);
});

test('a short wait keeps the turn', async (t) => {
	const turns = createTurns(1, nowMs, 60_000);
	const turn = await turns.take(never);
	const next = turns.take(never);
	t.is(await turn.during(Promise.resolve(7)), 7);
	t.is(turns.waiting, 1);
	turn.end();
	(await next).end();
});

test('who goes away while waiting leaves the queue, and takes nobody else along', async (t) => {
	const turns = createTurns(1, nowMs);
	const turn = await turns.take(never);
	const gone = new AbortController();
	const left = turns.take(gone.signal);
	const stays = turns.take(never);
	const away = new Error('went away');
	gone.abort(away);
	await t.throwsAsync(left, { is: away });
	t.is(turns.waiting, 1);
	turn.end();
	(await stays).end();
	await t.throwsAsync(turns.take(gone.signal), { is: away });
	const last = await turns.take(never);
	const failing = new Error('broken');
	await t.throwsAsync(last.during(Promise.reject(failing)), { is: failing });
	last.end();
});

test('senders that stand still hold up nobody', async (t) => {
	const { url, subtractor } = await startTestSubtractor(t);
	const head = 'POST /v1/differences HTTP/1.1\r\nhost: here\r\ncontent-length: 100000\r\n\r\n';
	for (let i = 0; i < 9; i++) (await openRaw(t, url)).socket.write(head);
	await until(() => subtractor.snapshot().atWork === 9);
	const answer = await send(url, 'POST', '/v1/differences', { body: Buffer.from('Dear diary') });
	t.is(answer.status, 422);
	// not because they were cut off
	t.true(subtractor.snapshot().atWork >= 9);
});

test('a request that waits for its turn is not a slow sender', async (t) => {
	const stats = createSubtractorStats();
	const store = openFrameStore(join(await temporaryFolder(t), 'frames'), { framesPerCamera: 1, bytes: 1e6 });
	const turns = createTurns(1, nowMs, 60_000);
	const busy = await turns.take(never);
	const route = createExchangeRoute({
		...{ store, stats, turns, nowMs },
		subtractor: await createRecordSubtractor(),
		places: createPlaces(8),
		scorers: createPlaces(1),
		mayEnter: () => true,
		bodyDeadline: { baseMs: 300, bytesPerSecond: 1e9 },
		onFailure: (error) => t.fail(String(error)),
	});
	const server = createServer((request, response) => void route(request, response)).listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => {
		server.closeAllConnections();
		server.close();
		store.close();
	});
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const waiting = send(url, 'POST', '/v1/differences', { body: Buffer.from('Dear diary') });
	await until(() => turns.waiting === 1);
	// this one is cut off by the deadline that the other one would have had, had it not waited
	const slow = await openRaw(t, url);
	slow.socket.write(
		`PUT /v1/cameras/hall/frames/${'0'.repeat(32)} HTTP/1.1\r\nhost: here\r\ncontent-length: 999\r\n\r\n`,
	);
	await slow.closed;
	t.is(stats.rejected.get('too slow'), 1);
	busy.end();
	t.is((await waiting).status, 422);
});

import { connect } from 'node:net';
import test from 'ava';
import { decodeImage } from '../../../src/core/image/decode.js';
import { decodeNpyFloat64 } from '../../../src/core/npy.js';
import { startTestCollector } from '../../helpers/collector.js';
import { getJson, jsonOf, keepAliveAgent, openRaw, putReport, send, until } from '../../helpers/http.js';
import { onePixel, reportId } from '../../helpers/reports.js';

test('the session tells a camera all that it needs', async (t) => {
	const { url, path } = await startTestCollector(t, { width: 11, height: 3, channels: 3, minBatch: 5 });
	const answer = await send(url, 'GET', path('session'));
	t.regex(String(answer.headers['content-type']), /^application\/json/);
	t.deepEqual(jsonOf(answer), {
		name: 'room',
		width: 11,
		height: 3,
		channels: 3,
		mechanism: { kind: 'one-bit', epsilon: 2 },
		minBatch: 5,
		wireVersion: 1,
		reportBytes: 13,
		count: 0,
		releasedCount: 0,
	});
});

test('before the first release every form of the average is refused with its reason', async (t) => {
	const { url, path } = await startTestCollector(t, { minBatch: 3 });
	await putReport(url, reportId(1), onePixel(0));
	await putReport(url, reportId(2), onePixel(0));
	for (const form of ['average', 'average.png', 'average.npy']) {
		const answer = await send(url, 'GET', path(form));
		t.is(answer.status, 403, form);
		t.deepEqual(jsonOf(answer), {
			error: 'minimum-batch',
			message: 'no average yet: 2 of 3 reports have come',
			count: 2,
			minBatch: 3,
		});
	}
	await putReport(url, reportId(3), onePixel(0));
	for (const form of ['average', 'average.png', 'average.npy']) t.is((await send(url, 'GET', path(form))).status, 200);
});

test('the average comes as figures, as a picture, and as unclamped means', async (t) => {
	const { url, path } = await startTestCollector(t, { width: 4, height: 2, minBatch: 4 });
	for (let i = 0; i < 4; i++) await putReport(url, reportId(i), Uint8Array.of(i < 2 ? 0b1000_0001 : 0b1000_0000));
	const npy = await send(url, 'GET', path('average.npy'));
	t.is(npy.headers['content-type'], 'application/octet-stream');
	t.is(npy.headers['x-veilcam-count'], '4');
	const { values, shape } = decodeNpyFloat64(npy.body, 'average');
	t.deepEqual(shape, [2, 4]);
	// pixel 0 was set in half of the reports, 1 in none, 7 in all: 255 ((m - 1/2) / tanh(1) + 1/2)
	const meanOf = (share: number): number => 255 * ((share - 0.5) / Math.tanh(1) + 0.5);
	t.true(Math.abs(values[0] - 127.5) < 1e-9);
	t.true(Math.abs(values[1] - meanOf(0)) < 0.01);
	t.true(Math.abs(values[7] - meanOf(1)) < 0.01);
	t.true(values[1] < 0 && values[7] > 255);

	const png = await send(url, 'GET', path('average.png'));
	t.is(png.headers['content-type'], 'image/png');
	t.is(png.headers['x-veilcam-count'], '4');
	const { width, height, channels, samples } = await decodeImage(png.body, 'average.png');
	t.deepEqual([width, height, channels], [4, 2, 1]);
	t.deepEqual([...samples], [128, 0, 0, 0, 0, 0, 0, 255]);

	const { expectedRmse, ...figures } = await getJson(url, path('average'));
	t.like(figures, { name: 'room', width: 4, height: 2, channels: 1, minBatch: 4, count: 4 });
	// at most the worst case, 255 / (2 tanh(1) sqrt(4))
	t.true(Number(expectedRmse) > 0 && Number(expectedRmse) <= 255 / (2 * Math.tanh(1) * 2) + 0.01);
});

test('a colour average has three channels', async (t) => {
	const { url, path } = await startTestCollector(t, { width: 2, height: 1, channels: 3, minBatch: 1 });
	await putReport(url, reportId(1), Uint8Array.of(0b00_1001));
	const { samples, channels } = await decodeImage((await send(url, 'GET', path('average.png'))).body, 'average');
	t.is(channels, 3);
	t.deepEqual([...samples], [255, 0, 0, 255, 0, 0]);
	t.deepEqual(decodeNpyFloat64((await send(url, 'GET', path('average.npy'))).body, 'average').shape, [1, 2, 3]);
});

test('listeners are told of each change, without the picture', async (t) => {
	const { url, path } = await startTestCollector(t, { minBatch: 1 });
	const raw = await openRaw(t, url);
	raw.socket.write(`GET ${path('events')} HTTP/1.1\r\nhost: here\r\n\r\n`);
	const start = await raw.until(/event: snapshot\ndata: .*\n\n/);
	t.regex(start, /^HTTP\/1\.1 200 /);
	t.regex(start, /content-type: text\/event-stream/i);
	t.regex(start, /"count":0,/);
	await putReport(url, reportId(1), onePixel(0));
	const later = await raw.until(/event: snapshot\ndata: .*"count":1,.*\n\n/);
	const data: unknown = JSON.parse(/data: (.*"count":1,.*)\n/.exec(later)?.[1] ?? '');
	t.like(data, { session: 'room', count: 1, minBatch: 20 - 19, width: 8 });
	t.false(Object.keys(data ?? {}).includes('average'));
});

test('too many listeners are told to come later, and one that leaves makes room', async (t) => {
	const { url, path } = await startTestCollector(t);
	const listeners = await Promise.all(
		Array.from({ length: 256 }, async () => {
			const raw = await openRaw(t, url);
			raw.socket.write(`GET ${path('events')} HTTP/1.1\r\nhost: here\r\n\r\n`);
			await raw.until(/data: /);
			return raw;
		}),
	);
	const answer = await send(url, 'GET', path('events'));
	t.is(answer.status, 429);
	t.truthy(answer.headers['retry-after']);
	listeners[0].socket.destroy();
	await until(async () => {
		const raw = await openRaw(t, url);
		raw.socket.write(`GET ${path('events')} HTTP/1.1\r\nhost: here\r\n\r\n`);
		return / 200 /.test(await raw.until(/HTTP\/1.1 (200|429)/));
	});
	t.pass();
});

test('HEAD of every address ends, with the headers of GET and no body', async (t) => {
	const { url, path } = await startTestCollector(t, { minBatch: 1 });
	await putReport(url, reportId(1), onePixel(0));
	const addresses = [
		'/',
		'/healthz',
		'/metrics',
		path('session'),
		path('average'),
		path('average.png'),
		path('events'),
	];
	for (const address of addresses) {
		const answer = await send(url, 'HEAD', address);
		t.true([200, 404].includes(answer.status), `${address}: ${answer.status}`);
		t.is(answer.body.length, 0);
	}
});

test('unknown addresses and methods are answered in the same form', async (t) => {
	const { url, path } = await startTestCollector(t);
	const attempts: [string, string][] = [
		['GET', '/nothing'],
		['GET', '/v1/sessions/room'],
		['GET', path(`reports/${reportId(1)}`)],
		['DELETE', path(`reports/${reportId(1)}`)],
		['POST', path('session')],
		['PUT', '/v1/sessions/room/reports'],
		['GET', '/v1/sessions/hall/session'],
		['GET', '/v1/sessions/hall/average.png'],
		['OPTIONS', '/'],
	];
	for (const [method, address] of attempts) {
		const answer = await send(url, method, address);
		t.is(answer.status, 404, `${method} ${address}`);
		t.deepEqual(Object.keys(jsonOf(answer)), ['error', 'message']);
	}
	for (const address of ['/v1/sessions/%zz/session', '//', '/..%2f..%2fetc/passwd']) {
		const { status } = await send(url, 'GET', address);
		t.true(status === 400 || status === 404, `${address}: ${status}`);
	}
});

test('every answer forbids guessing its type, framing and caching', async (t) => {
	const { url, path } = await startTestCollector(t);
	for (const address of ['/', '/metrics', path('session'), path('average.png'), '/nothing']) {
		const { headers } = await send(url, 'GET', address);
		t.is(headers['x-content-type-options'], 'nosniff', address);
		t.is(headers['cache-control'], 'no-store', address);
		t.regex(String(headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/, address);
	}
});

test('a connection that sends on and on without an answer read is ended, and others are served', async (t) => {
	const { url } = await startTestCollector(t);
	const { hostname, port } = new URL(url);
	const socket = connect(Number(port), hostname);
	t.teardown(() => socket.destroy());
	socket.on('error', () => {});
	const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
	socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(1000));
	socket.resume();
	await closed;
	t.is((await send(url, 'GET', '/healthz')).status, 200);
});

test('metrics count what came, what was refused, and why', async (t) => {
	const { url } = await startTestCollector(t, { minBatch: 2 });
	for (const id of [1, 1, 2, 3]) await putReport(url, reportId(id), onePixel(id));
	await putReport(url, reportId(3), onePixel(9));
	await putReport(url, 'x', onePixel(9));
	const { body, headers } = await send(url, 'GET', '/metrics');
	t.regex(String(headers['content-type']), /^text\/plain; version=0\.0\.4/);
	const lines = new Set(body.toString().split('\n'));
	for (const line of [
		'veilcam_collector_reports_accepted_total 3',
		'veilcam_collector_reports_duplicate_total 1',
		'veilcam_collector_reports 3',
		'veilcam_collector_released_reports 2',
		'veilcam_collector_slots_in_use 0',
		'veilcam_collector_reports_rejected_total{cause="conflict"} 1',
		'veilcam_collector_reports_rejected_total{cause="wrong id"} 1',
	]) {
		t.true(lines.has(line), `${line}\n${body.toString()}`);
	}
});

test('reports that come together are released at each multiple exactly, and counted one by one', async (t) => {
	const { url, path } = await startTestCollector(t, { minBatch: 7 });
	const agent = keepAliveAgent(t, 64);
	const seen: { count: number; sums: readonly number[] }[] = [];
	// every report sets a pixel of its own, so that a release tells how many it sums up
	for (let burst = 0; burst < 4; burst++) {
		const numbers = Array.from({ length: 16 }, (_, i) => burst * 16 + i);
		await Promise.all(numbers.map((n) => putReport(url, reportId(n), onePixel(n), {}, agent)));
		const { body, headers } = await send(url, 'GET', path('average.npy'));
		const count = Number(headers['x-veilcam-count']);
		const { values } = decodeNpyFloat64(body, 'average');
		const slope = Math.tanh(1);
		seen.push({ count, sums: [...values].map((mean) => ((mean / 255 - 0.5) * slope + 0.5) * count) });
	}
	t.deepEqual(
		seen.map(({ count }) => count),
		[14, 28, 42, 63],
	);
	for (const { count, sums } of seen) {
		t.is(sums.filter((sum) => Math.abs(sum - 1) < 0.001).length, count);
		t.is(sums.filter((sum) => Math.abs(sum) < 0.001).length, 64 - count);
	}
});

test('between two multiples the average stays the same, to the byte, and outlives a restart', async (t) => {
	const first = await startTestCollector(t, { minBatch: 4 });
	const { url, path, storeFile } = first;
	const read = async (at: string) => (await send(at, 'GET', path('average.npy'))).body.toString('hex');
	for (let n = 0; n < 4; n++) await putReport(url, reportId(n), onePixel(n));
	const released = await read(url);
	for (let n = 4; n < 7; n++) {
		await putReport(url, reportId(n), onePixel(n));
		t.is(await read(url), released);
	}
	await first.collector.close();
	const second = await startTestCollector(t, { minBatch: 4 }, { storeFile });
	t.is(await read(second.url), released);
	t.like(await getJson(second.url, path('session')), { count: 7, releasedCount: 4 });
	t.is((await putReport(second.url, reportId(2), onePixel(2))).status, 200);
	t.is((await putReport(second.url, reportId(2), onePixel(3))).status, 409);
	t.is((await putReport(second.url, reportId(7), onePixel(7))).status, 201);
	t.not(await read(second.url), released);
	t.like(await getJson(second.url, path('session')), { count: 8, releasedCount: 8 });
});

test('a report that is on its way when the collector closes is counted or refused, never lost', async (t) => {
	const first = await startTestCollector(t, { minBatch: 1 });
	const agent = keepAliveAgent(t, 64);
	const sending = Array.from({ length: 64 }, (_, n) =>
		putReport(first.url, reportId(n), onePixel(n), {}, agent).then(
			({ status }) => status,
			() => 0,
		),
	);
	await until(() => first.collector.count > 0);
	await first.collector.close();
	const statuses = await Promise.all(sending);
	const { storeFile } = first;
	const second = await startTestCollector(t, { minBatch: 1 }, { storeFile });
	const acknowledged = statuses.filter((status) => status === 201).length;
	t.true(second.collector.count >= acknowledged);
	for (const [n, status] of statuses.entries()) {
		const again = await putReport(second.url, reportId(n), onePixel(n));
		if (status === 201) t.is(again.status, 200, `report ${n}`);
	}
	t.is(second.collector.count, 64);
});

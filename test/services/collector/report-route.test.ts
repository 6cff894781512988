import test, { type ExecutionContext } from 'ava';
import { startTestCollector } from '../../helpers/collector.js';
import { getJson, jsonOf, keepAliveAgent, openRaw, putReport, send, until } from '../../helpers/http.js';
import { onePixel, reportId, words } from '../../helpers/reports.js';

const ID = reportId(0xabc);
const HEAD = `PUT /v1/sessions/room/reports/${ID} HTTP/1.1\r\nhost: here\r\n`;

test('a report counts once: 201, then 200 for the same bytes, 409 for others', async (t) => {
	const { url, collector } = await startTestCollector(t);
	const first = await putReport(url, ID, onePixel(1));
	t.is(first.status, 201);
	const again = await putReport(url, ID, onePixel(1));
	t.is(again.status, 200);
	const other = await putReport(url, ID, onePixel(2));
	t.is(other.status, 409);
	t.like(jsonOf(other), { error: 'conflict' });
	// a refused report changes nothing of the first
	t.is((await putReport(url, ID, onePixel(1))).status, 200);
	t.is(collector.count, 1);
	t.is(collector.duplicates, 2);
});

test('an id is the same in upper and lower case, with and without the dashes of a UUID', async (t) => {
	const { url, collector } = await startTestCollector(t);
	t.is((await putReport(url, '0123456789abcdef0123456789abcdef', onePixel(0))).status, 201);
	t.is((await putReport(url, '0123456789ABCDEF0123456789ABCDEF', onePixel(0))).status, 200);
	t.is((await putReport(url, '01234567-89ab-cdef-0123-456789abcdef', onePixel(0))).status, 200);
	t.is(collector.count, 1);
});

test('the same report several times in one group counts once', async (t) => {
	const { url, collector } = await startTestCollector(t);
	const agent = keepAliveAgent(t, 32);
	const answers = await Promise.all(Array.from({ length: 32 }, () => putReport(url, ID, onePixel(3), {}, agent)));
	t.deepEqual(
		answers.map(({ status }) => status).sort((a, b) => a - b),
		[...Array.from({ length: 31 }, () => 200), 201],
	);
	t.is(collector.count, 1);
});

const refused: Record<string, [status: number, error: string, attempt: (url: string) => ReturnType<typeof send>]> = {
	'a short report': [400, 'wrong length', (url) => putReport(url, ID, new Uint8Array(7))],
	'a report that is a byte too long': [413, 'wrong length', (url) => putReport(url, ID, new Uint8Array(9))],
	'an empty report': [400, 'wrong length', (url) => putReport(url, ID, new Uint8Array(0))],
	'a report of another type': [
		415,
		'wrong type',
		(url) => putReport(url, ID, onePixel(0), { 'content-type': 'image/png' }),
	],
	'an id that is too short': [400, 'wrong id', (url) => putReport(url, ID.slice(1), onePixel(0))],
	'an id that is too long': [400, 'wrong id', (url) => putReport(url, `${ID}0`, onePixel(0))],
	'an id that is not hexadecimal': [400, 'wrong id', (url) => putReport(url, `g${ID.slice(1)}`, onePixel(0))],
	'an id with dashes elsewhere': [
		400,
		'wrong id',
		(url) => putReport(url, '0123-456789abcdef01234567-89abcdef-00', onePixel(0)),
	],
	'an empty id': [400, 'wrong id', (url) => putReport(url, '', onePixel(0))],
	'another session': [
		404,
		'wrong session',
		(url) => send(url, 'PUT', `/v1/sessions/hall/reports/${ID}`, { body: onePixel(0) }),
	],
};

for (const [what, [status, error, attempt]] of Object.entries(refused)) {
	test(`${what} is refused with ${status}, and counted as refused`, async (t) => {
		const { url, collector } = await startTestCollector(t);
		const answer = await attempt(url);
		t.is(answer.status, status);
		t.is(jsonOf(answer).error, error);
		t.is(typeof jsonOf(answer).message, 'string');
		t.is(collector.count, 0);
		t.deepEqual(collector.snapshot().rejected, { [error]: 1 });
	});
}

test('a report without its length is refused with 411', async (t) => {
	const { url, collector } = await startTestCollector(t);
	const raw = await openRaw(t, url);
	raw.socket.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
	t.regex(await raw.until(/\r\n\r\n.*\n/s), /^HTTP\/1\.1 411 .*"wrong length"/s);
	t.deepEqual(collector.snapshot().rejected, { 'wrong length': 1 });
});

test('octet-stream may carry parameters, and a missing type is taken as such', async (t) => {
	const { url } = await startTestCollector(t);
	const type = { 'content-type': 'Application/Octet-Stream; charset=binary' };
	t.is((await putReport(url, reportId(1), onePixel(0), type)).status, 201);
	t.is((await putReport(url, reportId(2), onePixel(0))).status, 201);
});

test('a report that announces too much is refused before its body comes', async (t) => {
	const { url } = await startTestCollector(t);
	const raw = await openRaw(t, url);
	raw.socket.write(`${HEAD}content-length: 999999999999\r\n\r\n`);
	const answer = await raw.until(/\r\n\r\n.*\n/s);
	t.regex(answer, /^HTTP\/1\.1 413 /);
	t.regex(answer, /expected 8 bytes, got 999999999999/);
	t.regex(answer, /\r\nconnection: close\r\n/i);
	// whoever goes on sending is cut off
	raw.socket.write(new Uint8Array(2 * 1024 * 1024));
	await raw.closed;
	t.pass();
});

test('who asks before sending is answered 413 and sends nothing', async (t) => {
	const { url } = await startTestCollector(t);
	const raw = await openRaw(t, url);
	raw.socket.write(`${HEAD}expect: 100-continue\r\ncontent-length: 5000000\r\n\r\n`);
	t.regex(await raw.until(/ 413 .*\r\n\r\n.*\n/s), /expected 8 bytes/);
	t.notRegex(raw.received(), /100 Continue/);
});

test('who asks before sending a right report is told to go on', async (t) => {
	const { url, collector } = await startTestCollector(t);
	const raw = await openRaw(t, url);
	raw.socket.write(`${HEAD}expect: 100-continue\r\ncontent-length: 8\r\n\r\n`);
	await raw.until(/100 Continue\r\n\r\n/);
	raw.socket.write(onePixel(5));
	await raw.until(/201 Created/);
	t.is(collector.count, 1);
});

test('a connection stays usable after refusals', async (t) => {
	const { url, collector } = await startTestCollector(t);
	const raw = await openRaw(t, url);
	raw.socket.write(`${HEAD}content-length: 9\r\n\r\n123456789`);
	await raw.until(/ 413 .*\r\n\r\n.*\n/s);
	raw.socket.write(`${HEAD}content-length: 3\r\n\r\n123`);
	await raw.until(/ 400 .*\r\n\r\n.*\n/s);
	raw.socket.write(Buffer.concat([Buffer.from(`${HEAD}content-length: 8\r\n\r\n`), onePixel(7)]));
	await raw.until(/ 201 /);
	t.is(collector.count, 1);
});

const values: Record<
	string,
	[
		mechanism: { kind: 'uniform'; amplitude: number } | { kind: 'one-bit'; epsilon: number },
		width: number,
		body: Uint8Array,
		status: number,
	]
> = {
	'the smallest word of uniform noise': [{ kind: 'uniform', amplitude: 100 }, 3, words([-100, 0, 0]), 201],
	'the largest word of uniform noise': [{ kind: 'uniform', amplitude: 100 }, 3, words([0, 0, 355]), 201],
	'a word below the range of uniform noise': [{ kind: 'uniform', amplitude: 100 }, 3, words([0, -101, 0]), 422],
	'a word above the range of uniform noise': [{ kind: 'uniform', amplitude: 100 }, 3, words([0, 0, 356]), 422],
	'bits of eleven pixels with zero padding': [{ kind: 'one-bit', epsilon: 1 }, 11, Uint8Array.of(255, 0b111), 201],
	'a set padding bit': [{ kind: 'one-bit', epsilon: 1 }, 11, Uint8Array.of(0, 0b1000), 422],
	'the last padding bit': [{ kind: 'one-bit', epsilon: 1 }, 11, Uint8Array.of(0, 0b1000_0000), 422],
};

for (const [what, [mechanism, width, body, status]] of Object.entries(values)) {
	test(`${what} is answered ${status}`, async (t) => {
		const { url, collector } = await startTestCollector(t, { width, height: 1, mechanism });
		const answer = await putReport(url, ID, body);
		t.is(answer.status, status);
		t.is(collector.count, status === 201 ? 1 : 0);
		// what was refused left nothing behind: its id is free
		t.is((await putReport(url, ID, words([0, 0, 0]).subarray(0, body.length))).status, status === 201 ? 409 : 201);
	});
}

test('with a token every address but the page and the health check asks for it', async (t) => {
	const { url, path, collector } = await startTestCollector(t, { minBatch: 1 }, { token: 'open-sesame' });
	const right = { authorization: 'Bearer open-sesame' };
	const wrong: Record<string, string>[] = [
		{},
		{ authorization: 'Bearer open-sesam' },
		{ authorization: 'open-sesame' },
		{ authorization: '' },
	];
	for (const headers of wrong) {
		t.is((await putReport(url, ID, onePixel(0), headers)).status, 401);
		for (const address of [
			path('session'),
			path('average'),
			path('average.png'),
			path('average.npy'),
			path('events'),
			'/metrics',
			'/v1/other',
			'/nothing',
		]) {
			const answer = await send(url, 'GET', address, { headers });
			t.is(answer.status, 401, address);
			t.like(jsonOf(answer), { error: 'no-token' });
			t.notRegex(answer.body.toString(), /sesame/);
		}
	}
	t.is(collector.count, 0);
	t.is((await putReport(url, ID, onePixel(0), right)).status, 201);
	for (const address of [path('session'), path('average'), path('average.png'), '/metrics']) {
		t.is((await send(url, 'GET', address, { headers: right })).status, 200, address);
	}
	t.is((await send(url, 'GET', '/healthz')).status, 200);
	t.is((await send(url, 'GET', '/')).status, 200);
});

test('a wrong token is refused before anything else is looked at', async (t) => {
	const { url } = await startTestCollector(t, {}, { token: 'open-sesame' });
	const answer = await send(url, 'PUT', '/v1/sessions/hall/reports/xyz', { body: new Uint8Array(100) });
	t.is(answer.status, 401);
});

/** 50 places of a megabyte each. */
const large = { width: 1000, height: 500, mechanism: { kind: 'uniform', amplitude: 128 } } as const;

async function slotsInUse(url: string): Promise<number> {
	const { body } = await send(url, 'GET', '/metrics');
	return Number(/^veilcam_collector_slots_in_use (\d+)$/m.exec(body.toString())?.[1]);
}

async function openHalfReports(t: ExecutionContext, url: string, count: number) {
	return await Promise.all(
		Array.from({ length: count }, async (_, i) => {
			const raw = await openRaw(t, url);
			raw.socket.write(
				`PUT /v1/sessions/room/reports/${reportId(i)} HTTP/1.1\r\nhost: here\r\ncontent-length: 1000000\r\n\r\n`,
			);
			raw.socket.write(new Uint8Array(1000));
			return raw;
		}),
	);
}

test('a client that hangs up in the middle gives its place back', async (t) => {
	const { url, collector } = await startTestCollector(t, large);
	const halves = await openHalfReports(t, url, 3);
	await until(async () => (await slotsInUse(url)) === 3);
	for (const { socket } of halves) socket.destroy();
	await until(async () => (await slotsInUse(url)) === 0);
	t.is(collector.count, 0);
	t.is((await putReport(url, reportId(0), new Uint8Array(1_000_000))).status, 201);
});

test('a client that is too slow is cut off, and gives its place back', async (t) => {
	const { url, collector } = await startTestCollector(t, large, { bodyDeadline: { baseMs: 100, bytesPerSecond: 1e9 } });
	const [half] = await openHalfReports(t, url, 1);
	await half.closed;
	t.is(await slotsInUse(url), 0);
	t.deepEqual(collector.snapshot().rejected, { 'too slow': 1 });
	t.is(collector.count, 0);
});

test('when every place is taken others are told to come later, in bounded memory', async (t) => {
	const { url, collector } = await startTestCollector(t, large);
	const halves = await openHalfReports(t, url, 60);
	await until(async () => (collector.snapshot().rejected.overload ?? 0) >= 10);
	const places = await slotsInUse(url);
	t.is(places, 50);
	t.is(collector.snapshot().rejected.overload, 10);
	const residentBefore = process.memoryUsage.rss();
	const agent = keepAliveAgent(t, 8);
	for (let round = 0; round < 30; round++) {
		const answers = await Promise.all(
			Array.from({ length: 8 }, (_, i) =>
				putReport(url, reportId(1000 + round * 8 + i), new Uint8Array(1_000_000), {}, agent),
			),
		);
		for (const { status, headers } of answers) {
			t.is(status, 429);
			t.true(Number(headers['retry-after']) >= 1);
		}
	}
	// 240 MB were refused; both ends of them are in this process, and collect their garbage when they like
	t.true(process.memoryUsage.rss() - residentBefore < 150e6);
	for (const { socket } of halves) socket.destroy();
	await until(async () => (await slotsInUse(url)) === 0);
	t.is((await putReport(url, reportId(1), new Uint8Array(1_000_000))).status, 201);
	t.is(collector.count, 1);
});

test('a refused report leaves nothing in the place that the next one gets', async (t) => {
	const { url, path } = await startTestCollector(t, {
		width: 3,
		height: 1,
		mechanism: { kind: 'uniform', amplitude: 9 },
		minBatch: 2,
	});
	t.is((await putReport(url, reportId(1), words([9, 1000, 9]))).status, 422);
	t.is((await putReport(url, reportId(2), words([1, 2, 3]))).status, 201);
	t.is((await putReport(url, reportId(3), words([3, 2, 1]))).status, 201);
	const npy = await send(url, 'GET', path('average.npy'));
	const { buffer, byteOffset, length } = npy.body;
	const view = new DataView(buffer, byteOffset + length - 24, 24);
	t.deepEqual(
		[0, 8, 16].map((at) => view.getFloat64(at, true)),
		[2, 2, 2],
	);
	t.like(await getJson(url, path('session')), { count: 2, releasedCount: 2, minBatch: 2 });
});

import anyTest, { type TestFn } from 'ava';
import { SYMMETRIC_FRAME } from '../../../src/core/subtract/records.js';
import { toHex } from '../../../src/core/subtract/vct-header.js';
import { writePair } from '../../../src/core/subtract/vct-pair.js';
import { bytesOf, fileOf, makeOwner, noise, type Owner, open, subtractFiles } from '../../core/subtract/small-vct.js';
import { getJson, type HttpAnswer, jsonOf, openRaw, send, until } from '../../helpers/http.js';
import { startTestSubtractor } from '../../helpers/subtractor.js';

interface Context {
	owner: Owner;
	/** Three frames of one camera, two ciphertexts each. */
	frames: Uint8Array[];
	ids: string[];
	/** A frame that cannot be subtracted from those, by what differs. */
	others: Record<string, Uint8Array>;
}

const test = anyTest as TestFn<Context>;
const OCTETS = { 'content-type': 'application/octet-stream' };

test.before(async (t) => {
	const owner = await makeOwner('symmetric');
	const stranger = await makeOwner('symmetric');
	const publicOwner = { ...(await makeOwner('public-key')), fingerprint: owner.fingerprint };
	const frames: Uint8Array[] = [];
	for (const seed of [1, 2, 3]) frames.push(await fileOf(await owner.encrypt(noise(seed, 160, 150, 1))));
	t.context = {
		owner,
		frames,
		ids: await Promise.all(frames.map(idOf)),
		others: {
			'other-key': await fileOf(await stranger.encrypt(noise(4, 160, 150, 1))),
			'other-shape': await fileOf(await owner.encrypt(noise(4, 150, 160, 1))),
			'other-scheme': await fileOf({
				...(await publicOwner.encrypt(noise(4, 160, 150, 1))),
			}),
		},
	};
	await Promise.all([stranger.close(), publicOwner.close()]);
});
test.after.always((t) => t.context.owner.close());

async function idOf(file: Uint8Array): Promise<string> {
	return toHex((await open(file)).header.ids[0]);
}

async function recordsOf(file: Uint8Array): Promise<Uint8Array[]> {
	const records: Uint8Array[] = [];
	for await (const record of (await open(file)).records()) records.push(record);
	return records;
}

/** The same frame with other records, and a checksum that fits. */
async function withRecords(file: Uint8Array, records: readonly Uint8Array[]): Promise<Uint8Array> {
	return await bytesOf((await open(file)).header, records);
}

async function pairOf(a: Uint8Array, b: Uint8Array): Promise<Buffer> {
	const pieces: Uint8Array[] = [];
	for await (const piece of writePair(await open(a), await open(b))) pieces.push(piece);
	return Buffer.concat(pieces);
}

function post(url: string, body: Uint8Array, headers: Record<string, string> = OCTETS): Promise<HttpAnswer> {
	return send(url, 'POST', '/v1/differences', { body, headers });
}

function put(url: string, camera: string, id: string, body: Uint8Array, query = ''): Promise<HttpAnswer> {
	return send(url, 'PUT', `/v1/cameras/${camera}/frames/${id}${query}`, { body, headers: OCTETS });
}

test('two frames in turns are answered with what subtracting them here gives, byte for byte', async (t) => {
	const { frames } = t.context;
	const { url, subtractor } = await startTestSubtractor(t);
	const answer = await post(url, await pairOf(frames[0], frames[1]));
	t.is(answer.status, 200);
	t.deepEqual(new Uint8Array(answer.body), await subtractFiles(frames[0], frames[1]));
	t.like(subtractor.snapshot(), { differences: 1, frames: 0, uploads: 0 });
});

test('a camera sends frame after frame, and is answered the difference to the one before', async (t) => {
	const { frames, ids } = t.context;
	const { url, subtractor } = await startTestSubtractor(t);
	const first = await put(url, 'hall', ids[0], frames[0], '?against=previous');
	t.is(first.status, 201);
	t.is(first.body.length, 0);
	const second = await put(url, 'hall', ids[1], frames[1], '?against=previous');
	t.is(second.status, 201);
	t.deepEqual(new Uint8Array(second.body), await subtractFiles(frames[1], frames[0]));
	// another camera's frames are not this one's
	t.is((await put(url, 'door', ids[2], frames[2], '?against=previous')).body.length, 0);
	const third = await put(url, 'hall', ids[2], frames[2], `?against=${ids[0]}`);
	t.deepEqual(new Uint8Array(third.body), await subtractFiles(frames[2], frames[0]));
	const kept = await send(url, 'GET', `/v1/cameras/hall/differences/${ids[0]}/${ids[2]}`);
	t.deepEqual(new Uint8Array(kept.body), await subtractFiles(frames[0], frames[2]));
	t.like(subtractor.snapshot(), {
		uploads: 4,
		frames: 4,
		cameras: [
			{ camera: 'hall', count: 3 },
			{ camera: 'door', count: 1 },
		],
	});
	const { frames: listed } = await getJson(url, '/v1/cameras/hall/frames?after=1');
	t.deepEqual(listed, [
		{ number: 2, id: ids[1], bytes: frames[1].length },
		{ number: 4, id: ids[2], bytes: frames[2].length },
	]);
});

test('a frame that comes again is answered as before, and other bytes under its id are refused', async (t) => {
	const { frames, ids } = t.context;
	const { url, subtractor } = await startTestSubtractor(t);
	await put(url, 'hall', ids[0], frames[0]);
	const once = await put(url, 'hall', ids[1], frames[1], '?against=previous');
	await put(url, 'hall', ids[2], frames[2]);
	const again = await put(url, 'hall', ids[1], frames[1], '?against=previous');
	t.deepEqual([once.status, again.status], [201, 200]);
	t.deepEqual(again.body, once.body);
	const [first, second] = await recordsOf(frames[1]);
	const other = await put(url, 'hall', ids[1], await withRecords(frames[1], [second, first]));
	t.is(other.status, 409);
	t.like(jsonOf(other), { error: 'frame-conflict' });
	t.deepEqual((await put(url, 'hall', ids[1], frames[1], '?against=previous')).body, once.body);
	t.like(subtractor.snapshot(), { uploads: 3, duplicates: 2, frames: 3 });
});

test('one frame that comes many times at once is kept once', async (t) => {
	const { frames, ids } = t.context;
	const { url, subtractor } = await startTestSubtractor(t);
	const answers = await Promise.all(Array.from({ length: 12 }, () => put(url, 'hall', ids[0], frames[0])));
	t.deepEqual(answers.map(({ status }) => status).sort(), [...Array.from({ length: 11 }, () => 200), 201]);
	t.like(subtractor.snapshot(), { frames: 1, frameBytes: frames[0].length });
});

for (const code of ['other-key', 'other-shape', 'other-scheme'] as const) {
	test(`two frames that differ in more than the picture are refused: ${code}`, async (t) => {
		const { frames, others, ids } = t.context;
		const { url } = await startTestSubtractor(t);
		// in turns only frames of one length fit together; so these are kept first
		const id = await idOf(others[code]);
		t.is((await put(url, 'hall', ids[0], frames[0])).status, 201);
		const refused = await put(url, 'hall', id, others[code], '?against=previous');
		t.is(refused.status, 422);
		t.is(jsonOf(refused).error, code);
	});
}

test('equal seeds, values out of range, and one frame twice are refused with a sentence', async (t) => {
	const { frames } = t.context;
	const { url, subtractor } = await startTestSubtractor(t);
	const [first, second] = await recordsOf(frames[1]);
	const [foreign] = await recordsOf(frames[0]);
	const outOfRange = second.slice();
	outOfRange.fill(0xff, SYMMETRIC_FRAME.parts[2].at);
	const wrongTag = second.slice();
	wrongTag.fill(0xff, SYMMETRIC_FRAME.parts[1].at, SYMMETRIC_FRAME.parts[2].at);
	for (const [b, error, says] of [
		[await withRecords(frames[1], [foreign, second]), 'same-seed', /made from one seed/],
		[await withRecords(frames[1], [first, outOfRange]), 'out-of-range', /outside its range/],
		[await withRecords(frames[1], [first, wrongTag]), 'out-of-range', /outside its range/],
		[frames[0], 'same-frame', /one encrypted picture/],
		[await subtractFiles(frames[0], frames[2]), 'not-a-frame', /is a difference already/],
	] as const) {
		const pair = Buffer.concat([frames[0].subarray(0, 104), b.subarray(0, 104), ...(await mixed(frames[0], b))]);
		const answer = await post(url, pair);
		t.is(answer.status, 422, error);
		t.is(jsonOf(answer).error, error);
		t.regex(String(jsonOf(answer).message), says);
	}
	t.like(subtractor.snapshot(), { differences: 0, atWork: 0 });

	async function mixed(a: Uint8Array, b: Uint8Array): Promise<Uint8Array[]> {
		const [ofA, ofB] = await Promise.all([recordsOf(a), recordsOf(b)]);
		return [...ofA.flatMap((record, i) => [record, ofB[i]]), a.subarray(-4), b.subarray(-4)];
	}
});

test('what is no pair, no frame, or not whole is refused by name, and nothing of it is kept', async (t) => {
	const { frames, ids } = t.context;
	const { url, subtractor } = await startTestSubtractor(t);
	const pair = await pairOf(frames[0], frames[1]);
	const damaged = Buffer.from(pair);
	damaged[300] ^= 1;
	const cut = frames[0].slice();
	cut[cut.length - 1] ^= 1;
	for (const [answer, status, error] of [
		[await post(url, Buffer.from('Dear diary')), 422, 'not-a-vct'],
		[await post(url, new Uint8Array(0)), 422, 'empty-file'],
		[await post(url, pair.subarray(0, -5)), 422, 'wrong-length'],
		[await post(url, Buffer.concat([pair, Buffer.from('x')])), 422, 'wrong-length'],
		[await post(url, damaged), 422, 'damaged-vct'],
		[await post(url, pair, { 'content-type': 'application/json' }), 415, 'wrong-type'],
		[await post(url, pair, { 'content-length': String(2 ** 40) }), 413, 'too-large'],
		[await put(url, 'hall', ids[1], frames[0]), 422, 'wrong-id'],
		[await put(url, 'hall', ids[0], cut), 422, 'damaged-vct'],
		[await put(url, 'hall', ids[0], await subtractFiles(frames[0], frames[1])), 422, 'not-a-frame'],
		[await put(url, 'hall', ids[0], frames[0], `?against=${ids[1]}`), 404, 'no-such-frame'],
		[await send(url, 'GET', `/v1/cameras/hall/differences/${ids[1]}/previous`), 404, 'no-such-frame'],
		[await send(url, 'GET', `/v1/cameras/hall/differences/${ids[0]}/previous`), 404, 'no-such-frame'],
		[await send(url, 'GET', '/v1/cameras/hall/frames?after=x'), 400, 'bad-request'],
		[await put(url, '..', ids[0], frames[0]), 404, 'not-found'],
		[await put(url, 'hall', 'aa', frames[0]), 404, 'not-found'],
	] as const) {
		t.is(answer.status, status, error);
		t.is(jsonOf(answer).error, error);
	}
	// of all this one was a whole frame of its own id; that there was none to compare with is told after it was kept
	t.like(subtractor.snapshot(), { frames: 1, atWork: 0, differences: 0 });
});

test('a body without a length is refused before it is read', async (t) => {
	const { url } = await startTestSubtractor(t);
	const raw = await openRaw(t, url);
	raw.socket.write('POST /v1/differences HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n');
	t.regex(await raw.until(/no-length/), /^HTTP\/1\.1 411 /);
});

test('without the token nothing is taken, answered or told but health', async (t) => {
	const { frames, ids } = t.context;
	const { url, subtractor } = await startTestSubtractor(t, { token: 'sesame' });
	const pair = await pairOf(frames[0], frames[1]);
	t.is((await post(url, pair)).status, 401);
	t.is((await put(url, 'hall', ids[0], frames[0])).status, 401);
	for (const path of ['/metrics', '/v1/cameras/hall/frames', `/v1/cameras/hall/differences/${ids[0]}/previous`]) {
		t.is((await send(url, 'GET', path)).status, 401, path);
	}
	t.deepEqual(await getJson(url, '/healthz'), { status: 'ok' });
	const headers = { ...OCTETS, authorization: 'Bearer sesame' };
	t.is((await post(url, pair, headers)).status, 200);
	const metrics = (await send(url, 'GET', '/metrics', { headers })).body.toString();
	t.regex(metrics, /^veilcam_subtractor_differences_total 1$/m);
	t.regex(metrics, /^veilcam_subtractor_requests_rejected_total\{cause="no-token"\} 3$/m);
	t.like(subtractor.snapshot(), { frames: 0, rejected: { 'no-token': 3 } });
});

test('when all places are taken the next request gets 429 and when to come again; a place is given back', async (t) => {
	const { frames } = t.context;
	const { url, subtractor } = await startTestSubtractor(t, { maxAtWork: 1 });
	const pair = await pairOf(frames[0], frames[1]);
	const raw = await openRaw(t, url);
	raw.socket.write(`POST /v1/differences HTTP/1.1\r\nhost: here\r\ncontent-length: ${pair.length}\r\n\r\n`);
	await until(() => subtractor.snapshot().atWork === 1);
	const refused = await post(url, pair);
	t.is(refused.status, 429);
	t.is(refused.headers['retry-after'], '1');
	raw.socket.write(pair);
	await raw.until(/^HTTP\/1\.1 200 /);
	raw.socket.destroy();
	await until(() => subtractor.snapshot().atWork === 0);
	t.is((await post(url, pair)).status, 200);
});

test('who sends slowly, or reads no answer, is cut off, and who goes away leaves nothing behind', async (t) => {
	const { frames } = t.context;
	const deadline = { baseMs: 200, bytesPerSecond: 1e9 };
	const { url, subtractor } = await startTestSubtractor(t, { bodyDeadline: deadline });
	const pair = await pairOf(frames[0], frames[1]);
	const slow = await openRaw(t, url);
	slow.socket.write(`POST /v1/differences HTTP/1.1\r\nhost: here\r\ncontent-length: ${pair.length}\r\n\r\n`);
	slow.socket.write(pair.subarray(0, 1000));
	await slow.closed;
	t.is(slow.received(), '');
	await until(() => subtractor.snapshot().atWork === 0);
	t.like(subtractor.snapshot(), { rejected: { 'too slow': 1 } });
	const away = await openRaw(t, url);
	away.socket.write(`POST /v1/differences HTTP/1.1\r\nhost: here\r\ncontent-length: ${pair.length}\r\n\r\n`);
	await until(() => subtractor.snapshot().atWork === 1);
	away.socket.destroy();
	await until(() => subtractor.snapshot().atWork === 0);
	t.is((await post(url, pair)).status, 200);
	t.is(subtractor.snapshot().rejected['too slow'], 1);
});

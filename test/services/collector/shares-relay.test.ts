import { writeFileSync } from 'node:fs';
import test from 'ava';
import { bytesOfHex } from '../../../src/core/average/hex.js';
import { createMechanism } from '../../../src/core/average/mechanism.js';
import { sealShare } from '../../../src/core/average/sealed-share.js';
import { parseSessionDescription } from '../../../src/core/average/session-description.js';
import { hashSession } from '../../../src/core/average/session-hash.js';
import { sharePlanes } from '../../../src/core/average/share-planes.js';
import { expandKey } from '../../../src/core/mpc/keystream.js';
import { decodeNpyFloat64 } from '../../../src/core/npy.js';
import { seededRandom } from '../../core/average/keystream.js';
import { type HttpAnswer, send, until } from '../../helpers/http.js';
import { type SharesRoom, startSharesRoom } from '../../helpers/shares-room.js';
import { freshId, pictureOf } from '../shares/three-holders.js';

const TOKEN = 'a-token_of-the-room';

interface Sent {
	readonly answer: HttpAnswer;
	readonly said: Readonly<Record<string, unknown>>;
	readonly receipt: string;
}

/** What a page does with a picture, and with no more than the session says. */
async function pageOf(room: SharesRoom) {
	const headers = { authorization: `Bearer ${TOKEN}` };
	const asked = await send(room.url, 'GET', room.path('session'), { headers });
	const { shares } = parseSessionDescription(JSON.parse(asked.body.toString('utf8')));
	const sessionHash = await hashSession(crypto.subtle, room.session);
	const sealed = async (id: string, seed: number, session = sessionHash) => {
		const samples = pictureOf(room.session, seed);
		const planes = createMechanism(room.session.mechanism).privatize(samples, seededRandom(seed));
		const bodies = await sharePlanes(planes, seededRandom(seed + 1000), expandKey);
		return Promise.all(
			bodies.map((body, party) => {
				const key = bytesOfHex(shares?.parties[party].uploadKey ?? '', 65) ?? new Uint8Array();
				return sealShare(crypto.subtle, key, { session, id, party }, body);
			}),
		);
	};
	const put = async (id: string, party: number, body: Uint8Array): Promise<Omit<Sent, 'receipt'>> => {
		const answer = await send(room.url, 'PUT', room.path(`shares/${id}/${party}`), { headers, body });
		return { answer, said: JSON.parse(answer.body.toString('utf8')) };
	};
	return {
		sealed,
		put,
		/** Sends a picture of this seed to all three. */
		async send(seed: number, id = freshId()): Promise<Sent[]> {
			const parts = await sealed(id, seed);
			return Promise.all(
				parts.map(async (part, party) => ({ ...(await put(id, party, part.sealed)), receipt: part.receipt })),
			);
		},
	};
}

test('sealed shares that the front carries are counted, with receipts of all three, and the average is exact', async (t) => {
	const room = await startSharesRoom(t, {}, { token: TOKEN });
	const page = await pageOf(room);
	const sums = new Float64Array(20 * 13);
	const id = freshId();
	for (const seed of [1, 2, 3, 4]) {
		for (const { answer, said, receipt } of await page.send(seed, seed === 4 ? id : undefined)) {
			t.is(answer.status, 201);
			t.deepEqual(said, { status: 'accepted', receipt });
		}
		for (const [i, sample] of pictureOf(room.session, seed).entries()) sums[i] += sample;
	}
	// a page that did not hear the answer sends the same bytes again; sealed anew they are the same share
	for (const { answer, said, receipt } of await page.send(4, id)) {
		t.is(answer.status, 200);
		t.deepEqual(said, { status: 'duplicate', receipt });
	}
	t.is(room.collector.duplicates, 1);
	await until(async () => (await room.collector.release()) !== null);
	const headers = { authorization: `Bearer ${TOKEN}` };
	const npy = await send(room.url, 'GET', room.path('average.npy'), { headers });
	t.is(npy.headers['x-veilcam-count'], '4');
	t.deepEqual(
		decodeNpyFloat64(npy.body, 'average').values,
		sums.map((sum) => sum / 4),
	);
});

test('the front refuses what is no upload, and parties what was not sealed to them; nothing of it counts', async (t) => {
	const room = await startSharesRoom(t, {}, { token: TOKEN });
	const page = await pageOf(room);
	const id = freshId();
	const parts = await page.sealed(id, 1);
	const statusOf = async (path: string, body: Uint8Array, headers: Record<string, string> = {}): Promise<number> =>
		(
			await send(room.url, 'PUT', room.path(path), {
				headers: { authorization: `Bearer ${TOKEN}`, ...headers },
				body,
			})
		).status;
	t.is(await statusOf(`shares/${id}/0`, parts[0].sealed, { authorization: 'Bearer other' }), 401);
	t.is(await statusOf(`shares/${id}/0`, parts[1].sealed), 413);
	t.is(await statusOf(`shares/${id}/0`, parts[0].sealed.slice(1)), 400);
	t.is(await statusOf('shares/12/0', parts[0].sealed), 400);
	t.is(await statusOf(`shares/${id}/0`, parts[0].sealed, { 'content-type': 'text/plain' }), 415);
	t.is(await statusOf(`shares/${id}/3`, parts[0].sealed), 404);
	t.is(await statusOf(`reports/${id}`, parts[0].sealed), 404);
	// parts of one length, brought to the other party, under another id, and changed on the way
	t.is((await page.put(id, 1, parts[2].sealed)).said.error, 'not-sealed-here');
	t.is((await page.put(freshId(), 1, parts[1].sealed)).said.error, 'not-sealed-here');
	const changed = parts[1].sealed.slice();
	changed[200] ^= 4;
	t.is((await page.put(id, 1, changed)).said.error, 'not-sealed-here');
	t.is((await page.put(id, 1, parts[1].sealed)).answer.status, 201);
	// for a minimum batch that the page was told of, and the servers were not
	const told = await hashSession(crypto.subtle, { ...room.session, minBatch: 1000 });
	const meant = (await page.sealed(id, 1, told))[1];
	t.is((await page.put(id, 1, meant.sealed)).said.error, 'not-sealed-here');
	const other = (await page.sealed(id, 2))[1];
	const conflict = await page.put(id, 1, other.sealed);
	t.is(conflict.answer.status, 409);
	t.is(conflict.said.receipt, undefined);
	t.is(room.collector.count, 0);
	t.like(room.collector.snapshot().rejected, { 'not sealed': 4, conflict: 1, 'no token': 1 });
});

test('a party that is away is told as such, and what it missed is taken when it is back', async (t) => {
	const room = await startSharesRoom(t, {}, { token: TOKEN });
	const page = await pageOf(room);
	await room.stop(1);
	const id = freshId();
	const parts = await page.sealed(id, 7);
	const away = await page.put(id, 1, parts[1].sealed);
	t.is(away.answer.status, 502);
	t.is(away.said.message, 'party 1: it does not answer');
	t.is(away.answer.headers['retry-after'], '1');
	t.is((await page.put(id, 0, parts[0].sealed)).answer.status, 201);
	t.is((await page.put(id, 2, parts[2].sealed)).answer.status, 201);
	t.is(room.collector.count, 0);
	await room.start(1);
	t.deepEqual((await page.put(id, 1, parts[1].sealed)).said, { status: 'accepted', receipt: parts[1].receipt });
	await until(async () => room.collector.count === 1);
});

test('what a party has confirmed and cannot read any more is left out, and the collector says where', async (t) => {
	const room = await startSharesRoom(t, { minBatch: 2 }, { token: TOKEN });
	const page = await pageOf(room);
	await page.send(1);
	// as after a write that did not reach the disk, though it said so
	writeFileSync(`${room.fileOf(1)}-bodies-1`, new Uint8Array(512));
	for (const seed of [2, 3]) await page.send(seed);
	await until(() => room.collector.snapshot().releasedCount === 2);
	await until(() => room.collector.snapshot().warnings.length > 0);
	t.deepEqual(room.collector.snapshot().warnings, [
		'1 picture is left out by all three: party 1 confirmed and cannot read what its file has; check its disk',
	]);
	const npy = await send(room.url, 'GET', room.path('average.npy'), { headers: { authorization: `Bearer ${TOKEN}` } });
	const others = pictureOf(room.session, 3);
	t.deepEqual(
		[...decodeNpyFloat64(npy.body, 'average').values],
		Array.from(pictureOf(room.session, 2), (sample, i) => (sample + others[i]) / 2),
	);
});

import test from 'ava';
import { createMechanism } from '../../../src/core/average/mechanism.js';
import { sharePlanes } from '../../../src/core/average/share-planes.js';
import { PolicyError } from '../../../src/core/errors.js';
import { expandKey } from '../../../src/core/mpc/keystream.js';
import { joinReports, mostInGroup } from '../../../src/services/shares/report-group.js';
import { seededRandom } from '../../core/average/keystream.js';
import { freshId, pictureOf, SESSION, startHolders, type ThreeHolders, uploadPath } from './three-holders.js';

/** What each party is sent of one picture. */
async function bodiesOf(seed: number): Promise<Uint8Array[]> {
	const planes = createMechanism(SESSION.mechanism).privatize(pictureOf(SESSION, seed), seededRandom(seed));
	return sharePlanes(planes, seededRandom(seed), expandKey);
}

async function put({ connections }: ThreeHolders, party: number, id: string, body: Uint8Array): Promise<number> {
	return (await connections[party].send('PUT', uploadPath(SESSION, id), body)).status;
}

test('an exact release is the clear sum, at multiples of the minimum batch; the rest comes with the next', async (t) => {
	const holders = await startHolders(t);
	const first = await holders.send(10, 100);
	const released = await holders.front.release(1, null);
	t.is(released.count, 10);
	t.deepEqual(released.sums, first);
	const second = await holders.send(7, 200);
	t.is((await holders.front.release(2, null)).count, 5);
	await holders.send(3, 300);
	const third = await holders.front.release(3, null);
	t.is(third.count, 5);
	t.true(second.length > 0);
});

test('one dithered bit over shares gives the sum of the bits', async (t) => {
	const session = { ...SESSION, mechanism: { kind: 'shares', bits: 1, budget: null } } as const;
	const holders = await startHolders(t, session);
	await holders.send(50, 1);
	const { count, sums } = await holders.front.release(1, null);
	const means = createMechanism(session.mechanism).estimateMeans(sums, count);
	const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
	t.true(sums.every((sum) => sum >= 0 && sum <= 50));
	t.true(Math.abs(mean - 127.5) < 8, String(mean));
});

test('the same batch asked for again gives the same sum, and another one of it is refused', async (t) => {
	const holders = await startHolders(t);
	await holders.send(5, 1);
	const once = await holders.front.release(1, null);
	await holders.send(4, 50);
	t.deepEqual((await holders.front.release(1, null)).sums, once.sums);
	const noisy = { epsilon: 1, delta: 1e-6, picturesPerPerson: 1 };
	const error = await t.throwsAsync(holders.front.release(1, noisy), { instanceOf: PolicyError });
	t.is(Reflect.get(error ?? {}, 'code'), 'batch-opened');
});

test('every party refuses by itself: below the minimum batch, out of order, and noise without a budget', async (t) => {
	const holders = await startHolders(t);
	await holders.send(4, 1);
	const ask = async (party: number, request: object): Promise<string> => {
		const body = Buffer.from(JSON.stringify(request));
		const answer = await holders.connections[party].send('PUT', `/v1/shares/room/releases/${freshId()}`, body);
		t.is(answer.status, 403);
		const { error, hint } = Object.assign({ error: '', hint: '' }, answer.json());
		if (error === 'batch-order') t.regex(hint, /store of this server was removed, or is an older copy/);
		return error;
	};
	const promise = { epsilon: 1, delta: 1e-6, picturesPerPerson: 1 };
	for (const party of [0, 1, 2]) {
		t.is(await ask(party, { batch: 1, promise: null }), 'minimum-batch');
		t.is(await ask(party, { batch: 2, promise: null }), 'batch-order');
		t.is(await ask(party, { batch: 1, promise }), 'no-budget');
	}
});

test('inconsistent shares, a report that one party lacks, a copied id and a duplicate are left out by all three', async (t) => {
	const holders = await startHolders(t);
	const sums = await holders.send(5, 1);
	const [bodies, others] = [await bodiesOf(500), await bodiesOf(501)];

	const inconsistent = freshId();
	for (const party of [0, 1, 2])
		t.is(await put(holders, party, inconsistent, (party === 2 ? others : bodies)[party]), 201);
	const lacking = freshId();
	for (const party of [0, 2]) t.is(await put(holders, party, lacking, bodies[party]), 201);
	// somebody took an id before its owner came, at one party
	const copied = freshId();
	t.is(await put(holders, 1, copied, others[1]), 201);
	t.is(await put(holders, 0, copied, bodies[0]), 201);
	t.is(await put(holders, 1, copied, bodies[1]), 409);
	t.is(await put(holders, 2, copied, bodies[2]), 201);

	const released = await holders.front.release(1, null);
	t.is(released.count, 5);
	t.deepEqual(released.sums, sums);
	t.deepEqual(
		(await holders.front.status()).map(({ waiting, rejected }) => [waiting, rejected]),
		[
			[1, 2],
			[0, 2],
			[1, 2],
		],
	);
	// it never counts, whatever comes under its id later
	t.is(await put(holders, 2, inconsistent, bodies[2]), 409);
	t.is(await put(holders, 0, inconsistent, bodies[0]), 409);
	// the report that one party lacked counts when it comes
	t.is(await put(holders, 1, lacking, bodies[1]), 201);
	t.is(await put(holders, 1, lacking, bodies[1]), 200);
	await holders.send(4, 700);
	t.is((await holders.front.release(2, null)).count, 5);
	// of a batch that was released nothing counts again
	t.is(await put(holders, 0, lacking, bodies[0]), 200);
	t.deepEqual(
		(await holders.front.status()).map(({ waiting }) => waiting),
		[0, 0, 0],
	);
});

test('of reports in one request each is answered, and a request that is not made of whole reports is refused', async (t) => {
	const holders = await startHolders(t);
	const [[, body], [, other]] = [await bodiesOf(1), await bodiesOf(2)];
	const ids = [freshId(), freshId()].map((id) => Buffer.from(id, 'hex'));
	const send = async (bytes: Uint8Array) => holders.connections[1].send('PUT', uploadPath(SESSION), bytes);
	const codesOf = async (...entries: [number, Uint8Array][]): Promise<number[]> => {
		const answer = await send(joinReports(entries.map(([i, bytes]) => ({ id: ids[i], body: bytes }))));
		t.is(answer.status, 200, answer.body.toString());
		const { reports } = Object.assign({ reports: [] as { code: number }[] }, answer.json());
		return reports.map(({ code }) => code);
	};
	t.deepEqual(await codesOf([0, body]), [201]);
	t.deepEqual(await codesOf([0, body], [1, body], [1, other], [1, body]), [200, 201, 409, 200]);
	t.is((await holders.front.status())[1].waiting, 2);
	t.is(await put(holders, 1, ids[1].toString('hex'), body), 200);
	const whole = joinReports([{ id: ids[0], body }]);
	const tooMany = Buffer.concat(Array.from({ length: mostInGroup(body.length) + 1 }, () => whole));
	for (const bytes of [whole.subarray(1), Buffer.concat([whole, body]), new Uint8Array(0), tooMany]) {
		t.is((await send(bytes)).status, 400, String(bytes.length));
	}
});

test('an upload token opens nothing but uploads, and without a token nothing is opened', async (t) => {
	const holders = await startHolders(t);
	const { openConnection } = await import('../../../src/services/client/connection.js');
	const [party] = holders.client.parties;
	const [bodies] = [await bodiesOf(1)];
	for (const [token, upload, status] of [
		[holders.front.target.uploadToken, 201, 401],
		['x'.repeat(43), 401, 401],
	] as const) {
		const connection = await openConnection({ ...party, token });
		t.teardown(() => connection.close());
		t.is((await connection.send('PUT', uploadPath(SESSION, freshId()), bodies[0])).status, upload);
		const group = joinReports([{ id: Buffer.from(freshId(), 'hex'), body: bodies[0] }]);
		t.is((await connection.send('PUT', uploadPath(SESSION), group)).status, upload === 201 ? 200 : 401);
		t.is((await connection.send('GET', '/v1/shares/room')).status, status);
		t.is((await connection.send('PUT', `/v1/shares/room/releases/${freshId()}`, Buffer.from('{}'))).status, status);
	}
	t.is((await holders.connections[0].send('PUT', uploadPath(SESSION, freshId()), bodies[1])).status, 400);
	t.is(
		(await holders.connections[0].send('PUT', uploadPath({ ...SESSION, name: 'none' }, freshId()), bodies[0])).status,
		404,
	);
});

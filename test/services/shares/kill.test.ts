import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { type SessionParameters, sampleCountOf } from '../../../src/core/average/session.js';
import { openConnection } from '../../../src/services/client/connection.js';
import { openShares } from '../../../src/services/client/share-upload.js';
import { openSharesParties, type SharesParties } from '../../../src/services/client/shares-parties.js';
import { seededRandom } from '../../core/average/keystream.js';
import { type KillableRoom, startKillableRoom, VICTIMS } from './killable-room.js';
import { freshId, pictureOf, SESSION } from './three-holders.js';

/** More of them take longer: `VEILCAM_KILLS=200`. */
const KILLS = Number(process.env.VEILCAM_KILLS ?? 5);
const MS_PER_KILL = 8000;
const BUDGET = { epsilon: 16, delta: 1e-6 };
const SESSION_ARGS = ['--size', `${SESSION.width}x${SESSION.height}`];

interface Sender extends SharesParties {
	/** Sends a picture of this seed until all three have acknowledged it. */
	send(id: string, seed: number): Promise<void>;
}

async function openSender(t: ExecutionContext, { client }: KillableRoom, session: SessionParameters): Promise<Sender> {
	const { signal } = new AbortController();
	const front = await openSharesParties(client, session);
	const retry = { retryForMs: 60_000, signal, nowMs: () => performance.now(), jitter: () => 0.2, onRetry() {} };
	const uploader = await openShares(session, front.target, retry);
	t.teardown(() => {
		front.close();
		uploader.close();
	});
	return {
		...front,
		async send(id, seed) {
			const { kind } = await uploader.upload(pictureOf(session, seed), id, seededRandom(seed), retry);
			t.not(kind, 'rejected');
		},
	};
}

function sumOf(session: SessionParameters, seeds: readonly number[]): Float64Array {
	const sums = new Float64Array(sampleCountOf(session));
	for (const seed of seeds) for (const [i, sample] of pictureOf(session, seed).entries()) sums[i] += sample;
	return sums;
}

test('parties and front are killed while pictures come and averages are released: each acknowledged picture counts once, in an exact sum', async (t) => {
	t.timeout(300_000 + KILLS * MS_PER_KILL);
	const room = await startKillableRoom(t, [...SESSION_ARGS, '--min-batch', String(SESSION.minBatch)]);
	const sender = await openSender(t, room, SESSION);
	const seeds = new Map<string, number>();
	let areKilled = false;
	const upload = async (): Promise<void> => {
		while (!areKilled || seeds.size % SESSION.minBatch !== 0) {
			const [id, seed] = [freshId(), seeds.size];
			seeds.set(id, seed);
			await sender.send(id, seed);
		}
	};
	const uploading = Promise.all([upload(), upload(), upload()]);
	// any moment will do: the same ones in each run, as far as the machine lets them be
	const moments = new Uint8Array(2 * KILLS);
	seededRandom(20_261).fillInto(moments);
	for (let i = 0; i < KILLS; i++) {
		// batches are being opened again
		const before = room.opened().length;
		while (room.opened().length === before) await delay(20);
		await delay(3 * moments[2 * i]);
		// each in turn, but no order among them that the releases could fall in with
		await room.kill(VICTIMS[(i + (moments[2 * i + 1] & 1)) % VICTIMS.length]);
	}
	areKilled = true;
	await uploading;
	while (room.opened().reduce((sum, { count }) => sum + count, 0) < seeds.size) await delay(100);

	const [fixed, ...others] = room.fixed();
	for (const other of others) t.deepEqual(other, fixed);
	const added = fixed.flatMap(({ ids }) => ids);
	t.is(new Set(added).size, added.length, 'no picture is in two batches');
	t.deepEqual([...added].sort(), [...seeds.keys()].sort());
	const opened = room.opened();
	t.is(opened.length, fixed.length);
	for (const [i, { count, sums }] of opened.entries()) {
		t.is(count, fixed[i].ids.length);
		t.is(count % SESSION.minBatch, 0);
		const clear = fixed[i].ids.map((id) => seeds.get(id) ?? Number.NaN);
		t.deepEqual(sums, sumOf(SESSION, clear), `batch ${i + 1}`);
	}
	t.log(`${seeds.size} pictures in ${opened.length} batches`);
});

test('parties and front are killed in the middle of noisy releases: the noise is what was stored first, and nobody has spent less than was released', async (t) => {
	t.timeout(300_000 + KILLS * MS_PER_KILL);
	const session = { ...SESSION, minBatch: 2, mechanism: { kind: 'shares', bits: 8, budget: BUDGET } } as const;
	const budget = ['--epsilon', String(BUDGET.epsilon), '--delta', String(BUDGET.delta)];
	const room = await startKillableRoom(t, [...SESSION_ARGS, '--min-batch', '2', ...budget]);
	const sender = await openSender(t, room, session);
	const ask = async (): Promise<void> => {
		const connection = await openConnection({ url: room.url });
		const body = Buffer.from(JSON.stringify({ epsilon: 0.5, delta: 1e-6, picturesPerPerson: 1 }));
		await connection.send('POST', '/v1/sessions/room/releases', body).finally(() => connection.close());
	};
	for (let i = 0; i < KILLS; i++) {
		const seeds = [2 * i, 2 * i + 1];
		for (const seed of seeds) await sender.send(freshId(), seed);
		const asking = ask().catch(() => {});
		// before, while and after noise is stored, the sum is made, and it is told
		await delay(7 * i);
		await room.kill(VICTIMS[i % VICTIMS.length]);
		await asking;
		// what the front has it was told by all three, and they had charged it before
		const told = room.opened();
		for (const fixed of room.fixed()) t.true(fixed.length >= told.length);
		for (let asked = 0; room.opened().length === i; asked++) {
			t.true(asked < 100);
			// refused where a batch that was fixed before has come out by itself
			await ask();
			await delay(20);
		}
		const fixed = room.fixed();
		const sums = sumOf(session, seeds);
		for (const batches of fixed) {
			t.is(batches.length, i + 1);
			t.is(batches[i].listHash, fixed[0][i].listHash);
			for (const [at, value] of (batches[i].summand ?? []).entries()) sums[at] += value;
		}
		t.deepEqual(room.opened()[i].sums, sums, `kill ${i}`);
	}
	const rho = room.opened().reduce((sum, batch) => sum + batch.rho, 0);
	for (const { spentRho } of await sender.status()) t.true(Math.abs(spentRho - rho) < 1e-9 * rho);
});

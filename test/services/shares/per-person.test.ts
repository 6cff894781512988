import { randomBytes } from 'node:crypto';
import test from 'ava';
import { PERSON_BYTES } from '../../../src/core/average/person-id.js';
import { PolicyError } from '../../../src/core/errors.js';
import { seededRandom } from '../../core/average/keystream.js';
import { pictureOf, SESSION, startHolders, type ThreeHolders } from './three-holders.js';

const LIMITED = {
	...SESSION,
	minBatch: 4,
	mechanism: { kind: 'shares', bits: 8, budget: { epsilon: 8, delta: 1e-6 }, picturesPerPerson: 3 },
} as const;

const RETRY = {
	retryForMs: 10_000,
	signal: new AbortController().signal,
	nowMs: () => performance.now(),
	jitter: () => 0.5,
	onRetry() {},
};

/** An id of the person whose ids begin with so many equal bytes. */
function idOf(person: number, picture: number): string {
	return Buffer.alloc(16, picture).fill(person, 0, PERSON_BYTES).toString('hex');
}

async function send(holders: ThreeHolders, id: string, seed = 1): Promise<string> {
	const samples = pictureOf(LIMITED, seed);
	const outcome = await holders.uploader.upload(samples, id, seededRandom(seed), RETRY);
	return outcome.kind === 'rejected' ? outcome.reason : outcome.kind;
}

test('a person who sends more than a batch takes of one is refused by all three, and nobody else is', async (t) => {
	const holders = await startHolders(t, LIMITED);
	for (const picture of [0, 1, 2]) t.is(await send(holders, idOf(7, picture)), 'accepted');
	t.regex(await send(holders, idOf(7, 3)), /all the pictures that it takes of one person/);
	t.is(await send(holders, idOf(7, 2)), 'duplicate');
	// neighbours in the index, and somebody whose ids share no bytes
	for (const person of [6, 8]) t.is(await send(holders, idOf(person, 0)), 'accepted');
	t.is(await send(holders, randomBytes(16).toString('hex')), 'accepted');
	t.deepEqual(
		(await holders.front.status()).map(({ waiting }) => waiting),
		[6, 6, 6],
	);
	const { count } = await holders.front.release(1, { epsilon: 4, delta: 1e-6, picturesPerPerson: 3 });
	t.is(count, 6);
	t.is(await send(holders, idOf(7, 3)), 'accepted');
});

test('every party refuses noise for fewer pictures than a person may have', async (t) => {
	const holders = await startHolders(t, LIMITED);
	await holders.send(4, 1);
	for (const [picturesPerPerson, code] of [
		[1, 'weak-promise'],
		[2, 'weak-promise'],
	] as const) {
		const error = await t.throwsAsync(holders.front.release(1, { epsilon: 4, delta: 1e-6, picturesPerPerson }), {
			instanceOf: PolicyError,
		});
		t.is(Reflect.get(error ?? {}, 'code'), code);
	}
	const { totalSigma } = await holders.front.release(1, { epsilon: 4, delta: 1e-6, picturesPerPerson: 3 });
	await holders.send(4, 9);
	const wider = await holders.front.release(2, { epsilon: 4, delta: 1e-6, picturesPerPerson: 6 });
	t.true(Math.abs(wider.totalSigma / totalSigma - 2) < 1e-4, `${wider.totalSigma}, ${totalSigma}`);
});

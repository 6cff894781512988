import test, { type ExecutionContext } from 'ava';
import type { SessionParameters } from '../../../src/core/average/session.js';
import { PARTIES } from '../../../src/core/mpc/party-index.js';
import type { Answer } from '../../../src/services/client/connection.js';
import { openShares } from '../../../src/services/client/share-upload.js';
import { seededRandom } from '../../core/average/keystream.js';
import { freshId, pictureOf, SESSION, startHolders, type ThreeHolders, uploadPath } from './three-holders.js';

const BUDGET = { epsilon: 4, delta: 1e-6 };
const NOISY = {
	...SESSION,
	minBatch: 4,
	mechanism: { kind: 'shares', bits: 8, budget: BUDGET, picturesPerPerson: 2 },
} as const satisfies SessionParameters;
const PROMISE = { epsilon: 2, delta: 1e-6, picturesPerPerson: 2 };

/** A front that has the token and says what it likes, to each party something else if it likes. */
function frontOf({ connections }: ThreeHolders, session: string = SESSION.name) {
	const at = `/v1/shares/${session}`;
	const put = (party: number, path: string, body: unknown): Promise<Answer> =>
		connections[party].send('PUT', at + path, Buffer.from(JSON.stringify(body)));
	return {
		prepare: (party: number, attempt: string, request: unknown) => put(party, `/releases/${attempt}`, request),
		run: (party: number, attempt: string) => connections[party].send('POST', `${at}/releases/${attempt}/run`),
		register: (party: number, parameters: object) =>
			put(party, '', { parameters, uploadToken: 'an-upload-token_of-the-front' }),
		/** Has a release run at all three, asking each for its own. */
		async ask(requests: readonly [unknown, unknown, unknown]): Promise<Answer[]> {
			const attempt = freshId();
			for (const party of PARTIES) await put(party, `/releases/${attempt}`, requests[party]);
			return Promise.all(PARTIES.map((party) => this.run(party, attempt)));
		},
	};
}

function refusal(t: ExecutionContext, { status, body }: Answer): string {
	const { error, message } = Object.assign({ error: '', message: '' }, JSON.parse(body.toString('utf8')));
	t.true(message.length > 15, message);
	return `${status} ${error}`;
}

const batchAndCost = async ({ front }: ThreeHolders) =>
	(await front.status()).map(({ batch, sealed, spentRho }) => [batch, sealed, spentRho]);

test('whatever a front asks of one party before the first release, that party refuses it by itself', async (t) => {
	const holders = await startHolders(t, NOISY);
	const front = frontOf(holders);
	const lies: readonly (readonly [what: string, request: unknown, refusal: string])[] = [
		['a batch after the next', { batch: 2, promise: PROMISE }, '403 batch-order'],
		['no noise', { batch: 1, promise: null }, '403 noise-required'],
		['no word of noise', { batch: 1 }, '403 noise-required'],
		[
			'noise for fewer pictures of a person',
			{ batch: 1, promise: { ...PROMISE, picturesPerPerson: 1 } },
			'403 weak-promise',
		],
		['an epsilon beyond the budget', { batch: 1, promise: { ...PROMISE, epsilon: 4.01 } }, '403 budget-spent'],
		['a delta beyond the budget', { batch: 1, promise: { ...PROMISE, epsilon: 4, delta: 1e-5 } }, '403 budget-spent'],
		['an epsilon that is none', { batch: 1, promise: { ...PROMISE, epsilon: 1e9 } }, '400 session-parameter'],
		['a negative one', { batch: 1, promise: { ...PROMISE, epsilon: -2 } }, '400 session-parameter'],
		['a delta of 1', { batch: 1, promise: { ...PROMISE, delta: 1 } }, '400 session-parameter'],
		['half a person', { batch: 1, promise: { ...PROMISE, picturesPerPerson: 2.5 } }, '400 session-parameter'],
		['a promise in words', { batch: 1, promise: 'epsilon 2' }, '400 session-parameter'],
		['batch 0', { batch: 0, promise: PROMISE }, '400 bad-request'],
		['batch 1.5', { batch: 1.5, promise: PROMISE }, '400 bad-request'],
		['a batch in words', { batch: '1', promise: PROMISE }, '400 bad-request'],
		['nothing', null, '400 bad-request'],
	];
	const sessions: readonly (readonly [what: string, parameters: SessionParameters])[] = [
		['a smaller minimum batch', { ...NOISY, minBatch: 1 }],
		['no budget', { ...NOISY, mechanism: { ...NOISY.mechanism, budget: null } }],
		['a larger budget', { ...NOISY, mechanism: { ...NOISY.mechanism, budget: { epsilon: 40, delta: 1e-6 } } }],
		['a limit of one more picture', { ...NOISY, mechanism: { ...NOISY.mechanism, picturesPerPerson: 3 } }],
		['no limit', { ...NOISY, mechanism: { kind: 'shares', bits: 8, budget: BUDGET } }],
		['another size', { ...NOISY, width: 10 }],
	];
	await holders.send(3, 1);
	for (const party of PARTIES) {
		t.is(refusal(t, await front.prepare(party, freshId(), { batch: 1, promise: PROMISE })), '403 minimum-batch');
	}
	const clear = await holders.send(1, 4);
	for (const party of PARTIES) {
		for (const [what, request, expected] of lies) {
			t.is(refusal(t, await front.prepare(party, freshId(), request)), expected, `${what}, at party ${party}`);
		}
		for (const [what, parameters] of sessions) {
			t.is(refusal(t, await front.register(party, parameters)), '409 other-session', `${what}, at party ${party}`);
		}
		// a session of another name has none of the pictures
		t.is((await frontOf(holders, 'other').register(party, { ...NOISY, name: 'other', minBatch: 1 })).status, 201);
		const elsewhere = await frontOf(holders, 'other').prepare(party, freshId(), { batch: 1, promise: PROMISE });
		t.is(refusal(t, elsewhere), '403 minimum-batch');
		t.is(refusal(t, await front.run(party, freshId())), '404 no-such-attempt');
	}
	t.deepEqual(await batchAndCost(holders), Array(3).fill([0, 0, 0]));
	// and the honest front comes to its release
	t.is((await holders.front.release(1, PROMISE)).count, 4);
	t.is(clear.length, NOISY.width * NOISY.height);
});

test('after a release every party refuses another one of it, one in between, and an attempt that is played again', async (t) => {
	const holders = await startHolders(t, NOISY);
	const front = frontOf(holders);
	await holders.send(4, 1);
	const attempt = freshId();
	for (const party of PARTIES) t.is((await front.prepare(party, attempt, { batch: 1, promise: PROMISE })).status, 201);
	const opened = await Promise.all(PARTIES.map((party) => front.run(party, attempt)));
	t.deepEqual(
		opened.map(({ status }) => status),
		[200, 200, 200],
	);
	const before = await batchAndCost(holders);
	await holders.send(3, 50);
	for (const party of PARTIES) {
		const ask = async (request: unknown): Promise<string> => refusal(t, await front.prepare(party, freshId(), request));
		t.is(refusal(t, await front.run(party, attempt)), '404 no-such-attempt');
		t.is(await ask({ batch: 1, promise: { ...PROMISE, epsilon: 1 } }), '403 batch-opened');
		t.is(await ask({ batch: 1, promise: { ...PROMISE, picturesPerPerson: 3 } }), '403 batch-opened');
		t.is(await ask({ batch: 1, promise: null }), '403 batch-opened');
		t.is(await ask({ batch: 2, promise: PROMISE }), '403 minimum-batch');
		t.is(await ask({ batch: 3, promise: PROMISE }), '403 batch-order');
	}
	await holders.send(1, 90);
	// alone it would be within the budget, after the first one it is not
	for (const party of PARTIES) {
		const beyond = await front.prepare(party, freshId(), { batch: 2, promise: { ...PROMISE, epsilon: 3.9 } });
		t.is(refusal(t, beyond), '403 budget-spent');
	}
	t.deepEqual(await batchAndCost(holders), before);
	// the same attempt asked for again is the same batch with the same noise, and costs nothing
	for (const party of PARTIES) t.is((await front.prepare(party, attempt, { batch: 1, promise: PROMISE })).status, 201);
	await Promise.all(PARTIES.map((party) => front.run(party, attempt)));
	t.deepEqual(await batchAndCost(holders), before);
});

test('a front that shows cameras another session than it gave the parties gets no picture', async (t) => {
	const holders = await startHolders(t, NOISY);
	const { target } = holders.front;
	const retry = {
		...{ retryForMs: 0, signal: new AbortController().signal, nowMs: () => 0, jitter: () => 0 },
		onRetry() {},
	};
	const shown: readonly SessionParameters[] = [
		{ ...NOISY, minBatch: 1000 },
		{ ...NOISY, mechanism: { ...NOISY.mechanism, budget: { epsilon: 0.5, delta: 1e-6 } } },
		{ ...NOISY, mechanism: { ...NOISY.mechanism, picturesPerPerson: 1 } },
	];
	for (const session of shown) {
		const uploader = await openShares(session, target, retry);
		t.teardown(() => uploader.close());
		const outcome = await uploader.upload(pictureOf(session, 1), freshId(), seededRandom(1), retry);
		t.regex(
			outcome.kind === 'rejected' ? outcome.reason : '',
			/^party 0 .*told otherwise of this session.*minimum batch 4$/,
		);
	}
	for (const { waiting } of await holders.front.status()) t.is(waiting, 0);
	await holders.send(1, 1);
});

for (const odd of PARTIES) {
	test(`a front that asks party ${odd} for something else than the two others gets nothing of any`, async (t) => {
		const holders = await startHolders(t, NOISY);
		const front = frontOf(holders);
		await holders.send(4, 1);
		const toAll = (usual: unknown, other: unknown): [unknown, unknown, unknown] => {
			const requests: [unknown, unknown, unknown] = [usual, usual, usual];
			requests[odd] = other;
			return requests;
		};
		const usual = { batch: 1, promise: PROMISE };
		const assertNothing = async (what: string, answers: readonly Answer[]): Promise<void> => {
			t.deepEqual(
				answers.map(({ status }) => status),
				[502, 502, 502],
				what,
			);
			const [said, others] = [refusal(t, answers[odd]), answers.map(({ body }) => body.toString('utf8')).join('')];
			t.true(/requests-differ|party-gave-up/.test(said), said);
			t.regex(others, /party \d was asked for another release than party \d/, what);
		};
		// weaker and stronger
		for (const promise of [
			{ ...PROMISE, epsilon: 3 },
			{ ...PROMISE, epsilon: 1 },
			{ ...PROMISE, delta: 1e-7 },
		]) {
			await assertNothing(JSON.stringify(promise), await front.ask(toAll(usual, { batch: 1, promise })));
		}
		t.deepEqual(await batchAndCost(holders), Array(3).fill([0, 0, 0]));

		// a session that one party was told other things of, which are no less strict to it
		const twisted = frontOf(holders, 'twisted');
		const toldTo = (party: number): SessionParameters => {
			const budget = party === odd ? { epsilon: 3, delta: 1e-6 } : BUDGET;
			return { ...NOISY, name: 'twisted', mechanism: { kind: 'shares', bits: 8, budget } };
		};
		for (const party of PARTIES) t.is((await twisted.register(party, toldTo(party))).status, 201);
		for (let picture = 0; picture < 4; picture++) {
			const id = freshId();
			for (const party of PARTIES) {
				const planes = 8 * 16 * Math.ceil((NOISY.width * NOISY.height) / 128);
				const body = new Uint8Array(party === 0 ? 32 : planes + 16);
				t.is((await holders.connections[party].send('PUT', uploadPath(toldTo(party), id), body)).status, 201);
			}
		}
		await assertNothing('other sessions', await twisted.ask([usual, usual, usual]));

		// the batch before, as it was, beside the next one
		await holders.front.release(1, PROMISE);
		await holders.send(4, 30);
		const before = await batchAndCost(holders);
		await assertNothing('two batches', await front.ask(toAll({ batch: 2, promise: PROMISE }, usual)));
		t.deepEqual(await batchAndCost(holders), before);
		t.is((await holders.front.release(2, PROMISE)).count, 4);
	});
}

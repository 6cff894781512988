import test from 'ava';
import { PeerError } from '../../../src/core/errors.js';
import type { Answer, Connection } from '../../../src/services/client/connection.js';
import { createShareSender, REQUESTS_AT_ONCE } from '../../../src/services/client/share-sender.js';
import { type GroupedReport, mostInGroup, splitReports } from '../../../src/services/shares/report-group.js';

const BODY_BYTES = 3;
const RETRY = {
	retryForMs: 60_000,
	signal: new AbortController().signal,
	nowMs: () => performance.now(),
	jitter: () => 0,
	onRetry() {},
};

/** A report whose body and id are this number. */
function report(number: number): GroupedReport {
	return { id: new Uint8Array(16).fill(number), body: new Uint8Array(BODY_BYTES).fill(number) };
}

/** A party that holds requests back until they are answered. */
function createParty() {
	const requests: { readonly body: Uint8Array; readonly answer: (status: number, value: object) => void }[] = [];
	const connection: Pick<Connection, 'url' | 'send'> = {
		url: 'https://there',
		send: (_method, path, body = new Uint8Array(0)) =>
			new Promise((resolve, reject) => {
				const answer = (status: number, value: object): void => {
					const body = Buffer.from(JSON.stringify(value));
					const answered: Answer = { status, headers: {}, body, json: () => value };
					if (status === 0) reject(new PeerError('unreachable', 'away'));
					else resolve(answered);
				};
				requests.push({ body: Buffer.concat([Buffer.from(path), body]), answer });
			}),
	};
	const numbersOf = (i: number): number[] =>
		splitReports(requests[i].body.subarray('/at'.length), BODY_BYTES).map(({ body }) => body[0]);
	return { requests, numbersOf, sender: createShareSender(connection, '/at') };
}

const held = (...codes: number[]): object => ({
	reports: codes.map((code) => (code < 300 ? { code } : { code, error: 'no', message: 'not this one' })),
});

test('pictures that come while requests are under way go together, and each hears of itself', async (t) => {
	const { requests, numbersOf, sender } = createParty();
	const outcomes = [1, 2, 3, 4, 5].map((number) => sender.send(report(number), RETRY));
	t.is(requests.length, REQUESTS_AT_ONCE);
	t.deepEqual([numbersOf(0), numbersOf(1)], [[1], [2]]);
	requests[1].answer(200, held(201));
	t.deepEqual(await outcomes[1], { kind: 'accepted' });
	t.deepEqual(numbersOf(2), [3, 4, 5]);
	requests[2].answer(200, held(201, 200, 409));
	t.deepEqual(await Promise.all(outcomes.slice(2)), [
		{ kind: 'accepted' },
		{ kind: 'duplicate' },
		{ kind: 'rejected', reason: 'not this one' },
	]);
	requests[0].answer(200, held(201));
	t.deepEqual(await outcomes[0], { kind: 'accepted' });
	t.is(requests.length, 3);
});

test('a group whose answer was lost is sent again byte for byte, and what was held by then is counted', async (t) => {
	const { requests, sender } = createParty();
	const outcome = sender.send(report(7), { ...RETRY, onRetry: (why) => why === null || t.regex(why, /^away/) });
	requests[0].answer(0, {});
	await new Promise<void>((resolve) => {
		const look = (): void => (requests.length > 1 ? resolve() : void setImmediate(look));
		look();
	});
	t.deepEqual(requests[1].body, requests[0].body);
	requests[1].answer(200, held(200));
	t.deepEqual(await outcome, { kind: 'accepted' });
});

test('a refused request, a wrong token and an answer that names other reports end all that were in it', async (t) => {
	const { requests, sender } = createParty();
	const refused = sender.send(report(1), RETRY);
	const foreign = sender.send(report(2), RETRY);
	const both = [3, 4].map((number) => sender.send(report(number), RETRY));
	requests[0].answer(400, { error: 'wrong-length', message: 'too short' });
	t.deepEqual(await refused, { kind: 'rejected', reason: 'too short' });
	requests[1].answer(401, {});
	t.is(Reflect.get((await t.throwsAsync(foreign)) ?? {}, 'code'), 'token');
	requests[2].answer(200, held(201));
	for (const outcome of both) t.is(Reflect.get((await t.throwsAsync(outcome)) ?? {}, 'code'), 'bad-answer');
});

test('a request carries many short reports, few long ones, and at least one', (t) => {
	t.deepEqual([32, 76_816, 5_000_000].map(mostInGroup), [64, 13, 1]);
});

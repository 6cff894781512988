import test from 'ava';
import { openConnection } from '../../../src/services/client/connection.js';
import { startParty } from '../../../src/services/party/start-party.js';
import { freshId, SESSION, startHolders, type ThreeHolders } from './three-holders.js';

/** Parties here wait for a silent one far longer than a test may take: what ends in time ends for another reason. */
const LIMITS = { stepTimeoutMs: 3_600_000 };

async function prepare({ connections }: ThreeHolders): Promise<string> {
	const attempt = freshId();
	const body = Buffer.from(JSON.stringify({ batch: 1, promise: null }));
	for (const connection of connections) {
		t201(await connection.send('PUT', `/v1/shares/room/releases/${attempt}`, body));
	}
	return attempt;
}

function t201({ status }: { readonly status: number }): void {
	if (status !== 201) throw new Error(`expected 201, got ${status}`);
}

async function run({ connections }: ThreeHolders, party: number, attempt: string): Promise<string> {
	const answer = await connections[party].send('POST', `/v1/shares/room/releases/${attempt}/run`);
	return `${answer.status} ${answer.body.toString()}`;
}

test('a party that was started anew between word and run ends the release for all at once, and the next one opens it', async (t) => {
	const holders = await startHolders(t, SESSION, LIMITS);
	const sums = await holders.send(5, 1);
	const attempt = await prepare(holders);
	await holders.running[1].close();
	holders.running[1] = await startParty(holders.configs[1], LIMITS);
	await Promise.all(holders.running.map((party) => party.connected(60_000)));
	const [a, b, c] = await Promise.all([0, 1, 2].map((party) => run(holders, party, attempt)));
	t.regex(b, /^404 .*no-such-attempt.*started anew/);
	for (const said of [a, c]) t.regex(said, /^502 .*party 1/);
	t.deepEqual((await holders.front.release(1, null)).sums, sums);
});

test('when the front goes while parties run its release, they end it', async (t) => {
	const holders = await startHolders(t, SESSION, LIMITS);
	const sums = await holders.send(5, 1);
	const attempt = await prepare(holders);
	const gone = await openConnection({ ...holders.client.parties[0], token: holders.client.token });
	await gone.send('GET', '/v1/shares/room');
	const running = gone.send('POST', `/v1/shares/room/releases/${attempt}/run`);
	const other = run(holders, 1, attempt);
	// what was sent on an open connection has been read when later questions are answered
	for (let i = 0; i < 3; i++) await holders.front.status();
	gone.close();
	await t.throwsAsync(running);
	t.regex(await other, /^502 .*who asked for the release has gone/);
	t.regex(await run(holders, 2, attempt), /^502 .*who asked for the release has gone/);
	t.deepEqual((await holders.front.release(1, null)).sums, sums);
});

test('a release that the front began anew keeps nobody in the one before', async (t) => {
	const holders = await startHolders(t, SESSION, LIMITS);
	const sums = await holders.send(5, 1);
	const running = run(holders, 0, await prepare(holders));
	// it does not know that party 0 was asked to run
	const released = holders.front.release(1, null).catch((error: unknown) => error);
	t.regex(await running, /^502 .*another one was begun/);
	await released;
	t.deepEqual((await holders.front.release(1, null)).sums, sums);
});

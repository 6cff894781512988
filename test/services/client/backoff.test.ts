import test from 'ava';
import { DataError, PeerError } from '../../../src/core/errors.js';
import { BusyError, type RetryOptions, retryWhileAway } from '../../../src/services/client/backoff.js';
import { fetchDifference, listFrames } from '../../../src/services/client/camera-frames.js';
import { openConnection } from '../../../src/services/client/connection.js';
import { startServer } from '../../helpers/http.js';

function retry(retryForMs: number, said: (string | null)[] = []): RetryOptions {
	return {
		retryForMs,
		signal: new AbortController().signal,
		nowMs: () => performance.now(),
		jitter: () => 0,
		onRetry: (why) => void said.push(why),
	};
}

const busy = (after: string): BusyError =>
	new BusyError('overload', 'no place', { headers: { 'retry-after': after }, hint: 'Wait.' });

test('a server without a place is asked again when it said, and not before', async (t) => {
	const said: (string | null)[] = [];
	const startedMs = performance.now();
	const answers: (Error | string)[] = [busy('0.4'), new PeerError('unreachable', 'away'), 'here'];
	const value = await retryWhileAway(
		async () => {
			const answer = answers.shift();
			if (answer instanceof Error) throw answer;
			return answer;
		},
		retry(60_000, said),
	);
	t.is(value, 'here');
	// 0.4 s as asked, where the first wait of our own would be 0.1; then 0.2
	t.true(performance.now() - startedMs >= 590);
	t.deepEqual(said, ['no place, next try in 0.4 s', 'away, next try in 0.2 s', null]);
});

test('what no wait mends is thrown at once, and a wait beyond the limit is not begun', async (t) => {
	for (const error of [new DataError('damaged', 'damaged'), new PeerError('not-found', 'none'), new Error('ours')]) {
		let tries = 0;
		const work = async (): Promise<never> => {
			tries++;
			throw error;
		};
		await t.throwsAsync(retryWhileAway(work, retry(60_000)), { is: error });
		t.is(tries, 1);
	}
	const late = busy('30');
	await t.throwsAsync(
		retryWhileAway(() => Promise.reject(late), retry(1000)),
		{ is: late },
	);
});

test('lists and differences wait for a subtractor without a place, and pass on what it refuses', async (t) => {
	const paths: string[] = [];
	const url = await startServer(t, async (path) => {
		paths.push(path);
		const isFirst = paths.filter((other) => other === path).length === 1;
		if (isFirst) return { status: 429, headers: { 'retry-after': '0.01' } };
		if (path.endsWith('after=0')) return { body: Buffer.from('{"frames":[]}') };
		if (path.includes('hall')) return { body: Buffer.from('difference') };
		return { status: 404, body: Buffer.from('{"message":"no such frame"}') };
	});
	const connection = await openConnection({ url });
	t.teardown(() => connection.close());
	t.deepEqual(await listFrames(connection, 'hall', 0, retry(60_000)), []);
	t.is(Buffer.from(await fetchDifference(connection, 'hall', ['a', 'b'], 100, retry(60_000))).toString(), 'difference');
	await t.throwsAsync(fetchDifference(connection, 'door', ['a', 'b'], 100, retry(60_000)), { code: 'not-found' });
	t.is(paths.length, 6);
	await t.throwsAsync(listFrames(connection, 'attic', 0, retry(0)), { instanceOf: BusyError, code: 'overload' });
});

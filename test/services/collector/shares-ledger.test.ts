import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import type { SessionParameters } from '../../../src/core/average/session.js';
import { startTestCollector } from '../../helpers/collector.js';
import { send, until } from '../../helpers/http.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';
import { SESSION, startHolders } from '../shares/three-holders.js';

const NOISY: SessionParameters = {
	...SESSION,
	mechanism: { kind: 'shares', bits: 8, budget: { epsilon: 4, delta: 1e-6 } },
};
const PROMISE = { epsilon: 1, delta: 1e-6, picturesPerPerson: 1 };

test('a front whose store lacks what the servers have released says so; one that they refuse leaves no store', async (t) => {
	const holders = await startHolders(t, NOISY);
	const folder = await temporaryFolder(t);
	const start = (name: string, session: SessionParameters) =>
		startTestCollector(t, session, { parties: holders.client, storeFile: join(folder, name) });
	const refused = await t.throwsAsync(start('refused.db', { ...NOISY, width: 8 }));
	t.regex(refused?.message ?? '', /^party \d: the session room is here as 20x13/);
	t.deepEqual(await readdir(folder), []);

	for (const batch of [1, 2]) {
		await holders.send(5, 10 * batch);
		await holders.front.release(batch, PROMISE);
	}
	const { url, path, collector } = await start('lost.db', NOISY);
	const body = Buffer.from(JSON.stringify(PROMISE));
	const headers = { 'content-type': 'application/json' };
	const answer = await send(url, 'POST', path('releases'), { headers, body });
	t.is(answer.status, 403);
	const { error, message, hint } = JSON.parse(answer.body.toString('utf8'));
	t.is(error, 'batch-order');
	t.regex(message, /released 2 batches, the collector's store has 0/);
	t.regex(hint, /older copy.*a session of another name/);
	await until(() => collector.snapshot().warnings.includes(message));
	t.is((await send(url, 'GET', '/healthz')).status, 503);
	t.deepEqual(
		(await holders.front.status()).map(({ batch }) => batch),
		[2, 2, 2],
	);
});

test('a start that waits for a server that is silent ends when it is interrupted, and leaves no store', async (t) => {
	const { client } = await startHolders(t);
	const folder = await temporaryFolder(t);
	const silent = createServer();
	silent.listen(0, '127.0.0.1');
	await once(silent, 'listening');
	const { port } = Object.assign({ port: 0 }, silent.address());
	const interrupted = new AbortController();
	silent.on('connection', (socket) => {
		t.teardown(() => void socket.destroy());
		interrupted.abort(new Error('Ctrl-C'));
	});
	t.teardown(() => void silent.close());
	const [first, second, third] = client.parties;
	const parties = { ...client, parties: [first, { ...second, url: `https://127.0.0.1:${port}` }, third] };
	const options = { parties, storeFile: join(folder, 'room.db'), signal: interrupted.signal };
	await t.throwsAsync(startTestCollector(t, SESSION, options), { message: 'Ctrl-C' });
	t.deepEqual(await readdir(folder), []);
});

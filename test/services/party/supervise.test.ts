import { createServer } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { freePorts } from '../../../src/services/free-ports.js';
import { superviseLocal } from '../../../src/services/party/supervise-local.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

/** Starts three parties, and kills the second as soon as its process is there, so many times. */
async function superviseKilling(t: ExecutionContext, times: number) {
	const waits: number[] = [];
	const killed = new Set<number>();
	const supervised = superviseLocal(await temporaryFolder(t), 0, {
		onRestart: (_party, why, waitMs) => {
			t.is(why, 'it was ended by SIGKILL');
			waits.push(waitMs);
		},
		onChange([, pid]) {
			if (pid === undefined || killed.has(pid) || killed.size >= times) return;
			killed.add(pid);
			process.kill(pid, 'SIGKILL');
		},
	});
	return { waits, supervised };
}

test('a party that is killed while it starts is started again, after twice the wait each time', async (t) => {
	t.timeout(300_000);
	const { waits, supervised } = await superviseKilling(t, 3);
	const { supervised: running } = await supervised;
	t.teardown(() => running.close());
	t.deepEqual(waits, [200, 400, 800]);
	t.deepEqual(
		running.parties.map(({ state, restarts }) => [state, restarts]),
		[
			['running', 0],
			['running', 3],
			['running', 0],
		],
	);
});

test('one that is killed again and again before it ever ran is given up, in a sentence', async (t) => {
	t.timeout(300_000);
	const { waits, supervised } = await superviseKilling(t, Number.POSITIVE_INFINITY);
	await t.throwsAsync(supervised, { code: 'party-ended', message: 'party 1: it was ended by SIGKILL' });
	t.deepEqual(waits, [200, 400, 800, 1600, 3200]);
});

test('ports that were taken between finding and using them are replaced by others, where any will do', async (t) => {
	t.timeout(300_000);
	const blocker = createServer();
	await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
	t.teardown(() => void blocker.close());
	const address = blocker.address();
	const taken = typeof address === 'object' && address !== null ? address.port : 0;
	let looks = 0;
	// first a port for clients, then one for the other parties
	const findPorts = async (count: number): Promise<number[]> => {
		const ports = await freePorts(count);
		const place = [1, 4][looks++];
		return ports.map((port, at) => (at === place ? taken : port));
	};
	const local = await superviseLocal(await temporaryFolder(t), 0, { findPorts, onRestart: () => t.fail() });
	t.teardown(() => local.supervised.close());
	t.is(looks, 3);
	t.false(local.configs.some(({ port, peers }) => [port, ...peers.map((peer) => peer.port)].includes(taken)));
});

test('a port that was asked for and is taken ends the start with a sentence', async (t) => {
	t.timeout(300_000);
	const blocker = createServer();
	const [first] = await freePorts(1);
	await new Promise<void>((resolve) => blocker.listen(first, '127.0.0.1', resolve));
	t.teardown(() => void blocker.close());
	await t.throwsAsync(superviseLocal(await temporaryFolder(t), first, { onRestart: () => t.fail() }), {
		code: 'port-in-use',
		message: `party 0: 127.0.0.1:${first}: cannot listen for clients`,
	});
});

import test, { type ExecutionContext } from 'ava';
import { PeerError } from '../../../src/core/errors.js';
import { until } from '../../helpers/http.js';
import type { Behaviour, Direction } from '../../helpers/tcp-proxy.js';
import { type ProxiedLinks, proxyLinks } from './proxied-links.js';
import { assertIdle, assertJobWorks, openClient, smallJob, startThree } from './three-parties.js';

async function startOverProxies(t: ExecutionContext, stepTimeoutMs?: number) {
	let links: ProxiedLinks['links'] = [];
	const three = await startThree(
		t,
		async (configs) => {
			const proxied = await proxyLinks(t, configs);
			links = proxied.links;
			return proxied.configs;
		},
		stepTimeoutMs,
	);
	const client = await openClient(t, three.client);
	const behave = (behaviour: Behaviour): void => {
		for (const { proxy } of links) void proxy.behave(behaviour);
	};
	return { three, client, links, behave };
}

const job = smallJob();

test.serial('with 20 ms each way, and with little room, the result is right', async (t) => {
	t.timeout(300_000);
	const { client, behave, three } = await startOverProxies(t);
	for (const behaviour of [{ delayMs: 20 }, { bytesPerMs: 200 }]) {
		behave(behaviour);
		await assertJobWorks(t, client, job);
	}
	assertIdle(t, three);
});

/** Far above what a step of a small job takes on a busy machine. */
const STEP_TIMEOUT_MS = 2000;
const strikes = ['cut', 'drop', 'duplicate', 'swap', 'hold'] as const;
/** Of what a job sends over a link in one direction. */
const places = [0, 0.1, 0.5, 0.95];

for (const what of strikes) {
	test.serial(`after a ${what} on any link the job ends with party and step, and the next one works`, async (t) => {
		t.timeout(300_000);
		const { client, links, behave, three } = await startOverProxies(t, STEP_TIMEOUT_MS);
		behave({});
		await assertJobWorks(t, client, job);
		const totals = links.map(({ proxy }) => proxy.passed);
		const cases = links.map((link, at) => {
			const direction: Direction = (at + strikes.indexOf(what)) % 2 === 0 ? 'up' : 'down';
			const place = places[(at + strikes.indexOf(what)) % places.length];
			return { link, direction, atByte: Math.floor(place * totals[at][direction]) };
		});
		for (const { link, direction, atByte } of cases) {
			behave({});
			const struck = link.proxy.behave({ strike: { atByte, in: direction, do: what } });
			const error = await t.throwsAsync(client.run(job.program, job.input, { privateWeights: true }), {
				instanceOf: PeerError,
				message: /party [012].* at /,
			});
			await struck;
			const where = `${link.pair} ${direction} ${atByte}: ${error?.message}`;
			t.true([...link.pair].some((party) => where.includes(`party ${party}`)));
			behave({});
			// a party may not have noticed yet what became of the link
			await Promise.all(links.map(({ proxy }) => proxy.renew()));
			await until(() => three.running.every((party) => party.status().isConnected.every(Boolean)));
			await assertJobWorks(t, client, job);
		}
		assertIdle(t, three);
	});
}

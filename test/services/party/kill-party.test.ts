import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { PeerError } from '../../../src/core/errors.js';
import { PARTIES, type PartyIndex } from '../../../src/core/mpc/party-index.js';
import { openConnection } from '../../../src/services/client/connection.js';
import { createLocalParties } from '../../../src/services/party/local-parties.js';
import { type ClientConfig, encodePartyConfig, partyFile } from '../../../src/services/party/party-config.js';
import { fieldOf } from '../../../src/services/party/program-fields.js';
import { type Supervised, supervise } from '../../../src/services/party/supervise.js';
import { until } from '../../helpers/http.js';
import { startTcpProxy, type TcpProxy } from '../../helpers/tcp-proxy.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';
import { uploadsOf } from './job-uploads.js';
import { type ProxiedLinks, proxyLinks } from './proxied-links.js';
import { assertJobWorks, openClient, smallJob } from './three-parties.js';

const job = smallJob();

interface Processes {
	readonly supervised: Supervised;
	readonly links: ProxiedLinks['links'];
	/** Straight to the parties. */
	readonly client: ClientConfig;
	/** By party: between the client and it. */
	readonly fronts: readonly TcpProxy[];
	readonly throughFronts: ClientConfig;
}

/** Three processes as `parties up` starts them, with a proxy in every wire. */
async function startProcesses(t: ExecutionContext): Promise<Processes> {
	const folder = await temporaryFolder(t);
	const { configs, client } = await createLocalParties(folder, 0);
	const proxied = await proxyLinks(t, configs);
	for (const config of proxied.configs) writeFileSync(partyFile(folder, config.index), encodePartyConfig(config));
	const fronts = await Promise.all(client.parties.map(({ url }) => startTcpProxy(t, Number(new URL(url).port))));
	const supervised = await supervise({
		configFiles: PARTIES.map((party) => partyFile(folder, party)),
		onRestart: () => {},
	});
	t.teardown(() => supervised.close());
	const throughFronts = {
		...client,
		parties: client.parties.map((party, at) => ({ ...party, url: `https://127.0.0.1:${fronts[at].port}` })),
	};
	return { supervised, links: proxied.links, client, fronts, throughFronts };
}

async function statusOf({ token, parties }: ClientConfig, party: PartyIndex): Promise<unknown> {
	const { url, fingerprint } = parties[party];
	const connection = await openConnection({ url, fingerprint, token });
	try {
		return (await connection.send('GET', '/v1/status')).json();
	} finally {
		connection.close();
	}
}

async function isLinked(client: ClientConfig, party: PartyIndex): Promise<boolean> {
	try {
		const isConnected = fieldOf(await statusOf(client, party), 'isConnected');
		return Array.isArray(isConnected) && isConnected.length === 3 && isConnected.every((link) => link === true);
	} catch (error) {
		if (error instanceof PeerError) return false;
		throw error;
	}
}

/** Resolves when every party answers, and says that it is linked to both others; the one that comes back is asked first. */
async function allLinked({ client }: Processes, victim: PartyIndex): Promise<void> {
	for (const party of [victim, ...PARTIES]) await until(() => isLinked(client, party));
}

async function kill(processes: Processes, victim: PartyIndex): Promise<void> {
	const pid = processes.supervised.parties.map(({ pid }) => pid)[victim];
	process.kill(pid, 'SIGKILL');
	await until(() => processes.supervised.parties.map(({ pid }) => pid)[victim] !== pid);
}

/** Runs the job, and ends the party when `held` resolves, which is in the middle of it. */
async function killDuring(t: ExecutionContext, processes: Processes, victim: PartyIndex, held: Promise<void>) {
	const client = await openClient(t, processes.throughFronts);
	const outcome = client.run(job.program, job.input, { privateWeights: true }).then(
		() => undefined,
		(error: unknown) => error,
	);
	await held;
	await kill(processes, victim);
	return outcome;
}

function assertNames(t: ExecutionContext, error: unknown, victim: PartyIndex, where: RegExp): void {
	t.true(error instanceof PeerError, String(error));
	t.regex(String(error), new RegExp(`party ${victim}`));
	t.regex(String(error), where);
}

/** Of what goes over a link in a job: at its begin, in the exchange of nonces, among the layers. */
const phases = [0, 60, 0.5] as const;

for (const victim of PARTIES) {
	test.serial(
		`party ${victim} killed in any phase of a job is named with the step, and after its restart the next job works`,
		async (t) => {
			t.timeout(300_000);
			const processes = await startProcesses(t);
			const { links, fronts, client } = processes;
			const own = links.find(({ pair }) => pair.includes(String(victim)));
			if (own === undefined) return t.fail('no link');
			const recover = async (): Promise<void> => {
				for (const { proxy } of links) void proxy.behave({});
				for (const front of fronts) void front.behave({});
				await allLinked(processes, victim);
				await assertJobWorks(t, await openClient(t, client), job);
			};
			for (const proxy of [own.proxy, fronts[victim]]) void proxy.behave({});
			await assertJobWorks(t, await openClient(t, processes.throughFronts), job);
			const linkBytes = own.proxy.passed.up + own.proxy.passed.down;
			const answerBytes = fronts[victim].passed.down;

			for (const phase of phases) {
				const atByte = phase < 1 ? Math.floor(phase * linkBytes) : phase;
				const held = own.proxy.behave({ strike: { atByte, do: 'hold' } });
				assertNames(t, await killDuring(t, processes, victim, held), victim, / at /);
				for (const party of PARTIES) {
					if (party === victim) continue;
					const said = String(fieldOf(await statusOf(client, party), 'lastError'));
					t.regex(said, new RegExp(`party ${victim}.* at `));
				}
				await recover();
			}

			// its result is there, and does not reach the client; the others may be a step behind
			const held = fronts[victim].behave({ strike: { atByte: answerBytes - 40, in: 'down', do: 'hold' } });
			assertNames(t, await killDuring(t, processes, victim, held), victim, /while it ran the job| at step /);
			await recover();

			// the job is there, and was not asked for yet
			const id = randomBytes(16).toString('hex');
			const connections = await Promise.all(
				client.parties.map(({ url, fingerprint }) => openConnection({ url, fingerprint, token: client.token })),
			);
			t.teardown(() => {
				for (const connection of connections) connection.close();
			});
			for (const [party, body] of uploadsOf(job).entries()) {
				t.is((await connections[party].send('PUT', `/v1/jobs/${id}`, body)).status, 201);
			}
			await kill(processes, victim);
			const answers = await Promise.all(
				PARTIES.filter((party) => party !== victim).map((party) =>
					connections[party].send('POST', `/v1/jobs/${id}/run`),
				),
			);
			for (const answer of answers) {
				t.is(answer.status, 502);
				t.regex(answer.body.toString('utf8'), new RegExp(`party ${victim}.*before the first step`));
			}
			// nobody is there to take a job
			await allLinked(processes, victim);
			const late = await openClient(t, client);
			process.kill(processes.supervised.parties.map(({ pid }) => pid)[victim], 'SIGKILL');
			const error = await t.throwsAsync(late.run(job.program, job.input, { privateWeights: false }));
			assertNames(t, error, victim, /party/);
			await recover();
		},
	);
}

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { readImage } from '../../../src/core/image/files.js';
import { edgesKernel } from '../../../src/core/nn/filter-kernel.js';
import { createFilter, filterInClear, padForFilter, toFilteredPicture } from '../../../src/core/nn/filters.js';
import { openConnection } from '../../../src/services/client/connection.js';
import { openParties } from '../../../src/services/client/run-on-parties.js';
import { createLocalParties } from '../../../src/services/party/local-parties.js';
import { isClientLabel, readClientConfig, readPartyConfig } from '../../../src/services/party/party-config.js';
import { startParty } from '../../../src/services/party/start-party.js';
import { faces } from '../../helpers/fixtures.js';
import { until } from '../../helpers/http.js';
import { edgesJob, startThree, world } from '../../helpers/party-services.js';
import { runCli, startCli } from '../../helpers/run-cli.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

const [face] = faces;
test('a filter on shares gives the picture that it gives in the clear, with a public and a private kernel', async (t) => {
	const { client, running } = await startThree(t);
	const image = await readImage(face);
	const { graph, fixedPoint, weightBits } = createFilter(edgesKernel, image);
	const program = { graph, fixedPoint, windows: new Map() };
	const parties = await openParties(client, world);
	t.teardown(() => parties.close());
	for (const privateWeights of [false, true]) {
		const { output, bytesSent } = await parties.run(program, Int32Array.from(padForFilter(image, edgesKernel)), {
			privateWeights,
		});
		t.is(
			Buffer.compare(toFilteredPicture(output, image, weightBits).samples, filterInClear(image, edgesKernel).samples),
			0,
		);
		t.true(bytesSent.every((bytes) => bytes > 0));
	}
	t.true(running.every((party) => party.status().jobsDone === 2));
});

test('jobs of several clients at once run one after the other', async (t) => {
	const { client } = await startThree(t);
	const { program, input } = await edgesJob();
	const results = await Promise.all(
		[1, 2, 3, 4].map(async () => {
			const parties = await openParties(client, world);
			try {
				return await parties.run(program, input, { privateWeights: false });
			} finally {
				parties.close();
			}
		}),
	);
	for (const { output } of results) t.deepEqual(output, results[0].output);
});

test('a wrong token, a foreign message and a job that is not there are refused, and the next job works', async (t) => {
	const { client } = await startThree(t);
	const [{ url, fingerprint }] = client.parties;
	const stranger = await openConnection({ url, fingerprint, token: 'x'.repeat(32) });
	t.is((await stranger.send('GET', '/v1/status')).status, 401);
	t.is((await stranger.send('GET', '/healthz')).status, 200);
	stranger.close();
	const known = await openConnection({ url, fingerprint, token: client.token });
	t.is((await known.send('PUT', `/v1/jobs/${'0'.repeat(32)}`, Buffer.from('not a job'))).status, 400);
	t.is((await known.send('PUT', '/v1/jobs/short', new Uint8Array(8))).status, 400);
	t.is((await known.send('POST', `/v1/jobs/${'1'.repeat(32)}/run`)).status, 400);
	known.close();
	await t.throwsAsync(
		openParties({ ...client, parties: [{ url, fingerprint: 'ab'.repeat(32) }, ...client.parties.slice(1)] }, world),
		{
			code: 'other-certificate',
		},
	);
	const parties = await openParties(client, world);
	t.teardown(() => parties.close());
	const { program, input, picture } = await edgesJob();
	const { output } = await parties.run(program, input, { privateWeights: false });
	t.is(output.length, picture.samples.length);
});

test('a party that is away is named, by clients and by the others, and the next job works', async (t) => {
	const { client, running, folder } = await startThree(t);
	const { program, input, picture } = await edgesJob();
	const parties = await openParties(client, world);
	t.teardown(() => parties.close());
	await running[1].close();
	await t.throwsAsync(parties.run(program, input, { privateWeights: true }), { message: /party 1/ });
	await until(async () => !running[0].status().isConnected[1]);
	const again = await startParty(readPartyConfig(join(folder, 'party-1.json')));
	t.teardown(() => again.close());
	await Promise.all([again.connected(60_000), running[0].connected(10_000), running[2].connected(10_000)]);
	const { output } = await parties.run(program, input, { privateWeights: true });
	t.is(output.length, picture.samples.length);
});

test('after an abort nothing is asked, and what was on its way is dropped at all parties', async (t) => {
	const { client, running } = await startThree(t);
	const { program, input } = await edgesJob();
	const jobsAt = (party: (typeof running)[number]): number => {
		const { jobsHeld, jobsQueued, jobsRunning } = party.status();
		return jobsHeld + jobsQueued + jobsRunning;
	};
	for (const isUnderWay of [false, true]) {
		const abort = new AbortController();
		const parties = await openParties(client, { ...world, signal: abort.signal });
		const run = parties.run(program, input, { privateWeights: false });
		if (isUnderWay) await until(() => running.some((party) => jobsAt(party) > 0));
		abort.abort(new Error('Ctrl-C'));
		await t.throwsAsync(run, { message: 'Ctrl-C' });
		await t.throwsAsync(parties.run(program, input, { privateWeights: false }), { message: 'Ctrl-C' });
		parties.close();
		await t.throwsAsync(openParties(client, { ...world, signal: abort.signal }), { message: 'Ctrl-C' });
	}
	await until(() => running.every((party) => jobsAt(party) === 0));
});

test('files of parties are for their owner alone, and a damaged one is refused by name', async (t) => {
	const folder = await temporaryFolder(t);
	await createLocalParties(folder, 0);
	for (const name of ['party-0.json', 'party-1.json', 'party-2.json', 'client.json', 'party-0.tls.pem']) {
		t.is(statSync(join(folder, name)).mode & 0o777, 0o600, name);
	}
	t.is(readClientConfig(folder).parties.length, 3);
	// a party holds the keys of its two pairs, and not the third
	t.deepEqual(new Set(Object.keys(readPartyConfig(join(folder, 'party-0.json')).pairKeys)), new Set(['01', '02']));
	const labels = ['door', 'd-2', 'client', '../door', '2', 'a'.repeat(33), ''];
	t.deepEqual(labels.filter(isClientLabel), ['door', 'd-2']);
	const whole = JSON.parse(readFileSync(join(folder, 'party-2.json'), 'utf8'));
	const own = 'a token of its own';
	for (const clients of [{ Door: own }, { client: own }, { door: 'short' }, { door: whole.token }, [own], 'door']) {
		writeFileSync(join(folder, 'party-2.json'), JSON.stringify({ ...whole, clients }));
		t.throws(() => readPartyConfig(join(folder, 'party-2.json')), { message: /party-2\.json: clients: expected/ });
	}
	writeFileSync(join(folder, 'party-2.json'), '{"index":2}');
	t.throws(() => readPartyConfig(join(folder, 'party-2.json')), {
		code: 'bad-party-config',
		message: /party-2\.json: peers/,
	});
	writeFileSync(join(folder, 'client.json'), '[]');
	t.throws(() => readClientConfig(folder), { code: 'bad-client-config' });
	t.throws(() => readClientConfig(join(folder, 'nowhere')), { code: 'file-not-read' });
});

test('the commands: up, infer with secret weights as its clear twin, a killed party, status, Ctrl-C', async (t) => {
	t.timeout(300_000);
	const cwd = await temporaryFolder(t);
	const up = startCli(t, ['parties', 'up', '--base-port', '0', '--json'], { cwd });
	const { pids } = await up.until('ready');
	const infer = async (...more: string[]) => {
		const { code, stdout } = await runCli(t, ['infer', '--input', face, '--json', ...more], { cwd });
		t.is(code, 0, stdout);
		return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
	};
	const secure = await infer('--private-model');
	const twin = await infer('--clear', 'fixed');
	t.deepEqual(secure.shape, [1, 64]);
	t.deepEqual(twin.problems, []);
	secure.output.forEach((value: number, i: number) => {
		t.true(Math.abs(value - twin.output[i]) < 0.02, `${i}: ${value}, ${twin.output[i]}`);
	});
	t.true(secure.rounds <= 115);
	t.true(secure.bytesSent.every((bytes: number) => bytes <= 1_400_000));
	process.kill(Number(Array.isArray(pids) ? pids[1] : 0), 'SIGKILL');
	await up.until('warning');
	await until(
		async () => (await runCli(t, ['parties', 'status'], { cwd })).stdout.match(/linked to both others/g)?.length === 3,
	);
	await infer();
	const nobody = await runCli(t, ['infer', '--input', face, '--parties', 'nowhere'], { cwd });
	t.is(nobody.code, 3);
	t.regex(nobody.stderr, /parties up/);
	const { code } = await up.end();
	t.is(code, 130);
});

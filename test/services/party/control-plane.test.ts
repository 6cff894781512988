import { Agent, type RequestOptions, request } from 'node:https';
import test, { type ExecutionContext } from 'ava';
import { RING_32 } from '../../../src/core/mpc/ring.js';
import { combineOpened } from '../../../src/core/mpc/steps/open-to-client.js';
import { shareInput } from '../../../src/core/mpc/steps/share-input.js';
import { publicWeights } from '../../../src/core/nn/secure-weights.js';
import { openConnection } from '../../../src/services/client/connection.js';
import { openParties } from '../../../src/services/client/run-on-parties.js';
import { decodeResult, encodeJob } from '../../../src/services/party/job-wire.js';
import { readPartyConfig } from '../../../src/services/party/party-config.js';
import { encodeProgram } from '../../../src/services/party/program-wire.js';
import { startParty } from '../../../src/services/party/start-party.js';
import { until } from '../../helpers/http.js';
import { edgesJob, startThree, type ThreeServices, world } from '../../helpers/party-services.js';

async function connect(t: ExecutionContext, { client }: ThreeServices, party: number, timeoutMs = 10_000) {
	const { url, fingerprint } = client.parties[party];
	const connection = await openConnection({ url, fingerprint, token: client.token, timeoutMs });
	t.teardown(() => connection.close());
	return connection;
}

/** The three uploads of one job, always the same. */
async function uploads(): Promise<Buffer[]> {
	const { program, input } = await edgesJob();
	const [layer] = publicWeights(program.graph, program.fixedPoint).values();
	const values = Int32Array.from([...layer.weights, ...layer.bias], Number);
	return shareInput(input, world.random, RING_32).map((share) =>
		encodeJob({ program: encodeProgram(program), input: share, weights: { kind: 'public', values } }),
	);
}

/** A request whose end the test decides; `informed` counts the answers before the answer. */
function ask({ client }: ThreeServices, party: number, options: RequestOptions) {
	const agent = new Agent({ rejectUnauthorized: false });
	const headers = { ...options.headers, authorization: `Bearer ${client.token}` };
	const outgoing = request(client.parties[party].url + (options.path ?? ''), {
		...options,
		path: options.path,
		agent,
		headers,
	});
	let informed = 0;
	outgoing.on('information', ({ statusCode }) => {
		informed += statusCode === 102 ? 1 : 0;
	});
	const ended = new Promise<number>((resolve) => {
		outgoing.on('response', ({ statusCode = 0 }) => resolve(statusCode));
		outgoing.on('error', () => resolve(0));
	});
	return { outgoing, ended, informed: () => informed };
}

test.serial(
	'beyond its places a party answers 429 with Retry-After, and a client comes again until there is room',
	async (t) => {
		const three = await startThree(t, { maxJobs: 1 });
		const first = await connect(t, three, 0);
		const [body] = await uploads();
		t.is((await first.send('PUT', `/v1/jobs/${'a'.repeat(32)}`, body)).status, 201);
		const refused = await first.send('PUT', `/v1/jobs/${'b'.repeat(32)}`, body);
		t.is(refused.status, 429);
		t.is(refused.headers['retry-after'], '1');
		const { program, input, picture } = await edgesJob();
		const parties = await openParties(three.client, world);
		t.teardown(() => parties.close());
		const run = parties.run(program, input, { privateWeights: false });
		await until(() => three.running[0].status().jobsRefused === 2);
		t.is((await first.send('DELETE', `/v1/jobs/${'a'.repeat(32)}`)).status, 204);
		t.is((await run).output.length, picture.samples.length);
		const hasty = await openParties(three.client, { ...world, retryForMs: 0 });
		t.teardown(() => hasty.close());
		t.is((await first.send('PUT', `/v1/jobs/${'c'.repeat(32)}`, body)).status, 201);
		await t.throwsAsync(hasty.run(program, input, { privateWeights: false }), {
			code: 'overload',
			message: /party 0: too many jobs are waiting; gave up after 0 seconds/,
		});
		// none of the others kept it
		t.deepEqual(
			three.running.map((party) => party.status().jobsHeld),
			[1, 0, 0],
		);
	},
);

test.serial('a run that is asked of one party alone keeps nobody waiting', async (t) => {
	const three = await startThree(t);
	const parties = await openParties(three.client, world);
	t.teardown(() => parties.close());
	const id = '1'.repeat(32);
	const first = await connect(t, three, 0);
	await first.send('PUT', `/v1/jobs/${id}`, (await uploads())[0]);
	const alone = ask(three, 0, { method: 'POST', path: `/v1/jobs/${id}/run` });
	alone.outgoing.end();
	await until(() => three.running[0].status().jobsQueued === 1);
	const { program, input } = await edgesJob();
	await parties.run(program, input, { privateWeights: false });
	t.like(three.running[0].status(), { jobsQueued: 1, jobsDone: 1 });
	alone.outgoing.destroy();
	await until(() => three.running[0].status().jobsDropped === 1);
	t.is(three.running[0].status().jobsQueued, 0);
	t.is(three.running[0].status().lastJobs[0].message, 'the client has gone');
});

test.serial(
	'a client that waits hears that the party lives, and waits longer than it would bear silence',
	async (t) => {
		const three = await startThree(t, { keepAliveMs: 50, stepTimeoutMs: 1500 });
		const id = '2'.repeat(32);
		const impatient = await connect(t, three, 0, 500);
		await impatient.send('PUT', `/v1/jobs/${id}`, (await uploads())[0]);
		// nobody asks the others, so it takes the whole time of a step
		const answer = await impatient.send('POST', `/v1/jobs/${id}/run`);
		t.is(answer.status, 502);
		t.regex(answer.body.toString(), /party [12] sent nothing for 2 s at the agreement on the job/);
		await impatient.send('PUT', `/v1/jobs/${'3'.repeat(32)}`, (await uploads())[0]);
		const informed = ask(three, 0, { method: 'POST', path: `/v1/jobs/${'3'.repeat(32)}/run` });
		informed.outgoing.end();
		t.is(await informed.ended, 502);
		t.true(informed.informed() > 5, String(informed.informed()));
	},
);

test.serial(
	'a body that drips is cut off and gives its place back; one without a length or too long is refused',
	async (t) => {
		const three = await startThree(t, { bodyMs: 300, maxUploadBytes: 5000, maxJobs: 1 });
		const path = `/v1/jobs/${'4'.repeat(32)}`;
		const type = { 'content-type': 'application/octet-stream' };
		const slow = ask(three, 0, { method: 'PUT', path, headers: { ...type, 'content-length': 1000 } });
		slow.outgoing.write('drip');
		await until(() => three.running[0].status().jobsHeld === 1);
		t.not(await slow.ended, 201);
		await until(() => three.running[0].status().jobsHeld === 0);
		const vague = ask(three, 0, { method: 'PUT', path, headers: type });
		vague.outgoing.write('x');
		t.is(await vague.ended, 411);
		const long = ask(three, 0, { method: 'PUT', path, headers: { ...type, 'content-length': 5001 } });
		long.outgoing.write('x');
		t.is(await long.ended, 413);
		const connection = await connect(t, three, 0);
		t.is((await connection.send('GET', '/v1/nothing')).status, 404);
	},
);

test.serial('an id runs again after a restart of all three, under other masks and with the same result', async (t) => {
	const three = await startThree(t);
	const id = '5'.repeat(32);
	const bodies = await uploads();
	const runOnce = async () => {
		const connections = await Promise.all([0, 1, 2].map((party) => connect(t, three, party)));
		await Promise.all(connections.map((connection, at) => connection.send('PUT', `/v1/jobs/${id}`, bodies[at])));
		const answers = await Promise.all(connections.map((connection) => connection.send('POST', `/v1/jobs/${id}/run`)));
		const [a, b, c] = answers.map(({ body }) => decodeResult(body).opened);
		for (const connection of connections) connection.close();
		return { shares: [a, b, c], output: combineOpened([a, b, c], RING_32) };
	};
	const before = await runOnce();
	const again = await connect(t, three, 1);
	t.is((await again.send('PUT', `/v1/jobs/${id}`, bodies[1])).status, 403);
	await Promise.all(three.running.map((party) => party.close()));
	const restarted = await Promise.all(
		[0, 1, 2].map((party) => startParty(readPartyConfig(`${three.folder}/party-${party}.json`))),
	);
	t.teardown(() => Promise.all(restarted.map((party) => party.close())));
	await Promise.all(restarted.map((party) => party.connected(60_000)));
	const after = await runOnce();
	t.deepEqual(after.output, before.output);
	for (const party of [0, 1, 2]) {
		const [x, y] = [before.shares[party].words, after.shares[party].words];
		// words of 32 random bits: none of these thousands should meet, but one may
		t.true(x.filter((word, at) => word === y[at]).length <= 1, `party ${party}`);
	}
});

test.serial('metrics tell what was done, in the text format, to those who have the token', async (t) => {
	const three = await startThree(t);
	const { program, input } = await edgesJob();
	const parties = await openParties(three.client, world);
	t.teardown(() => parties.close());
	for (let run = 0; run < 2; run++) await parties.run(program, input, { privateWeights: true });
	const connection = await connect(t, three, 1);
	const answer = await connection.send('GET', '/metrics');
	t.regex(String(answer.headers['content-type']), /^text\/plain; version=0\.0\.4/);
	const text = answer.body.toString();
	const { bytesSent, rounds } = three.running[1].status();
	const lines = [
		'veilcam_party_jobs_total{result="done"} 2',
		'veilcam_party_jobs_total{result="failed"} 0',
		'veilcam_party_job_ms_count 2',
		`veilcam_party_bytes_sent_total ${bytesSent}`,
		`veilcam_party_rounds_total ${rounds}`,
		'veilcam_party_jobs_queued 0',
		'veilcam_party_jobs_running 0',
		'veilcam_party_links 2',
		'veilcam_party_queries_refused_total 0',
	];
	for (const line of lines) t.true(text.split('\n').includes(line), `${line}\n${text}`);
	t.true(bytesSent > 0);
	t.regex(text, /^veilcam_party_resident_bytes \d{7,}$/m);
	t.false(text.includes(three.client.token));
	const stranger = await openConnection(three.client.parties[1]);
	t.teardown(() => stranger.close());
	t.is((await stranger.send('GET', '/metrics')).status, 401);
	t.deepEqual((await stranger.send('GET', '/healthz')).json(), { status: 'ok' });
	await three.running[0].close();
	await until(() => !three.running[1].status().isConnected[0]);
	t.deepEqual((await stranger.send('GET', '/healthz')).json(), { status: 'not-linked' });
});

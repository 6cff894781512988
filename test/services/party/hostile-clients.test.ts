import { randomBytes } from 'node:crypto';
import { connect } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { type Answer, type Connection, openConnection } from '../../../src/services/client/connection.js';
import { fieldOf } from '../../../src/services/party/program-fields.js';
import { encodeProgram } from '../../../src/services/party/program-wire.js';
import { until } from '../../helpers/http.js';
import { uploadsOf } from './job-uploads.js';
import { assertIdle, assertJobWorks, openClient, smallJob, startThree, type ThreeRunning } from './three-parties.js';

const newId = (): string => randomBytes(16).toString('hex');

/** A refusal that a user can read; what the party calls its own mistake is none. */
function assertRefused(t: ExecutionContext, { status, body }: Answer, what: string): void {
	const { error, message } = Object.assign({ error: '', message: '' }, JSON.parse(body.toString('utf8')));
	if (!(status >= 400 && status < 500 && error !== 'bug' && message.length > 10)) {
		t.fail(`${what}: ${status} ${body.toString('utf8').slice(0, 300)}`);
	}
}

async function connectThree(t: ExecutionContext, { client }: ThreeRunning): Promise<Connection[]> {
	const connections = await Promise.all(
		client.parties.map(({ url, fingerprint }) => openConnection({ url, fingerprint, token: client.token })),
	);
	t.teardown(() => {
		for (const connection of connections) connection.close();
	});
	return connections;
}

/** Every place of a JSON value, as a way of changing it; a step is added to a number, and replaces anything else. */
function placesOf(value: unknown): ((to: unknown) => void)[] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) => [
		(to: unknown) => {
			const step = fieldOf(to, 'step');
			if (to === undefined) Reflect.deleteProperty(value, key);
			else if (typeof inner === 'number' && typeof step === 'number') Reflect.set(value, key, inner + step);
			else Reflect.set(value, key, to);
		},
		...placesOf(inner),
	]);
}

const nasty = fc.oneof(
	fc.constantFrom<unknown>(undefined, null, true, '', 'x', 'y', '__proto__', [], {}, [[]], 'NaN', 'scale', 'relu'),
	fc.constantFrom<unknown>(-1, 0, 1, 2, 3, 7, 31, 32, 1.5, 2 ** 20, 2 ** 27, 2 ** 31, 2 ** 32, 2 ** 53, 1e308, -1e308),
	fc.record({ step: fc.constantFrom(-8, -2, -1, 1, 2, 8) }),
	fc.record({ step: fc.constantFrom(-1, 1) }),
	fc.jsonValue({ maxDepth: 2 }),
);

test('a program changed anywhere is refused in a sentence or runs, and the next job works', async (t) => {
	t.timeout(300_000);
	const three = await startThree(t);
	const connections = await connectThree(t, three);
	const job = smallJob();
	const text = encodeProgram(job.program);
	const counts = { refused: 0, ran: 0 };
	await fc.assert(
		fc.asyncProperty(fc.array(fc.tuple(fc.nat(), nasty), { minLength: 1, maxLength: 2 }), async (changes) => {
			const changed: unknown = JSON.parse(text);
			for (const [where, to] of changes) {
				const places = placesOf(changed);
				if (places.length > 0) places[where % places.length](to);
			}
			const changedText = JSON.stringify(changed);
			const id = newId();
			const bodies = uploadsOf(job, changedText);
			const answers = await Promise.all(
				connections.map((connection, party) => connection.send('PUT', `/v1/jobs/${id}`, bodies[party])),
			);
			const refused = answers.filter(({ status }) => status !== 201);
			for (const answer of refused) assertRefused(t, answer, changedText);
			if (refused.length > 0) {
				counts.refused++;
				await Promise.all(connections.map((connection) => connection.send('DELETE', `/v1/jobs/${id}`)));
				return;
			}
			counts.ran++;
			const results = await Promise.all(connections.map((connection) => connection.send('POST', `/v1/jobs/${id}/run`)));
			for (const answer of results) if (answer.status !== 200) assertRefused(t, answer, changedText);
		}),
		{ seed: 21, numRuns: 500 },
	);
	t.log(counts);
	t.true(counts.refused > 50 && counts.ran > 15);
	await assertJobWorks(t, await openClient(t, three.client), job);
	assertIdle(t, three);
});

test('bodies that are no job, too long, or of another kind are refused in a sentence, and the next job works', async (t) => {
	const three = await startThree(t);
	const [connection] = await connectThree(t, three);
	const job = smallJob();
	const put = (body: Uint8Array): Promise<Answer> => connection.send('PUT', `/v1/jobs/${newId()}`, body);
	const [whole] = uploadsOf(job);
	await fc.assert(
		fc.asyncProperty(
			fc.oneof(
				fc.uint8Array({ maxLength: 300 }),
				fc.nat(whole.length - 1).map((length) => whole.subarray(0, length)),
				fc.uint8Array({ minLength: 1, maxLength: 40 }).map((more) => Buffer.concat([whole, more])),
				fc.tuple(fc.nat(3), fc.nat(255)).map(([at, byte]) => {
					const changed = Buffer.from(whole);
					changed[at] = byte ^ 1 ^ whole[at];
					return changed;
				}),
			),
			async (body) => {
				if (Buffer.compare(body, whole) !== 0) assertRefused(t, await put(body), Buffer.from(body).toString('hex'));
			},
		),
		{ seed: 22, numRuns: 200 },
	);
	for (const text of [
		'['.repeat(1_000_000),
		`{"graph":${'{"nodes":['.repeat(100_000)}`,
		JSON.stringify({ graph: { nodes: Array(10_001).fill({}) } }),
		JSON.stringify({
			...JSON.parse(encodeProgram(job.program)),
			windows: Array(100_000).fill(['y', { from: 0, to: 32 }]),
		}),
		'"'.padEnd(5_000_000, 'x'),
	]) {
		assertRefused(t, await put(uploadsOf(job, text)[0]), text.slice(0, 100));
	}
	const head = Buffer.alloc(4_000_000, '[');
	head.writeUInt32LE(head.length - 4);
	assertRefused(t, await put(head), 'a long head');
	for (const [method, path] of [
		['GET', '/v1/jobs'],
		['PUT', '/v1/jobs/../status'],
		['POST', `/v1/jobs/${'g'.repeat(32)}/run`],
		['POST', `/v1/jobs/${'a'.repeat(5000)}/run`],
		['DELETE', '/v1/jobs/%00'],
		['PUT', `/v1/jobs/${newId()}`],
	] as const) {
		assertRefused(t, await connection.send(method, path), `${method} ${path}`);
	}
	await assertJobWorks(t, await openClient(t, three.client), job);
	assertIdle(t, three);
});

test('a client that lies about its length, drips, or leaves in the middle hinders nobody', async (t) => {
	const three = await startThree(t);
	const { token } = three.client;
	const { hostname, port } = new URL(three.client.parties[0].url);
	const open = async (text: string) => {
		const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
		t.teardown(() => void socket.destroy());
		let received = '';
		socket.on('data', (piece: Buffer) => {
			received += piece.toString('latin1');
		});
		socket.on('error', () => {});
		await new Promise<void>((resolve) => socket.once('secureConnect', resolve));
		socket.write(text);
		return { socket, received: () => received };
	};
	const head = (length: number, credentials = token): string =>
		`PUT /v1/jobs/${newId()} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${credentials}\r\n` +
		`content-type: application/octet-stream\r\ncontent-length: ${length}\r\n\r\n`;
	const tooLong = await open(head(2 ** 40));
	const noToken = await open(head(400_000_000, 'x'.repeat(32)));
	const garbage = await open('\x00\x01 not http\r\n\r\n');
	const drips = await Promise.all(Array.from({ length: 20 }, () => open(`${head(100_000_000)}a`)));
	await until(() => /^HTTP\/1\.1 413/.test(tooLong.received()));
	await until(() => /^HTTP\/1\.1 401/.test(noToken.received()));
	await until(() => /^HTTP\/1\.1 400/.test(garbage.received()));
	const job = smallJob();
	await assertJobWorks(t, await openClient(t, three.client), job);
	for (const { socket } of drips) socket.destroy();
	await assertJobWorks(t, await openClient(t, three.client), job);
});

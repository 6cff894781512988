import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { PARTIES } from '../../../src/core/mpc/party-index.js';
import type { Answer } from '../../../src/services/client/connection.js';
import { openRaw } from '../../helpers/http.js';
import { freshId, SESSION, startHolders, type ThreeHolders, uploadPath } from './three-holders.js';

const PLANES_BYTES = 8 * 16 * Math.ceil((SESSION.width * SESSION.height) / 128);
const BODY_BYTES = [32, PLANES_BYTES + 16, PLANES_BYTES + 16];
const SEAL_BYTES = 81;
const PROMISE = { epsilon: 1, delta: 1e-6, picturesPerPerson: 1 };

/** A refusal in a sentence; what a party calls its own mistake is none. */
function assertRefused(t: ExecutionContext, { status, body }: Answer, what: string): void {
	const { error, message } = Object.assign({ error: '', message: '' }, JSON.parse(body.toString('utf8')));
	if (!(status >= 400 && status < 500 && error !== 'bug' && message.length > 15)) {
		t.fail(`${what}: ${status} ${body.toString('utf8').slice(0, 300)}`);
	}
}

async function assertUntouched(t: ExecutionContext, holders: ThreeHolders): Promise<void> {
	for (const status of await holders.front.status()) t.like(status, { waiting: 0, rejected: 0, batch: 0, spentRho: 0 });
	const clear = await holders.send(5, 1);
	t.deepEqual((await holders.front.release(1, null)).sums, clear);
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
/** Values that are no part of what is asked for, or just beyond it. */
const nasty = fc.oneof(
	fc.constantFrom<unknown>(null, true, '', 'x', '__proto__', [], {}, [[]], 'NaN', 0, -1, 1.5, 2 ** 31, 2 ** 53, 1e308),
	fc.jsonValue({ maxDepth: 2 }),
);
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

test('uploads that are none are refused in a sentence by every party, and nothing counts', async (t) => {
	const holders = await startHolders(t);
	const upload = fc.nat(2).chain((party) =>
		fc.oneof(
			fc.record({
				party: fc.constant(party),
				kind: fc.constant('reports'),
				body: fc.uint8Array({ maxLength: BODY_BYTES[party] + 40 }).filter(({ length }) => length !== BODY_BYTES[party]),
			}),
			// several pictures in one request, or what is not whole pictures
			fc.record({
				party: fc.constant(party),
				kind: fc.constant(''),
				body: fc
					.uint8Array({ maxLength: 3 * BODY_BYTES[party] })
					.filter(({ length }) => length === 0 || length % (16 + BODY_BYTES[party]) !== 0),
			}),
			// no seal: of another length, with a key that is no point, or with one and a text that does not open
			fc.record({
				party: fc.constant(party),
				kind: fc.constant('sealed'),
				body: fc.oneof(
					fc.uint8Array({ maxLength: BODY_BYTES[party] + SEAL_BYTES + 40 }),
					bytes(BODY_BYTES[party] + SEAL_BYTES),
					bytes(BODY_BYTES[party] + SEAL_BYTES - 65).map((rest) => {
						const point = Buffer.from(holders.front.target.parties[party].uploadKey, 'hex');
						return new Uint8Array(Buffer.concat([point, rest]));
					}),
				),
			}),
		),
	);
	await fc.assert(
		fc.asyncProperty(upload, async ({ party, kind, body }) => {
			const reports = uploadPath(SESSION, kind === '' ? undefined : freshId());
			const path = kind === 'sealed' ? `/v1/shares/room/sealed/${freshId()}` : reports;
			const answer = await holders.connections[party].send('PUT', path, body);
			assertRefused(t, answer, `${kind} of ${body.length} bytes at party ${party}`);
		}),
		{ seed: 81, numRuns: 90 },
	);
	await assertUntouched(t, holders);
});

test('sessions, requests for releases and addresses that are none are refused in a sentence, and nothing is opened', async (t) => {
	const holders = await startHolders(t);
	const session = { ...SESSION, name: 'other' };
	const registration = { parameters: session, uploadToken: 'an-upload-token_of-the-front' };
	const changedAt = (value: object, keys: readonly string[], to: unknown): unknown => {
		const [key, ...rest] = keys;
		const inner: unknown = Reflect.get(value, key);
		return { ...value, [key]: rest.length === 0 ? to : changedAt(Object(inner), rest, to) };
	};
	const places = ['parameters', 'parameters.name', 'parameters.width', 'parameters.channels', 'parameters.mechanism'];
	places.push('parameters.mechanism.bits', 'parameters.mechanism.budget', 'parameters.minBatch', 'uploadToken');
	await fc.assert(
		fc.asyncProperty(fc.nat(2), fc.constantFrom(...places), nasty, async (party, place, to) => {
			const changed = json(changedAt(registration, place.split('.'), to));
			const answer = await holders.connections[party].send('PUT', '/v1/shares/other', changed);
			// some of what is nasty is another session of the same name, or the same one
			if (answer.status !== 201) assertRefused(t, answer, changed.toString());
		}),
		{ seed: 82, numRuns: 70 },
	);
	await fc.assert(
		fc.asyncProperty(
			fc.nat(2),
			fc.constantFrom('batch', 'promise', 'promise.epsilon'),
			nasty,
			async (party, place, to) => {
				const changed = json(changedAt({ batch: 1, promise: PROMISE }, place.split('.'), to));
				const path = `/v1/shares/room/releases/${freshId()}`;
				assertRefused(t, await holders.connections[party].send('PUT', path, changed), changed.toString());
			},
		),
		{ seed: 83, numRuns: 70 },
	);
	const deep = Buffer.from('['.repeat(60_000));
	for (const [method, path, body] of [
		['PUT', '/v1/shares/room', deep],
		['PUT', '/v1/shares/room', Buffer.alloc(65_537, '1')],
		['PUT', `/v1/shares/room/releases/${freshId()}`, deep],
		['PUT', `/v1/shares/room/reports/${'g'.repeat(32)}`, new Uint8Array(32)],
		// what would be taken if it told its session
		['PUT', `/v1/shares/room/reports/${freshId()}`, new Uint8Array(32)],
		['PUT', '/v1/shares/room/reports', new Uint8Array(48)],
		['PUT', `/v1/shares/room/reports/${freshId()}/run`, new Uint8Array(32)],
		['PUT', `/v1/shares/none/reports/${freshId()}`, new Uint8Array(32)],
		['PUT', `/v1/shares/${'a'.repeat(65)}/reports/${freshId()}`, new Uint8Array(32)],
		['PUT', `/v1/shares/%00/reports/${freshId()}`, new Uint8Array(32)],
		['PUT', `/v1/shares/__proto__/reports/${freshId()}`, new Uint8Array(32)],
		['POST', `/v1/shares/room/reports/${freshId()}`, new Uint8Array(32)],
		['DELETE', '/v1/shares/room', undefined],
		['GET', `/v1/shares/room/reports/${freshId()}`, undefined],
		['POST', `/v1/shares/room/releases/${freshId()}/run`, undefined],
	] as const) {
		for (const party of PARTIES) {
			assertRefused(t, await holders.connections[party].send(method, path, body), `${method} ${path}`);
		}
	}
	await assertUntouched(t, holders);
});

test('pictures that are announced and do not come take a bounded place, which is free when their senders go', async (t) => {
	const holders = await startHolders(t);
	const [, party] = holders.client.parties;
	// 16 MiB each
	const large = { ...SESSION, name: 'large', width: 4096, height: 4096 };
	const { uploadToken } = holders.front.target;
	t.is(
		(await holders.connections[1].send('PUT', '/v1/shares/large', json({ parameters: large, uploadToken }))).status,
		201,
	);
	const announce = async (token: string) => {
		const raw = await openRaw(t, party.url);
		raw.socket.write(
			`PUT ${uploadPath(large, freshId())} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n` +
				`content-length: ${16 * 1024 * 1024 + 16}\r\nexpect: 100-continue\r\n\r\n`,
		);
		await raw.until(/^HTTP\/1\.1 100/);
		return raw;
	};
	const senders = await Promise.all(Array.from({ length: 5 }, () => announce(uploadToken)));
	const beyond = await announce(uploadToken);
	await beyond.until(/HTTP\/1\.1 429[\s\S]*too many pictures at once/);
	const stranger = await announce('x'.repeat(43));
	await stranger.until(/HTTP\/1\.1 401/);
	for (const { socket } of senders) socket.destroy();
	for (;;) {
		const next = await announce(uploadToken);
		next.socket.write('a');
		const answer = await Promise.race([next.until(/HTTP\/1\.1 429/), holders.front.status()]);
		if (typeof answer !== 'string') break;
	}
	await assertUntouched(t, holders);
});

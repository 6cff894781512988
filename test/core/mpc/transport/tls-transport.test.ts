import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import test, { type ExecutionContext } from 'ava';
import { PeerError } from '../../../../src/core/errors.js';
import type { PartyIndex } from '../../../../src/core/mpc/party-index.js';
import { encodeFrame } from '../../../../src/core/mpc/transport/frame.js';
import {
	createTlsTransport,
	type PeerAddress,
	type TlsTransport,
} from '../../../../src/core/mpc/transport/tls-transport.js';
import { freePorts } from '../../../../src/services/free-ports.js';
import { selfSignedIdentity, type TlsIdentity } from '../../../../src/services/self-signed.js';
import { until } from '../../../helpers/http.js';
import { startTcpProxy } from '../../../helpers/tcp-proxy.js';
import { temporaryFolder } from '../../../helpers/temp-folder.js';

const ATTEMPT = 'ab'.repeat(16);
const LABEL = { step: 1, part: 0 };
const QUEUE = { maxQueuedBytes: 1_000_000 };

interface Trio {
	readonly transports: readonly [TlsTransport, TlsTransport, TlsTransport];
	readonly identities: readonly TlsIdentity[];
	readonly peers: readonly [PeerAddress, PeerAddress, PeerAddress];
}

async function startTrio(t: ExecutionContext, timeoutMs = 60_000): Promise<Trio> {
	const folder = await temporaryFolder(t);
	const identities = await Promise.all(
		[0, 1, 2].map((party) => selfSignedIdentity(join(folder, `${party}.pem`), [`party${party}`], new Date())),
	);
	const ports = await freePorts(3);
	const [a, b, c] = identities.map(({ certificatePem }, at) => ({
		host: '127.0.0.1',
		port: ports[at],
		certificatePem,
	}));
	const peers = [a, b, c] as const;
	const start = (index: PartyIndex): Promise<TlsTransport> =>
		createTlsTransport({ index, keyPem: identities[index].keyPem, peers, maxMessageBytes: 4_000_000, timeoutMs });
	const transports = [await start(0), await start(1), await start(2)] as const;
	t.teardown(() => Promise.all(transports.map((transport) => transport.close())));
	await Promise.all(transports.map((transport) => transport.connected(60_000)));
	return { transports, identities, peers };
}

test('messages reach the party that they are for, whole and in order, small and large', async (t) => {
	const { transports } = await startTrio(t);
	const [p0, p1, p2] = transports.map((transport) => transport.openAttempt(ATTEMPT, { maxQueuedBytes: 8_000_000 }));
	const large = Uint8Array.from({ length: 3_000_000 }, (_, i) => i * 7);
	p0.send(1, LABEL, Uint8Array.of(1));
	p0.send(1, { step: 2, part: 5 }, large);
	p1.send(2, LABEL, Uint8Array.of(2));
	p2.send(0, LABEL, Uint8Array.of(3));
	t.deepEqual([...(await p1.receive(0, LABEL, 1))], [1]);
	t.deepEqual(Buffer.compare(await p1.receive(0, { step: 2, part: 5 }, large.length), large), 0);
	t.deepEqual([...(await p2.receive(1, LABEL, 1))], [2]);
	t.deepEqual([...(await p0.receive(2, LABEL, 1))], [3]);
	t.is(p0.sentBytes, 3_000_001);
});

test('a message of another step or length ends the attempt at all three, and the next attempt works', async (t) => {
	const { transports } = await startTrio(t);
	const [p0, p1, p2] = transports.map((transport) => transport.openAttempt(ATTEMPT, QUEUE));
	p0.send(1, { step: 9, part: 0 }, Uint8Array.of(1));
	await t.throwsAsync(p1.receive(0, LABEL, 1), {
		code: 'unexpected-message',
		message: /party 0 .* 9\.0 .* expected 1\.0/,
	});
	await t.throwsAsync(p2.receive(0, LABEL, 1), {
		code: 'party-gave-up',
		message: /party 1 gave the attempt up at step \d+: party 0/,
	});
	await t.throwsAsync(p0.receive(2, LABEL, 1), { code: 'party-gave-up' });
	for (const transport of transports) transport.closeAttempt(ATTEMPT);
	const [n0, n1] = transports.map((transport) => transport.openAttempt('cd'.repeat(16), QUEUE));
	n0.send(1, LABEL, Uint8Array.of(4, 5));
	t.deepEqual([...(await n1.receive(0, LABEL, 2))], [4, 5]);
});

test('a silent party is named with the step', async (t) => {
	const { transports } = await startTrio(t, 300);
	const [p0] = transports.map((transport) =>
		transport.openAttempt(ATTEMPT, { ...QUEUE, describeStep: (step) => `step ${step}, relu` }),
	);
	await t.throwsAsync(p0.receive(2, LABEL, 1), {
		code: 'party-silent',
		message: /party 2 sent nothing .* step 1, relu/,
	});
});

test('a party that goes is named to both others, and comes back', async (t) => {
	const { transports, identities, peers } = await startTrio(t);
	const [p0, p1] = transports.map((transport) => transport.openAttempt(ATTEMPT, QUEUE));
	const waiting = [p0.receive(2, LABEL, 1), p1.receive(2, LABEL, 1)];
	await transports[2].close();
	for (const wait of waiting) await t.throwsAsync(wait, { message: /party 2/ });
	for (const transport of transports) transport.closeAttempt(ATTEMPT);
	const again = await createTlsTransport({
		index: 2,
		keyPem: identities[2].keyPem,
		peers,
		maxMessageBytes: 1000,
		timeoutMs: 60_000,
	});
	t.teardown(() => again.close());
	await Promise.all([again.connected(60_000), transports[0].connected(60_000), transports[1].connected(60_000)]);
	const next = 'ef'.repeat(16);
	const [n0, n2] = [transports[0], again].map((transport) => transport.openAttempt(next, QUEUE));
	n2.send(0, LABEL, Uint8Array.of(6));
	t.deepEqual([...(await n0.receive(2, LABEL, 1))], [6]);
});

test('who still sends for an attempt that failed is told so: it would wait in vain', async (t) => {
	const { transports } = await startTrio(t);
	const [p0, p1, p2] = transports.map((transport) => transport.openAttempt(ATTEMPT, QUEUE));
	// as a party does that has no link when it fails
	p0.fail(new PeerError('party-gone', 'the link was down'), false);
	p1.send(0, LABEL, Uint8Array.of(1));
	await t.throwsAsync(p1.receive(0, LABEL, 1), { code: 'party-gave-up', message: /party 0 .*the link was down/ });
	transports[0].closeAttempt(ATTEMPT);
	p2.send(0, LABEL, Uint8Array.of(1));
	await t.throwsAsync(p2.receive(0, LABEL, 1), { code: 'party-gave-up' });
});

test('late and foreign messages are dropped, an attempt opens once, and a flood ends it', async (t) => {
	const { transports } = await startTrio(t);
	const [p0, p1] = transports.map((transport) => transport.openAttempt(ATTEMPT, { maxQueuedBytes: 100 }));
	t.throws(() => transports[0].openAttempt(ATTEMPT, QUEUE), { code: 'attempt-open' });
	const stray = transports[2].openAttempt('99'.repeat(16), QUEUE);
	stray.send(0, LABEL, Uint8Array.of(1));
	p0.send(1, LABEL, new Uint8Array(60));
	p0.send(1, LABEL, new Uint8Array(60));
	await t.throwsAsync(p0.receive(1, LABEL, 1), {
		code: 'party-gave-up',
		message: /more than this attempt has room for/,
	});
	t.is(p1.failure?.code, 'too-much-ahead');
	await until(() => transports[0].droppedFrames === 1);
	t.is(transports[0].droppedFrames, 1);
});

test('only the other parties get in: not without a certificate, with a foreign one, or with plain text', async (t) => {
	const { transports, peers, identities } = await startTrio(t);
	const folder = await temporaryFolder(t);
	const stranger = await selfSignedIdentity(join(folder, 'x.pem'), ['party1'], new Date());
	const [p0, p1] = transports.map((transport) => transport.openAttempt(ATTEMPT, QUEUE));
	const frame = encodeFrame({ attempt: ATTEMPT, kind: 'message', label: LABEL, body: Uint8Array.of(66) });
	for (const credentials of [{}, { key: stranger.keyPem, cert: stranger.certificatePem }]) {
		const socket = connect({ host: '127.0.0.1', port: peers[0].port, rejectUnauthorized: false, ...credentials });
		const ended = new Promise((resolve) => socket.on('close', resolve));
		socket.on('error', () => {});
		socket.write(frame);
		await ended;
	}
	const plain = connectPlain(peers[0].port, '127.0.0.1');
	const plainEnded = new Promise((resolve) => plain.on('close', resolve));
	plain.on('error', () => {});
	plain.write(frame);
	await plainEnded;
	p1.send(0, LABEL, Uint8Array.of(7));
	t.deepEqual([...(await p0.receive(1, LABEL, 1))], [7]);
	t.is(identities.length, 3);
});

test('a party that does not answer is named', async (t) => {
	const folder = await temporaryFolder(t);
	const identity = await selfSignedIdentity(join(folder, '2.pem'), ['party2'], new Date());
	const [port] = await freePorts(1);
	const nobody = { host: '127.0.0.1', port, certificatePem: identity.certificatePem };
	const own = { ...nobody, port: 0 };
	const transport = await createTlsTransport({
		index: 2,
		keyPem: identity.keyPem,
		peers: [nobody, nobody, own],
		maxMessageBytes: 1000,
		timeoutMs: 1000,
	});
	t.teardown(() => transport.close());
	t.true(transport.port > 0);
	await t.throwsAsync(transport.connected(200), { code: 'party-unreachable', message: /party 0 \(127\.0\.0\.1:\d+\)/ });
});

test('a link that takes the place of another ends what was under way on the former', async (t) => {
	const { transports, identities, peers } = await startTrio(t);
	const [p0] = transports.map((transport) => transport.openAttempt(ATTEMPT, QUEUE));
	const waiting = p0.receive(2, LABEL, 1);
	const again = connect({
		host: '127.0.0.1',
		port: peers[0].port,
		rejectUnauthorized: false,
		key: identities[2].keyPem,
		cert: identities[2].certificatePem,
	});
	t.teardown(() => void again.destroy());
	again.on('error', () => {});
	await t.throwsAsync(waiting, { code: 'party-gone', message: 'the link to party 2 is down, at step 1' });
});

test('a link on which a byte was damaged goes down at both ends, and comes back by itself', async (t) => {
	const folder = await temporaryFolder(t);
	const identities = await Promise.all(
		[0, 1].map((party) => selfSignedIdentity(join(folder, `${party}.pem`), [`party${party}`], new Date())),
	);
	const ports = await freePorts(2);
	const [first, second] = identities.map(({ certificatePem }, at) => ({
		host: '127.0.0.1',
		port: ports[at],
		certificatePem,
	}));
	const proxy = await startTcpProxy(t, first.port);
	const told: string[] = [];
	const start = (index: PartyIndex, port: number): Promise<TlsTransport> =>
		createTlsTransport({
			index,
			keyPem: identities[index].keyPem,
			peers: [{ ...first, port }, second, { ...second, port: 1 }],
			maxMessageBytes: 1000,
			timeoutMs: 60_000,
			onLink: (peer, isUp) => told.push(`${index}${peer} ${isUp ? 'up' : 'down'}`),
		});
	const [p0, p1] = await Promise.all([start(0, first.port), start(1, proxy.port)]);
	t.teardown(() => Promise.all([p0.close(), p1.close()]));
	await until(() => p0.isConnected(1) && p1.isConnected(0));
	const [waits, sends] = [p0, p1].map((transport) => transport.openAttempt(ATTEMPT, QUEUE));
	void proxy.behave({ strike: { atByte: 0, in: 'up', do: 'duplicate' } });
	sends.send(0, LABEL, Uint8Array.of(1));
	t.deepEqual([...(await waits.receive(1, LABEL, 1))], [1]);
	// nobody writes any more: both have to notice by themselves
	await until(() => told.length === 6);
	t.deepEqual(
		told.toSorted((a, b) => a.localeCompare(b)),
		['01 down', '01 up', '01 up', '10 down', '10 up', '10 up'],
	);
});

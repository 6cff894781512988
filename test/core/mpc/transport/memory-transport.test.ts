import test from 'ava';
import { PeerError } from '../../../../src/core/errors.js';
import { createMemoryTransport } from '../../../../src/core/mpc/transport/memory-transport.js';

const bytes = (...values: number[]) => Uint8Array.from(values);
const label = (step: number, part = 0) => ({ step, part });

test('A message arrives as it was when it was sent, before or after the receiver asks', async (t) => {
	const { channels, bytesByParty } = createMemoryTransport();
	const early = channels[1].receive(0, label(0), 2);
	const sent = bytes(1, 2);
	channels[0].send(1, label(0), sent);
	channels[0].send(1, label(0, 1), sent);
	sent.fill(9);
	t.deepEqual(await early, bytes(1, 2));
	t.deepEqual(await channels[1].receive(0, label(0, 1), 2), bytes(1, 2));
	t.deepEqual(bytesByParty(), [4, 0, 0]);
});

test('Depth counts messages that wait for each other', async (t) => {
	const { channels, messages, rounds } = createMemoryTransport();
	channels[0].send(1, label(0), bytes(1));
	channels[2].send(1, label(0), bytes(1));
	await channels[1].receive(0, label(0), 1);
	channels[1].send(2, label(1), bytes(1));
	await channels[2].receive(1, label(1), 1);
	channels[2].send(0, label(2), bytes(1));
	t.deepEqual(
		messages.map(({ depth }) => depth),
		[1, 1, 2, 3],
	);
	t.is(rounds(), 3);
});

test('Another label or length is refused', async (t) => {
	for (const [expected, length] of [
		[label(1), 2],
		[label(0, 1), 2],
		[label(0), 3],
	] as const) {
		const { channels } = createMemoryTransport();
		channels[0].send(1, label(0), bytes(1, 2));
		await t.throwsAsync(channels[1].receive(0, expected, length), { instanceOf: PeerError, message: /party 0/ });
	}
});

test('An abort fails who waits and who comes later', async (t) => {
	const { channels, abort } = createMemoryTransport();
	const waiting = channels[1].receive(0, label(0), 1);
	abort(new PeerError('gone', 'party 0 left'));
	await t.throwsAsync(waiting, { message: 'party 0 left' });
	await t.throwsAsync(channels[2].receive(0, label(0), 1), { message: 'party 0 left' });
});

import test from 'ava';
import { PeerError } from '../../../../src/core/errors.js';
import { createAttemptChannel } from '../../../../src/core/mpc/transport/attempt-channel.js';
import type { Frame } from '../../../../src/core/mpc/transport/frame.js';

const ATTEMPT = 'ab'.repeat(16);

function channelOfParty0(maxQueuedBytes = 10_000) {
	const sent: Frame[] = [];
	const channel = createAttemptChannel({
		attempt: ATTEMPT,
		index: 0,
		send: (_to, frame) => sent.push(frame),
		timeoutMs: 60_000,
		maxQueuedBytes,
		describeStep: (step) => `step ${step}, relu`,
	});
	const deliver = (step: number, body: Uint8Array, kind: Frame['kind'] = 'message') =>
		channel.deliver(2, { attempt: ATTEMPT, kind, label: { step, part: 0 }, body });
	return { channel, sent, deliver };
}

test('a flood of messages without a body ends the attempt', (t) => {
	const { channel, deliver } = channelOfParty0();
	for (let i = 0; i < 10_000 && channel.failure === null; i++) deliver(i, new Uint8Array(0));
	t.is(channel.failure?.code, 'too-much-ahead');
	t.regex(channel.failure?.message ?? '', /party 2/);
});

test('what waits for its step is taken in the order in which it came, and its room is free again', async (t) => {
	const { channel, deliver } = channelOfParty0(300);
	for (let round = 0; round < 10; round++) {
		for (const step of [1, 2]) deliver(step, new Uint8Array(100).fill(step));
		for (const step of [1, 2]) t.is((await channel.receive(2, { step, part: 0 }, 100))[0], step);
	}
	t.is(channel.failure, null);
});

test('a lost link is told with the step that was under way, and whoever waits hears it', async (t) => {
	const { channel, sent } = channelOfParty0();
	const waiting = channel.receive(1, { step: 7, part: 1 }, 16);
	channel.lose(new PeerError('party-gone', 'the link to party 2 is down', { hint: 'Look.' }));
	await t.throwsAsync(waiting, { code: 'party-gone', message: 'the link to party 2 is down, at step 7, relu' });
	t.is(channel.failure?.hint, 'Look.');
	t.deepEqual(
		sent.map(({ kind, body }) => [kind, Buffer.from(body).toString()]),
		Array(2).fill(['abort', 'the link to party 2 is down, at step 7, relu']),
	);
	const early = channelOfParty0().channel;
	early.lose(new PeerError('party-gone', 'the link to party 1 is down'));
	t.is(early.failure?.message, 'the link to party 1 is down, before the first step');
});

test('of the reason that a party gives no more than a line is kept', (t) => {
	const { channel, deliver } = channelOfParty0();
	deliver(0, Buffer.alloc(5_000_000, 'x'), 'abort');
	t.is(channel.failure?.code, 'party-gave-up');
	t.true((channel.failure?.message.length ?? 1000) < 600);
});

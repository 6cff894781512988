import test from 'ava';
import { eventData } from '../../src/web/server-events.js';

function streamOf(chunks: readonly string[], thenClose = true): ReadableStream<Uint8Array> {
	return new ReadableStream({
		start(controller) {
			for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
			if (thenClose) controller.close();
		},
	});
}

test('events are put together from chunks that are cut anywhere, and comments are left out', async (t) => {
	const text = 'event: snapshot\ndata: {"a":"ä"}\n\n: still here\n\ndata: 1\ndata: 2\n\ndata: cut off';
	const whole: string[] = [];
	for await (const data of eventData(streamOf([text]), 10_000)) whole.push(data);
	t.deepEqual(whole, ['{"a":"ä"}', '1\n2']);
	const bytes = new TextEncoder().encode(text);
	const singly = new ReadableStream<Uint8Array>({
		start(controller) {
			for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
			controller.close();
		},
	});
	const parts: string[] = [];
	for await (const data of eventData(singly, 10_000)) parts.push(data);
	t.deepEqual(parts, whole);
});

test('a stream that falls silent ends with an error', async (t) => {
	const events = eventData(streamOf(['data: 1\n\n'], false), 20);
	t.is((await events.next()).value, '1');
	await t.throwsAsync(events.next(), { instanceOf: TypeError, message: 'silence' });
});

import { getEventListeners } from 'node:events';
import test from 'ava';
import { createFrameSource, type FrameSourceParts } from '../../../src/core/camera/frame-source.js';
import type { Image } from '../../../src/core/image/image.js';

const frame: Image = { width: 1, height: 1, channels: 1, samples: Uint8Array.of(1) };

function source(parts: Partial<FrameSourceParts>) {
	return createFrameSource({
		describe: 'x',
		total: null,
		intervalMs: 0,
		signal: undefined,
		produce: async () => frame,
		...parts,
	});
}

/** Settles only when the signal aborts. */
function untilAborted(signal: AbortSignal): Promise<never> {
	return new Promise((_, reject) => {
		signal.addEventListener('abort', () => reject(signal.reason), { once: true });
	});
}

test('close during a shot ends the loop quietly and waits for the shot to clean up', async (t) => {
	const steps: string[] = [];
	const { promise: started, resolve: start } = resolvers();
	const camera = source({
		produce: async (_, signal) => {
			start();
			try {
				return await untilAborted(signal);
			} finally {
				await new Promise(setImmediate);
				steps.push('cleaned');
			}
		},
	});
	const loop = (async () => {
		for await (const _ of camera) steps.push('frame');
		steps.push('ended');
	})();
	await started;
	await camera.close();
	steps.push('closed');
	await loop;
	t.is(steps[0], 'cleaned');
	t.true(steps.includes('closed') && steps.includes('ended') && !steps.includes('frame'), steps.join());
});

test('an aborted signal ends the loop quietly, during the pause too', async (t) => {
	const abort = new AbortController();
	const camera = source({
		intervalMs: 5,
		signal: abort.signal,
		wait: async (ms, signal) => {
			t.is(ms, 5);
			abort.abort();
			signal.throwIfAborted();
		},
	});
	let frames = 0;
	for await (const _ of camera) frames += 1;
	t.is(frames, 1);
});

test('a signal that was aborted before gives no frame', async (t) => {
	const camera = source({ signal: AbortSignal.abort(), produce: () => Promise.reject(new Error('a shot was taken')) });
	t.deepEqual(await camera[Symbol.asyncIterator]().next(), { value: undefined, done: true });
});

test('the pause lies between frames only', async (t) => {
	const steps: string[] = [];
	const camera = source({
		total: 3,
		intervalMs: 9,
		wait: async () => steps.push('wait'),
		produce: async (index) => {
			steps.push(`frame ${index}`);
			return frame;
		},
	});
	for await (const _ of camera);
	t.deepEqual(steps, ['frame 0', 'wait', 'frame 1', 'wait', 'frame 2']);
});

test('the real pause waits, and is cut short by close', async (t) => {
	const camera = source({ intervalMs: 3_600_000 });
	const frames = camera[Symbol.asyncIterator]();
	t.is((await frames.next()).value, frame);
	const next = frames.next();
	await camera.close();
	t.is((await next).done, true);
});

test('a failed shot fails the loop, and closing afterwards is quiet', async (t) => {
	const failure = new Error('no light');
	const camera = source({ produce: () => Promise.reject(failure) });
	await t.throwsAsync(() => camera[Symbol.asyncIterator]().next(), { is: failure });
	await camera.close();
	await camera.close();
});

test('a frame is made only when it is asked for, and leaving the loop ends the source', async (t) => {
	let made = 0;
	const camera = source({ produce: async () => ({ ...frame, width: ++made }) });
	for await (const { width } of camera) {
		if (width === 2) break;
	}
	t.is(made, 2);
	t.true((await camera[Symbol.asyncIterator]().next()).done);
});

test('a closed source leaves no listener on the signal of its caller', async (t) => {
	const { signal } = new AbortController();
	for (let i = 0; i < 5; i++) {
		const camera = source({ signal, total: 2 });
		for await (const _ of camera);
		await camera.close();
	}
	t.is(getEventListeners(signal, 'abort').length, 0);
});

/** Promise.withResolvers is not in Node 20. */
function resolvers(): { promise: Promise<void>; resolve: () => void } {
	let resolve = () => {};
	const promise = new Promise<void>((settle) => {
		resolve = settle;
	});
	return { promise, resolve };
}

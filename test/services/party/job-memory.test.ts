import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { RING_32, RING_64 } from '../../../src/core/mpc/ring.js';
import { createJobMemories, type JobMemory } from '../../../src/services/party/job-memory.js';
import { until } from '../../helpers/http.js';

const ARENA_BYTES = 100_000;

function useAndRelease(memory: JobMemory): ArrayBufferLike {
	const secret = memory.arena.words(20_000);
	new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength).fill(255);
	memory.release();
	return secret.buffer;
}

test('the next job gets the memory of the last one, and finds nothing in it', async (t) => {
	const memories = createJobMemories();
	t.teardown(() => memories.close());
	const used = useAndRelease(await memories.take(ARENA_BYTES, RING_32));
	await setImmediate();
	const { arena } = await memories.take(ARENA_BYTES, RING_32);
	const words = arena.words(20_000);
	t.is(words.buffer, used);
	t.true(words.every((word: number | bigint) => word === 0));
	// nor in what the kernels took for themselves
	t.true(new Uint8Array(used).every((byte) => byte === 0));
});

test('two jobs at once have memories of their own, and so has one that comes before the last one is cleared', async (t) => {
	const memories = createJobMemories();
	t.teardown(() => memories.close());
	const [first, second] = await Promise.all([memories.take(ARENA_BYTES, RING_32), memories.take(ARENA_BYTES, RING_32)]);
	const used = useAndRelease(first);
	t.not(second.arena.words(1).buffer, used);
	const { arena } = await memories.take(ARENA_BYTES, RING_32);
	t.not(arena.words(1).buffer, used);
});

test('a job too large for what is kept gets a larger memory', async (t) => {
	const memories = createJobMemories();
	t.teardown(() => memories.close());
	const used = useAndRelease(await memories.take(ARENA_BYTES, RING_32));
	await setImmediate();
	const { arena } = await memories.take(80_000_000, RING_32);
	const words = arena.words(20_000_000);
	t.not(words.buffer, used);
});

test('a job in another ring gets kernels of its own', async (t) => {
	const memories = createJobMemories();
	t.teardown(() => memories.close());
	const used = useAndRelease(await memories.take(ARENA_BYTES, RING_32));
	await setImmediate();
	const { arena, kernels } = await memories.take(ARENA_BYTES, RING_64);
	const words = arena.words(3);
	t.not(words.buffer, used);
	kernels.ring.addInto(words, words, words);
	t.true(words instanceof BigInt64Array);
});

test('a party at rest keeps no memory, and is told when it rests', async (t) => {
	for (const arenaBytes of [ARENA_BYTES, 300_000_000]) {
		let rests = 0;
		const memories = createJobMemories({ idleMs: 50, onIdle: () => void rests++ });
		const memory = await memories.take(arenaBytes, RING_32);
		memory.release();
		await setImmediate();
		t.is(memories.keptBytes > 0, arenaBytes === ARENA_BYTES);
		t.is(rests, 0);
		await until(() => rests === 1);
		t.is(memories.keptBytes, 0);
	}
});

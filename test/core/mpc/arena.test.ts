import test from 'ava';
import { KernelMemory } from '../../../src/core/kernels/memory.js';
import { Arena } from '../../../src/core/mpc/arena.js';

test('An arena gives aligned views that do not overlap, and takes back what lies above a mark', (t) => {
	const memory = new KernelMemory(65_536);
	memory.allocate(100);
	const arena = new Arena(memory, 1024);
	const a = arena.bytes(70).fill(1);
	const mark = arena.mark();
	const b = arena.words(5);
	new Uint8Array(b.buffer, b.byteOffset, b.byteLength).fill(2);
	t.is(b.byteOffset - a.byteOffset, 128);
	t.is(a.byteOffset % 64, 0);
	t.true(a.every((byte) => byte === 1));
	arena.release(mark);
	const c = arena.bytes(20);
	t.is(c.byteOffset, b.byteOffset);
	t.deepEqual([...c.subarray(16)], [0, 0, 0, 0], 'the last vector is zero');
	t.is(arena.peakBytes, 192);
	arena.release(mark);
	t.true(arena.zeroWords(15).every((word) => word === 0));
	arena.release(mark);
	c.fill(3);
	t.true(arena.zeroBytes(20).every((byte) => byte === 0));
});

test('An arena that is used up says so, and leaves the memory behind it alone', (t) => {
	const memory = new KernelMemory(65_536);
	const arena = new Arena(memory, 128);
	const behind = memory.allocate(64);
	t.is(arena.bytes(0).length, 0);
	t.is(arena.bytes(128).byteOffset, behind - 128);
	t.throws(() => arena.bytes(1), { instanceOf: RangeError, message: /at most 0 more bytes/ });
});

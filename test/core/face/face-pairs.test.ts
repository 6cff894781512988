import test from 'ava';
import { facePairs, type KnownFace } from '../../../src/core/face/face-pairs.js';

const { signal } = new AbortController();

/** A face on one axis: squared distances are squares of differences. */
function face(name: string, person: string, place: number): KnownFace {
	const descriptor = new Int32Array(128);
	descriptor[5] = place;
	return { name, person, descriptor };
}

test('all pairs are compared once, those of one person apart from others, and the worst are named', async (t) => {
	const faces = [face('a1', 'a', 0), face('a2', 'a', 3), face('b1', 'b', 10), face('a3', 'a', 5), face('c1', 'c', 4)];
	const { same, different, worst } = await facePairs(faces, signal);
	t.deepEqual([...same], [4, 9, 25]);
	t.deepEqual([...different], [1, 1, 16, 25, 36, 49, 100]);
	t.deepEqual(worst.same[0], { names: ['a1', 'a3'], square: 25 });
	t.deepEqual(
		worst.different.map(({ square }) => square),
		[1, 1, 16],
	);
	t.deepEqual(worst.different[0], { names: ['a2', 'c1'], square: 1 });
});

test('a long comparison ends when it is told to', async (t) => {
	const faces = Array.from({ length: 900 }, (_, i) => face(`f${i}`, `p${i % 7}`, i));
	await t.throwsAsync(facePairs(faces, AbortSignal.abort(new Error('enough'))), { message: 'enough' });
});

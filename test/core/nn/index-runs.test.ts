import test from 'ava';
import fc from 'fast-check';
import { indicesOfRuns, runsOfIndices } from '../../../src/core/nn/index-runs.js';

test('indices in rows take one run a row', (t) => {
	t.deepEqual(runsOfIndices(Int32Array.of(5, 6, 7, -1, -1, 9, 7, 5)), [5, 1, 3, -1, 0, 2, 9, -2, 3]);
	t.deepEqual(runsOfIndices(Int32Array.of()), []);
});

test('any indices come back as they were', (t) => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: -1, max: 20 })), (list) => {
			const indices = Int32Array.from(list);
			t.deepEqual(indicesOfRuns(runsOfIndices(indices), indices.length), indices);
		}),
	);
});

for (const [why, runs] of [
	['too few', [0, 1, 3]],
	['too many', [0, 1, 5]],
	['none', [0, 1, 4, 0, 1, 0]],
	['a piece of a run', [0, 1, 4, 0]],
	['no number', [0, 1, '4']],
	['a fraction', [0.5, 1, 4]],
	['a place beyond 2^31', [2 ** 31, 1, 4]],
] as const) {
	test(`runs of ${why} are not taken for four indices`, (t) => {
		t.is(indicesOfRuns(runs, 4), undefined);
	});
}

test('a claim of more indices than a program may have is not believed', (t) => {
	t.is(indicesOfRuns([0, 0, 2 ** 25], 2 ** 25), undefined);
});

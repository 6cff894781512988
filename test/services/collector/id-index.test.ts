import test from 'ava';
import fc from 'fast-check';
import { ENTRY_WORDS, IdIndex } from '../../../src/services/collector/id-index.js';

function entry(id: readonly number[], tag = 0): Uint32Array {
	const words = new Uint32Array(ENTRY_WORDS);
	words.set(id);
	words[ENTRY_WORDS - 1] = tag;
	return words;
}

const secret = (): Uint32Array => Uint32Array.of(0x1234, 0x5678, 0x9abc, 0xdef0);

/** Ids that differ in one word only, or in high bits only: hard for a hash that forgets some of its input. */
const families: Record<string, (i: number) => number[]> = {
	'count up in the first word': (i) => [i, 0, 0, 0],
	'count up in the last word': (i) => [0, 0, 0, i],
	'count up in the third word': (i) => [0, 0, i, 0],
	'differ in high bits only': (i) => [0, i << 16, 0, 0],
	'differ in the top bits of two words': (i) => [(i & 255) << 24, 0, (i >> 8) << 20, 0],
	'are equal in all but one bit pattern': (i) => [i ^ 0xffffffff, i, i, i].map((word) => word >>> 0),
};

for (const [how, idOf] of Object.entries(families)) {
	test(`ids that ${how} are all found, and quickly`, (t) => {
		const index = new IdIndex(secret());
		const count = 30_000;
		const startedMs = performance.now();
		for (let i = 0; i < count; i++) {
			t.is(index.add(entry(idOf(i), i)), i);
		}
		for (let i = 0; i < count; i++) {
			const found = index.lookup(entry(idOf(i), i));
			if (found.kind !== 'same' || found.ordinal !== i) t.fail(`${i}: ${JSON.stringify(found)}`);
		}
		t.deepEqual(index.lookup(entry(idOf(7), 8)), { kind: 'conflict', ordinal: 7 });
		t.deepEqual(index.lookup(entry(idOf(count), 0)), { kind: 'new' });
		// quadratic probing work would take minutes
		t.true(performance.now() - startedMs < 60_000);
	});
}

test('entries come back as they were added, through growth', (t) => {
	const index = new IdIndex(secret());
	for (let i = 0; i < 5000; i++) index.add(entry([i, i * 3], i * 5));
	t.is(index.size, 5000);
	t.deepEqual([...index.entries(4998, 5000)], [...entry([4998, 14_994], 24_990), ...entry([4999, 14_997], 24_995)]);
});

test('what is truncated is new again, and what stays is still found', (t) => {
	fc.assert(
		fc.property(
			fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.boolean()), { maxLength: 400 }),
			fc.integer({ min: 1, max: 40 }),
			(steps, back) => {
				const index = new IdIndex(Uint32Array.of(1, 2, 3, 4));
				let model: number[] = [];
				for (const [id, truncates] of steps) {
					if (truncates) {
						model = model.slice(0, Math.max(0, model.length - back));
						index.truncate(model.length);
					} else if (!model.includes(id)) {
						t.is(index.lookup(entry([0, id])).kind, 'new');
						t.is(index.add(entry([0, id])), model.length);
						model.push(id);
					}
				}
				t.is(index.size, model.length);
				for (let id = 0; id <= 300; id++) {
					const at = model.indexOf(id);
					const found = index.lookup(entry([0, id]));
					t.deepEqual(found, at < 0 ? { kind: 'new' } : { kind: 'same', ordinal: at });
				}
			},
		),
		{ numRuns: 40, seed: 11 },
	);
});

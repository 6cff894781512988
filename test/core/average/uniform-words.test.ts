import test from 'ava';
import { createUniformWords } from '../../../src/core/average/uniform-words.js';
import { seededRandom } from './keystream.js';

/** Counts up in bytes and notes the sizes asked for. */
function countingRandom() {
	const sizes: number[] = [];
	let value = 0;
	return {
		sizes,
		fillInto(bytes: Uint8Array) {
			sizes.push(bytes.length);
			for (let i = 0; i < bytes.length; i++) bytes[i] = value++;
		},
	};
}

/** A source of given 32-bit words. */
function wordsOf(list: readonly number[]) {
	let position = 0;
	return createUniformWords(
		{
			fillInto(bytes) {
				const view = new DataView(bytes.buffer);
				for (let at = 0; at < bytes.length; at += 4) view.setUint32(at, list[position++] ?? 0, true);
			},
		},
		1,
	);
}

test('words are little-endian and in order, whatever the size of the buffer', (t) => {
	const large = createUniformWords(countingRandom(), 100_000);
	const small = createUniformWords(countingRandom(), 1);
	t.is(small.next(), 0x03020100);
	t.is(large.next(), 0x03020100);
	for (let i = 1; i < 40_000; i++) if (small.next() !== large.next()) t.fail(`word ${i}`);
});

test('no refill asks for more than a browser hands out', (t) => {
	const random = countingRandom();
	const words = createUniformWords(random, 1_000_000);
	for (let i = 0; i < 40_000; i++) words.next();
	t.deepEqual(random.sizes, [65_536, 65_536, 65_536]);
});

test('erasing overwrites the buffer and starts from fresh words', (t) => {
	const seen: Uint8Array[] = [];
	const words = createUniformWords({ fillInto: (bytes) => seen.push(bytes.fill(seen.length + 1)) }, 1);
	t.is(words.next(), 0x01010101);
	words.erase();
	t.true(seen[0].every((byte) => byte === 0));
	t.is(words.next(), 0x02020202);
});

test('an integer below 3 is rejected exactly where the product wraps low', (t) => {
	// 2^32 mod 3 = 1: of all words only w with 3 w mod 2^32 = 0 is rejected, that is w = 0.
	const words = wordsOf([0, 1, 0x5555_5555, 0x5555_5556, 0xaaaa_aaaa, 0xaaaa_aaab, 0xffff_ffff]);
	t.deepEqual(
		Array.from({ length: 6 }, () => words.below(3)),
		[0, 0, 1, 1, 2, 2],
	);
});

test('integers below n are uniform: no word count of a result differs from another', (t) => {
	// Each result r owns the words with floor(w n / 2^32) = r that pass; their number must be floor(2^32 / n) for all r.
	for (const n of [3, 257, 1000, 65_025]) {
		const excess = 2 ** 32 % n;
		for (const r of [0, 1, n >> 1, n - 1]) {
			const first = Math.ceil((r * 2 ** 32 + excess) / n);
			const last = Math.ceil(((r + 1) * 2 ** 32) / n) - 1;
			t.is(last - first + 1, Math.floor(2 ** 32 / n));
			const words = wordsOf([first, last]);
			t.is(words.below(n), r);
			t.is(words.below(n), r);
		}
	}
});

test('integers below 257 pass a chi-square', (t) => {
	const words = createUniformWords(seededRandom(1), 10_000);
	const counts = new Float64Array(257);
	const draws = 257 * 2000;
	for (let i = 0; i < draws; i++) counts[words.below(257)] += 1;
	const chiSquare = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
	// 256 degrees of freedom: 256 +- 4 sqrt(512)
	t.true(Math.abs(chiSquare - 256) < 4 * Math.sqrt(512), String(chiSquare));
});

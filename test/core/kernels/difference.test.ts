import test, { type ExecutionContext } from 'ava';
import type { DifferenceKernel } from '../../../src/core/kernels/difference.js';
import { referenceDifference } from '../../../src/core/kernels/difference-reference.js';
import { createWasmDifference } from '../../../src/core/kernels/difference-wasm.js';
import {
	CIPHER_MODULUS,
	PLAIN_MODULUS,
	POLYNOMIAL_BYTES,
	packedBytes,
	RING_DEGREE,
	SAMPLES_PER_CIPHERTEXT,
	SEEDED_WORD,
} from '../../../src/core/subtract/parameters.js';
import { seededBytes } from '../../helpers/seeded-bytes.js';

const builds: Record<string, () => Promise<DifferenceKernel>> = {
	reference: async () => referenceDifference,
	wasm: createWasmDifference,
};
const TAG_MODULUS = 2n ** 61n - 1n;

function words(word: (i: number) => bigint): Uint8Array {
	const bytes = new Uint8Array(POLYNOMIAL_BYTES);
	const view = new DataView(bytes.buffer);
	for (let i = 0; i < RING_DEGREE; i++) view.setBigUint64(8 * i, BigInt.asUintN(64, word(i)), true);
	return bytes;
}

function wordAt(bytes: Uint8Array, i: number): bigint {
	return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(8 * i, true);
}

/** Words below `bound` from a seed, with the edges in front. */
function anyWords(seed: number, bound: bigint): Uint8Array {
	const random = seededBytes(seed, POLYNOMIAL_BYTES);
	const edges = [0n, bound - 1n, bound / 2n, 1n, 1023n, 1024n, 1025n];
	return words((i) => {
		const value = edges[i] ?? wordAt(random, i);
		return value % bound;
	});
}

for (const [name, build] of Object.entries(builds)) {
	const kernelTest = (title: string, check: (t: ExecutionContext, kernel: DifferenceKernel) => void): void =>
		test(`${name}: ${title}`, async (t) => check(t, await build()));

	kernelTest('five samples make one word, the first in its lowest nine bits', (t, kernel) => {
		const out = new Uint8Array(POLYNOMIAL_BYTES);
		kernel.packSamplesInto(out, Uint8Array.of(1, 2, 3, 4, 255, 7));
		t.is(wordAt(out, 0), 1n + 2n * 512n + 3n * 512n ** 2n + 4n * 512n ** 3n + 255n * 512n ** 4n);
		t.is(wordAt(out, 1), 7n);
		t.is(wordAt(out, 2), 0n);
	});

	kernelTest('differences of any two pictures come back from packed words', (t, kernel) => {
		const black = new Uint8Array(SAMPLES_PER_CIPHERTEXT);
		const white = black.slice().fill(255);
		const [a, b] = [seededBytes(1, SAMPLES_PER_CIPHERTEXT), seededBytes(2, SAMPLES_PER_CIPHERTEXT)];
		const chess = black.map((_, i) => (i & 1) * 255);
		const pairs = [
			[black, white],
			[white, black],
			[a, b],
			[chess, chess.map((x) => 255 - x)],
			[a.subarray(0, 17), b.subarray(0, 17)],
		];
		for (const [first, second] of pairs) {
			const [x, y] = [new Uint8Array(POLYNOMIAL_BYTES), new Uint8Array(POLYNOMIAL_BYTES)];
			kernel.packSamplesInto(x, first);
			kernel.packSamplesInto(y, second);
			const mod = words((i) => (wordAt(x, i) - wordAt(y, i) + PLAIN_MODULUS) % PLAIN_MODULUS);
			const out = new Int16Array(first.length);
			t.true(kernel.unpackDifferencesInto(out, mod));
			t.deepEqual(
				out,
				Int16Array.from(first, (x, i) => x - second[i]),
			);
		}
	});

	kernelTest(
		'a digit outside -255..255, a word above t and an unused slot that is not zero are refused',
		(t, kernel) => {
			const all = new Int16Array(SAMPLES_PER_CIPHERTEXT);
			const few = new Int16Array(7);
			const at = (place: number, word: bigint): Uint8Array => words((i) => (i === place ? word : 0n));
			t.true(kernel.unpackDifferencesInto(all, at(0, 255n)));
			t.true(kernel.unpackDifferencesInto(all, at(0, PLAIN_MODULUS - 255n)));
			t.false(kernel.unpackDifferencesInto(all, at(0, 256n)));
			t.false(kernel.unpackDifferencesInto(all, at(RING_DEGREE - 1, PLAIN_MODULUS - 256n)));
			t.false(kernel.unpackDifferencesInto(all, at(3, 256n * 512n ** 4n)));
			t.false(kernel.unpackDifferencesInto(all, at(3, PLAIN_MODULUS / 2n)));
			t.false(kernel.unpackDifferencesInto(all, at(3, PLAIN_MODULUS)));
			t.false(kernel.unpackDifferencesInto(all, at(3, 2n ** 64n - 1n)));
			t.true(kernel.unpackDifferencesInto(few, at(1, 512n)));
			t.false(kernel.unpackDifferencesInto(few, at(1, 512n ** 2n)));
			t.false(kernel.unpackDifferencesInto(few, at(RING_DEGREE - 1, 1n)));
		},
	);

	kernelTest('rounding and restoring differ by half a unit at most', (t, kernel) => {
		const original = anyWords(3, CIPHER_MODULUS);
		const rounded = original.slice();
		kernel.roundInto(rounded, SEEDED_WORD.dropBits);
		const restored = rounded.slice();
		kernel.restoreInto(restored, SEEDED_WORD.dropBits);
		for (let i = 0; i < RING_DEGREE; i++) {
			t.true(wordAt(rounded, i) <= SEEDED_WORD.max);
			const off = wordAt(restored, i) - wordAt(original, i);
			t.true(off <= 1024n && off >= -1024n, `word ${i}: off by ${off}`);
		}
		const negative = words((i) => (i === 0 ? -1n : i === 1 ? -SEEDED_WORD.max : SEEDED_WORD.max));
		kernel.restoreInto(negative, SEEDED_WORD.dropBits);
		t.is(wordAt(negative, 0), CIPHER_MODULUS - 2048n);
		t.is(wordAt(negative, 1), 1n);
		t.is(wordAt(negative, 2), CIPHER_MODULUS - 1n);
	});

	kernelTest('words of every width come back from their bits, signed and unsigned', (t, kernel) => {
		const widths = name === 'reference' ? [1, 49, 60] : Array.from({ length: 60 }, (_, i) => i + 1);
		for (const bits of widths) {
			const original = anyWords(bits, 1n << BigInt(bits));
			const packed = new Uint8Array(packedBytes(bits));
			const back = new Uint8Array(POLYNOMIAL_BYTES);
			kernel.packWordsInto(packed, original, bits);
			t.true(kernel.unpackWordsInto(back, packed, bits, (1n << BigInt(bits)) - 1n));
			t.deepEqual(back, original, `${bits} bits`);
			const signed = words((i) => BigInt.asIntN(bits, wordAt(original, i)));
			t.true(kernel.unpackSignedInto(back, packed, bits, 1n << BigInt(bits)));
			t.deepEqual(back, signed, `${bits} bits, signed`);
		}
	});

	kernelTest('a value outside its range is refused wherever it stands', (t, kernel) => {
		const { bits, max } = SEEDED_WORD;
		const out = new Uint8Array(POLYNOMIAL_BYTES);
		const packed = new Uint8Array(packedBytes(bits));
		const wide = new Uint8Array(packedBytes(bits + 1));
		const zero = new Uint8Array(packedBytes(bits));
		for (const place of [0, 1, 4095]) {
			for (const [value, fits] of [
				[max, true],
				[max + 1n, false],
			] as const) {
				kernel.packWordsInto(
					packed,
					words((i) => (i === place ? value : 0n)),
					bits,
				);
				t.is(kernel.unpackWordsInto(out, packed, bits, max), fits);
				t.is(kernel.subtractInto(wide, packed, zero, bits, max), fits);
				t.is(kernel.subtractInto(wide, zero, packed, bits, max), fits);
				for (const sign of [1n, -1n]) {
					kernel.packWordsInto(
						wide,
						words((i) => (i === place ? sign * value : 0n)),
						bits + 1,
					);
					t.is(kernel.unpackSignedInto(out, wide, bits + 1, max), fits);
				}
			}
		}
	});

	kernelTest('packed words are subtracted exactly, and modulo q', (t, kernel) => {
		const { bits, max } = SEEDED_WORD;
		const [a, b] = [anyWords(5, max + 1n), anyWords(6, max + 1n)];
		const [x, y] = [new Uint8Array(packedBytes(bits)), new Uint8Array(packedBytes(bits))];
		kernel.packWordsInto(x, a, bits);
		kernel.packWordsInto(y, b, bits);
		const out = new Uint8Array(packedBytes(bits + 1));
		const back = new Uint8Array(POLYNOMIAL_BYTES);
		t.true(kernel.subtractInto(out, x, y, bits, max));
		t.true(kernel.unpackSignedInto(back, out, bits + 1, max));
		t.deepEqual(
			back,
			words((i) => wordAt(a, i) - wordAt(b, i)),
		);

		const [c, d] = [anyWords(7, CIPHER_MODULUS), anyWords(8, CIPHER_MODULUS)];
		const [u, v, w] = [0, 1, 2].map(() => new Uint8Array(packedBytes(60)));
		kernel.packWordsInto(u, c, 60);
		kernel.packWordsInto(v, d, 60);
		t.true(kernel.subtractModuloInto(w, u, v));
		t.true(kernel.unpackWordsInto(back, w, 60, CIPHER_MODULUS - 1n));
		t.deepEqual(
			back,
			words((i) => (wordAt(c, i) - wordAt(d, i) + CIPHER_MODULUS) % CIPHER_MODULUS),
		);
		kernel.packWordsInto(
			u,
			words(() => CIPHER_MODULUS),
			60,
		);
		t.false(kernel.subtractModuloInto(w, u, v));
		t.false(kernel.subtractModuloInto(w, v, u));
	});

	kernelTest('a tag is the sum of products modulo 2^61 - 1, and linear', (t, kernel) => {
		const multipliers = anyWords(9, TAG_MODULUS);
		const [a, b] = [anyWords(10, SEEDED_WORD.max), anyWords(11, SEEDED_WORD.max)];
		const difference = words((i) => wordAt(a, i) - wordAt(b, i));
		const [first, second] = [kernel.tag(multipliers, a), kernel.tag(multipliers, b)];
		t.is(first, referenceDifference.tag(multipliers, a));
		t.is((first - second + TAG_MODULUS) % TAG_MODULUS, kernel.tag(multipliers, difference));
		const edge = words(() => TAG_MODULUS - 1n);
		for (const value of [2n ** 50n - 1n, -(2n ** 50n), 0n, 1n, -1n]) {
			const all = words(() => value);
			t.is(kernel.tag(edge, all), referenceDifference.tag(edge, all));
		}
	});

	kernelTest('sealing is rounding, packing and tagging', (t, kernel) => {
		const [original, multipliers] = [anyWords(12, CIPHER_MODULUS), anyWords(13, TAG_MODULUS)];
		const [packed, expected] = [0, 1].map(() => new Uint8Array(packedBytes(SEEDED_WORD.bits)));
		const words = original.slice();
		const tag = kernel.sealInto(packed, words, multipliers, SEEDED_WORD);
		t.deepEqual(words, original);
		referenceDifference.roundInto(words, SEEDED_WORD.dropBits);
		referenceDifference.packWordsInto(expected, words, SEEDED_WORD.bits);
		t.deepEqual(packed, expected);
		t.is(tag, referenceDifference.tag(multipliers, words));
	});

	kernelTest('arrays of another length are refused', (t, kernel) => {
		const short = new Uint8Array(POLYNOMIAL_BYTES - 8);
		const whole = new Uint8Array(POLYNOMIAL_BYTES);
		t.throws(() => kernel.packSamplesInto(short, new Uint8Array(1)), { instanceOf: RangeError });
		t.throws(() => kernel.packSamplesInto(whole, new Uint8Array(SAMPLES_PER_CIPHERTEXT + 1)), {
			instanceOf: RangeError,
		});
		t.throws(() => kernel.packWordsInto(new Uint8Array(8), whole, 49), { instanceOf: RangeError });
		t.throws(() => kernel.tag(short, whole), { instanceOf: RangeError });
	});
}

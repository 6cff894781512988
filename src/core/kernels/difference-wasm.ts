import { CIPHER_MODULUS, POLYNOMIAL_BYTES, packedBytes, SAMPLES_PER_CIPHERTEXT } from '../subtract/parameters.js';
import { checkPacked, checkSampleCount, checkWords, type DifferenceKernel } from './difference.js';
import { loadKernel } from './load.js';
import { KernelMemory } from './memory.js';

/** The longest packed polynomial, 61 bits a value, and what reads and writes of whole words may touch behind it. */
const PACKED_BYTES = packedBytes(61) + 16;
const MEMORY_BYTES = 3 * POLYNOMIAL_BYTES + 3 * PACKED_BYTES + 3 * SAMPLES_PER_CIPHERTEXT + 1024;

interface Exports {
	packSamples(words: number, samples: number): void;
	unpackDifferences(differences: number, words: number, used: number): number;
	round(words: number, drop: bigint): void;
	restore(words: number, drop: bigint): void;
	packWords(packed: number, words: number, bits: number): void;
	unpackWords(words: number, packed: number, bits: number, max: bigint): number;
	unpackSigned(words: number, packed: number, bits: number, max: bigint): number;
	subtract(words: number, a: number, b: number): void;
	subtractModulo(words: number, a: number, b: number): void;
	tag(multipliers: number, words: number): bigint;
}

/**
 * The wasm build of `DifferenceKernel`, with 300 KB of memory of its own: arrays are copied in and out, a few
 * microseconds each. One build serves one thread.
 */
export async function createWasmDifference(): Promise<DifferenceKernel> {
	const memory = new KernelMemory(MEMORY_BYTES);
	const wasm = await loadKernel<Exports>('difference', memory.memory);
	const bytes = new Uint8Array(memory.memory.buffer);
	const [wordsAt, otherAt, multipliersAt] = [0, 1, 2].map(() => memory.allocate(POLYNOMIAL_BYTES));
	const [packedAt, secondAt, outAt] = [0, 1, 2].map(() => memory.allocate(PACKED_BYTES));
	const samplesAt = memory.allocate(SAMPLES_PER_CIPHERTEXT);
	const differencesAt = memory.allocate(2 * SAMPLES_PER_CIPHERTEXT);
	const differenceView = new Int16Array(memory.memory.buffer, differencesAt, SAMPLES_PER_CIPHERTEXT);
	const copyOut = (target: Uint8Array, at: number): void => target.set(bytes.subarray(at, at + target.length));

	return {
		packSamplesInto(words, samples) {
			checkWords(words);
			checkSampleCount(samples.length);
			bytes.set(samples, samplesAt);
			bytes.fill(0, samplesAt + samples.length, samplesAt + SAMPLES_PER_CIPHERTEXT);
			wasm.packSamples(wordsAt, samplesAt);
			copyOut(words, wordsAt);
		},
		unpackDifferencesInto(differences, words) {
			checkWords(words);
			checkSampleCount(differences.length);
			bytes.set(words, wordsAt);
			const fits = wasm.unpackDifferences(differencesAt, wordsAt, differences.length) === 1;
			differences.set(differenceView.subarray(0, differences.length));
			return fits;
		},
		roundInto(words, dropBits) {
			checkWords(words);
			bytes.set(words, wordsAt);
			wasm.round(wordsAt, BigInt(dropBits));
			copyOut(words, wordsAt);
		},
		restoreInto(words, dropBits) {
			checkWords(words);
			bytes.set(words, wordsAt);
			wasm.restore(wordsAt, BigInt(dropBits));
			copyOut(words, wordsAt);
		},
		packWordsInto(packed, words, bits) {
			checkWords(words);
			checkPacked(bits, packed);
			bytes.set(words, wordsAt);
			wasm.packWords(outAt, wordsAt, bits);
			copyOut(packed, outAt);
		},
		unpackWordsInto(words, packed, bits, max) {
			checkWords(words);
			checkPacked(bits, packed);
			bytes.set(packed, packedAt);
			const fits = wasm.unpackWords(wordsAt, packedAt, bits, max) === 1;
			copyOut(words, wordsAt);
			return fits;
		},
		unpackSignedInto(words, packed, bits, max) {
			checkWords(words);
			checkPacked(bits, packed);
			bytes.set(packed, packedAt);
			const fits = wasm.unpackSigned(wordsAt, packedAt, bits, max) === 1;
			copyOut(words, wordsAt);
			return fits;
		},
		subtractInto(packed, a, b, bits, max) {
			checkPacked(bits, a, b);
			checkPacked(bits + 1, packed);
			bytes.set(a, packedAt);
			bytes.set(b, secondAt);
			const firstFits = wasm.unpackWords(wordsAt, packedAt, bits, max);
			const secondFits = wasm.unpackWords(otherAt, secondAt, bits, max);
			wasm.subtract(wordsAt, wordsAt, otherAt);
			wasm.packWords(outAt, wordsAt, bits + 1);
			copyOut(packed, outAt);
			return (firstFits & secondFits) === 1;
		},
		subtractModuloInto(packed, a, b) {
			checkPacked(60, packed, a, b);
			bytes.set(a, packedAt);
			bytes.set(b, secondAt);
			const firstFits = wasm.unpackWords(wordsAt, packedAt, 60, CIPHER_MODULUS - 1n);
			const secondFits = wasm.unpackWords(otherAt, secondAt, 60, CIPHER_MODULUS - 1n);
			wasm.subtractModulo(wordsAt, wordsAt, otherAt);
			wasm.packWords(outAt, wordsAt, 60);
			copyOut(packed, outAt);
			return (firstFits & secondFits) === 1;
		},
		tag(multipliers, words) {
			checkWords(multipliers, words);
			bytes.set(multipliers, multipliersAt);
			bytes.set(words, wordsAt);
			return wasm.tag(multipliersAt, wordsAt);
		},
		sealInto(packed, words, multipliers, { bits, dropBits }) {
			checkWords(multipliers, words);
			checkPacked(bits, packed);
			bytes.set(multipliers, multipliersAt);
			bytes.set(words, wordsAt);
			wasm.round(wordsAt, BigInt(dropBits));
			wasm.packWords(outAt, wordsAt, bits);
			copyOut(packed, outAt);
			return wasm.tag(multipliersAt, wordsAt);
		},
	};
}

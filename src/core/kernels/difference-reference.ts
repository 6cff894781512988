import { CIPHER_MODULUS, DIGIT_BITS, PLAIN_MODULUS, SAMPLES_PER_COEFFICIENT } from '../subtract/parameters.js';
import { checkPacked, checkSampleCount, checkWords, type DifferenceKernel } from './difference.js';

const TAG_MODULUS = 2n ** 61n - 1n;
const DIGIT = 2n ** BigInt(DIGIT_BITS);

/** The specification of `DifferenceKernel`, in whole numbers of any size. */
export const referenceDifference: DifferenceKernel = {
	packSamplesInto(words, samples) {
		checkWords(words);
		checkSampleCount(samples.length);
		putWords(words, (i) => {
			let word = 0n;
			for (let j = SAMPLES_PER_COEFFICIENT - 1; j >= 0; j--) {
				word = word * DIGIT + BigInt(samples[SAMPLES_PER_COEFFICIENT * i + j] ?? 0);
			}
			return word;
		});
	},
	unpackDifferencesInto(differences, words) {
		checkWords(words);
		checkSampleCount(differences.length);
		let fits = true;
		wordsOf(words).forEach((word, i) => {
			let rest = word > PLAIN_MODULUS / 2n ? word - PLAIN_MODULUS : word;
			fits &&= word < PLAIN_MODULUS;
			for (let j = 0; j < SAMPLES_PER_COEFFICIENT; j++) {
				const digit = modulo(rest + 255n, DIGIT) - 255n;
				rest = (rest - digit) / DIGIT;
				const index = SAMPLES_PER_COEFFICIENT * i + j;
				fits &&= digit <= 255n && (digit === 0n || index < differences.length);
				if (index < differences.length) differences[index] = Number(digit);
			}
			fits &&= rest === 0n;
		});
		return fits;
	},
	roundInto(words, dropBits) {
		checkWords(words);
		const unit = 2n ** BigInt(dropBits);
		const values = wordsOf(words);
		putWords(words, (i) => (values[i] + unit / 2n) / unit);
	},
	restoreInto(words, dropBits) {
		checkWords(words);
		const values = signedWordsOf(words);
		putWords(words, (i) => modulo(values[i] * 2n ** BigInt(dropBits), CIPHER_MODULUS));
	},
	packWordsInto(packed, words, bits) {
		checkWords(words);
		checkPacked(bits, packed);
		putBits(packed, wordsOf(words), bits);
	},
	unpackWordsInto(words, packed, bits, max) {
		checkWords(words);
		checkPacked(bits, packed);
		const values = bitsOf(packed, bits);
		putWords(words, (i) => values[i]);
		return values.every((value) => value <= max);
	},
	unpackSignedInto(words, packed, bits, max) {
		checkWords(words);
		checkPacked(bits, packed);
		const values = bitsOf(packed, bits).map((value) => BigInt.asIntN(bits, value));
		putWords(words, (i) => BigInt.asUintN(64, values[i]));
		return values.every((value) => value <= max && value >= -max);
	},
	subtractInto(packed, a, b, bits, max) {
		checkPacked(bits, a, b);
		checkPacked(bits + 1, packed);
		const [first, second] = [bitsOf(a, bits), bitsOf(b, bits)];
		putBits(
			packed,
			first.map((value, i) => value - second[i]),
			bits + 1,
		);
		return [...first, ...second].every((value) => value <= max);
	},
	subtractModuloInto(packed, a, b) {
		checkPacked(60, packed, a, b);
		const [first, second] = [bitsOf(a, 60), bitsOf(b, 60)];
		putBits(
			packed,
			first.map((value, i) => modulo(value - second[i], CIPHER_MODULUS)),
			60,
		);
		return [...first, ...second].every((value) => value < CIPHER_MODULUS);
	},
	tag(multipliers, words) {
		checkWords(multipliers, words);
		const factors = wordsOf(multipliers);
		const sum = signedWordsOf(words).reduce((total, word, i) => total + word * factors[i], 0n);
		return modulo(sum, TAG_MODULUS);
	},
	sealInto(packed, words, multipliers, { bits, dropBits }) {
		const rounded = words.slice();
		this.roundInto(rounded, dropBits);
		this.packWordsInto(packed, rounded, bits);
		return this.tag(multipliers, rounded);
	},
};

function modulo(value: bigint, modulus: bigint): bigint {
	return ((value % modulus) + modulus) % modulus;
}

function wordsOf(words: Uint8Array): bigint[] {
	const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
	return Array.from({ length: words.length / 8 }, (_, i) => view.getBigUint64(8 * i, true));
}

function signedWordsOf(words: Uint8Array): bigint[] {
	return wordsOf(words).map((word) => BigInt.asIntN(64, word));
}

function putWords(words: Uint8Array, word: (i: number) => bigint): void {
	const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
	for (let i = 0; i < words.length / 8; i++) view.setBigUint64(8 * i, word(i), true);
}

function putBits(packed: Uint8Array, values: readonly bigint[], bits: number): void {
	packed.fill(0);
	values.forEach((value, i) => {
		for (let bit = 0; bit < bits; bit++) {
			const at = i * bits + bit;
			packed[at >> 3] |= Number((value >> BigInt(bit)) & 1n) << (at & 7);
		}
	});
}

function bitsOf(packed: Uint8Array, bits: number): bigint[] {
	return Array.from({ length: (packed.length * 8) / bits }, (_, i) => {
		let value = 0n;
		for (let bit = bits - 1; bit >= 0; bit--) {
			const at = i * bits + bit;
			value = (value << 1n) | BigInt((packed[at >> 3] >> (at & 7)) & 1);
		}
		return value;
	});
}

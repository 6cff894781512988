import type { DifferenceKernel } from '../kernels/difference.js';
import { createWasmDifference } from '../kernels/difference-wasm.js';
import { type Bfv, type BfvDecryptor, openBfv } from './bfv.js';
import {
	type PictureShape,
	POLYNOMIAL_BYTES,
	PUBLIC_FIRST_WORD,
	PUBLIC_SECOND_WORD,
	SAMPLES_PER_CIPHERTEXT,
	SEEDED_WORD,
	sampleCount,
} from './parameters.js';
import { PUBLIC_DIFFERENCE, PUBLIC_FRAME, SYMMETRIC_DIFFERENCE, SYMMETRIC_FRAME, splitRecord } from './records.js';
import { addTags, deriveTagKey, putTag } from './tags.js';
import type { VctHeader } from './vct-header.js';
import { verifyRecordInto } from './verify.js';

/** What encrypts or decrypts: words of a secret key, or a public key. */
export type Credential =
	| { readonly kind: 'secret'; readonly secret: Uint8Array }
	| { readonly kind: 'public'; readonly publicKey: Uint8Array };

/** A frame to encrypt: its shape, and the id that its file will have. */
export interface FrameIdentity {
	readonly shape: PictureShape;
	readonly id: Uint8Array;
}

/** Encrypts and decrypts ciphertext by ciphertext, on one thread, with one key. Holds SEAL objects until it is closed. */
export interface Engine {
	/**
	 * The record of ciphertext `index` of a frame, of the samples that it carries. Every call has fresh randomness of
	 * SEAL's: the same samples make another record.
	 */
	encryptRecord(frame: FrameIdentity, index: number, samples: Uint8Array): Uint8Array;
	/**
	 * The differences that ciphertext `index` of the difference in `header` carries. Null, for whatever reason: when its
	 * tag does not fit (then nothing is decrypted), or its plaintext is no difference of two pictures.
	 */
	decryptRecord(header: VctHeader, record: Uint8Array, index: number): Int16Array | null;
	close(): void;
}

/** Throws: DataError for a key that SEAL refuses; BugError when SEAL cannot be used. */
export async function createEngine(credential: Credential): Promise<Engine> {
	const [bfv, kernel] = await Promise.all([openBfv(), createWasmDifference()]);
	try {
		return credential.kind === 'secret'
			? secretEngine(bfv, kernel, credential.secret)
			: publicEngine(bfv, kernel, credential.publicKey);
	} catch (error) {
		bfv.close();
		throw error;
	}
}

/** How many samples ciphertext `index` of a picture carries. */
export function samplesIn(shape: PictureShape, index: number): number {
	return Math.min(SAMPLES_PER_CIPHERTEXT, sampleCount(shape) - index * SAMPLES_PER_CIPHERTEXT);
}

function secretEngine(bfv: Bfv, kernel: DifferenceKernel, secret: Uint8Array): Engine {
	const encryptor = bfv.seededEncryptor(secret);
	// most engines do one of the two only
	let decryptor: BfvDecryptor | undefined;
	const decryptorOf = (): BfvDecryptor => {
		decryptor ??= bfv.decryptor(secret);
		return decryptor;
	};
	const tagKey = deriveTagKey(secret);
	const words = new Uint8Array(POLYNOMIAL_BYTES);
	return {
		encryptRecord({ id, shape }, index, samples) {
			kernel.packSamplesInto(words, samples);
			const { first, seed } = encryptor.encrypt(words);
			const record = new Uint8Array(SYMMETRIC_FRAME.bytes);
			const [seedPart, , wordsPart] = splitRecord(record, SYMMETRIC_FRAME);
			seedPart.set(seed);
			const sum = kernel.sealInto(wordsPart, first, tagKey.multipliers, SEEDED_WORD);
			putTag(record, SYMMETRIC_FRAME.parts[1].at, addTags(sum, tagKey.mask({ id, shape, index, seed })));
			return record;
		},
		decryptRecord(header, record, index) {
			const differences = new Int16Array(samplesIn(header.shape, index));
			if (header.scheme === 'symmetric') {
				const [seedA, seedB] = splitRecord(record, SYMMETRIC_DIFFERENCE);
				if (!verifyRecordInto(words, kernel, tagKey, header, record, index)) return null;
				kernel.restoreInto(words, SEEDED_WORD.dropBits);
				const plain = decryptorOf().decryptSeeded(words, [seedA, seedB]);
				return kernel.unpackDifferencesInto(differences, plain) ? differences : null;
			}
			const [first, second] = splitRecord(record, PUBLIC_DIFFERENCE);
			const { bits, max, dropBits } = PUBLIC_FIRST_WORD;
			if (!kernel.unpackSignedInto(words, first, bits + 1, max)) return null;
			kernel.restoreInto(words, dropBits);
			const other = new Uint8Array(POLYNOMIAL_BYTES);
			if (!kernel.unpackWordsInto(other, second, PUBLIC_SECOND_WORD.bits, PUBLIC_SECOND_WORD.max)) return null;
			const plain = decryptorOf().decryptFull(words, other);
			return kernel.unpackDifferencesInto(differences, plain) ? differences : null;
		},
		close() {
			decryptor?.close();
			encryptor.close();
			bfv.close();
		},
	};
}

function publicEngine(bfv: Bfv, kernel: DifferenceKernel, publicKey: Uint8Array): Engine {
	const encryptor = bfv.fullEncryptor(publicKey);
	const words = new Uint8Array(POLYNOMIAL_BYTES);
	return {
		encryptRecord(_frame, _index, samples) {
			kernel.packSamplesInto(words, samples);
			const { first, second } = encryptor.encrypt(words);
			kernel.roundInto(first, PUBLIC_FIRST_WORD.dropBits);
			const record = new Uint8Array(PUBLIC_FRAME.bytes);
			const [firstPart, secondPart] = splitRecord(record, PUBLIC_FRAME);
			kernel.packWordsInto(firstPart, first, PUBLIC_FIRST_WORD.bits);
			kernel.packWordsInto(secondPart, second, PUBLIC_SECOND_WORD.bits);
			return record;
		},
		decryptRecord() {
			throw new TypeError('credential: expected a secret key to decrypt, got a public one');
		},
		close() {
			encryptor.close();
			bfv.close();
		},
	};
}

import { BugError, DataError } from '../../errors.js';
import { movedLayout } from '../bfv-context.js';
import { type Context, loadSeal, type SEALLibrary, sealRefuses, withSealObjects } from '../seal.js';
import { createMotionContext, cutLayout, type MotionLayout } from './context.js';
import { COMPONENT_BYTES, EVALUATION_KEY_BYTES, FRAME_RECORD_BYTES, MOTION_DEGREE } from './parameters.js';
import { join, wordsInRange } from './words.js';

/** Encrypts slots under a secret polynomial. */
export interface MotionEncryptor {
	/** What a server needs to multiply under this key; each time another one. */
	createEvaluationKey(): Uint8Array;
	/** Range: values below the plaintext modulus. Shape: 8192 slots. */
	encrypt(values: Uint32Array): Uint8Array;
	close(): void;
}

/** Adds up squares of differences of ciphertexts. Holds no secret. */
export interface MotionScorer {
	/** Throws: DataError for a record with words out of range, or two made from one seed. */
	add(a: Uint8Array, b: Uint8Array): void;
	/** The score of what was added since the last one. */
	finish(): Uint8Array;
	close(): void;
}

export interface MotionDecryptor {
	/** The slots of a score; null for words out of range, and where the noise has swallowed the message. */
	decrypt(score: Uint8Array): Uint32Array | null;
	close(): void;
}

/** SEAL's BFV for one plaintext modulus, in words. Holds SEAL objects until it is closed. */
export interface MotionBfv {
	encryptor(secret: Int8Array): MotionEncryptor;
	/** Throws: DataError for bytes that are no evaluation key. */
	scorer(evaluationKey: Uint8Array): MotionScorer;
	decryptor(secret: Int8Array): MotionDecryptor;
	close(): void;
}

/** Throws: BugError when SEAL cannot be loaded, or saves in another layout than was measured. */
export async function openMotionBfv(plainModulus: bigint): Promise<MotionBfv> {
	const seal = await loadSeal();
	const context = createMotionContext(seal, plainModulus);
	try {
		const bfv = motionBfvOn(seal, context, measureLayout(seal, context), plainModulus);
		selfTest(bfv);
		return bfv;
	} catch (error) {
		context.delete();
		throw error;
	}
}

/** The saved forms of this context, of objects under a throw-away key. */
function measureLayout(seal: SEALLibrary, context: Context): MotionLayout {
	return withSealObjects((keep) => {
		const { none } = seal.ComprModeType;
		const encoder = keep(seal.BatchEncoder(context));
		const generator = keep(seal.KeyGenerator(context));
		const encryptor = keep(seal.Encryptor(context, keep(generator.createPublicKey()), keep(generator.secretKey())));
		const plain = keep(seal.PlainText());
		encoder.encode(
			Uint32Array.from({ length: MOTION_DEGREE }, (_, i) => i),
			plain,
		);
		const cipher = keep(seal.CipherText());
		const frame = keep(encryptor.encryptSymmetricSerializable(plain)).saveArray(none);
		encryptor.encryptSymmetric(plain, cipher);
		keep(seal.Evaluator(context)).cipherModSwitchToNext(cipher, cipher);
		return cutLayout({
			plain: plain.saveArray(none),
			frame,
			score: cipher.saveArray(none),
			evaluationKey: keep(generator.createRelinKeysSerializable()).saveArray(none),
		});
	});
}

function motionBfvOn(seal: SEALLibrary, context: Context, layout: MotionLayout, plainModulus: bigint): MotionBfv {
	const { none } = seal.ComprModeType;
	/** SEAL keeps a key as the transform of its polynomial modulo all three primes: it makes it from a plaintext. */
	const secretKey = (secret: Int8Array): ReturnType<SEALLibrary['SecretKey']> =>
		withSealObjects((keep) => {
			const words = BigUint64Array.from(secret, (coefficient) =>
				coefficient < 0 ? plainModulus - 1n : BigInt(coefficient),
			);
			const plain = keep(seal.PlainText());
			plain.loadArray(context, layout.plain.writer()(new Uint8Array(words.buffer)));
			keep(seal.Evaluator(context)).plainTransformToNtt(plain, context.keyParmsId, plain);
			const key = seal.SecretKey();
			key.loadArray(context, Uint8Array.from(plain.saveArray(none)));
			return key;
		});
	return {
		encryptor(secret) {
			const key = secretKey(secret);
			const generator = seal.KeyGenerator(context, key);
			const publicKey = generator.createPublicKey();
			const encryptor = seal.Encryptor(context, publicKey, key);
			const encoder = seal.BatchEncoder(context);
			const plain = seal.PlainText();
			return {
				createEvaluationKey: () =>
					withSealObjects((keep) =>
						join(layout.evaluationKey.partsOf(keep(generator.createRelinKeysSerializable()).saveArray(none))),
					),
				encrypt: (values) =>
					withSealObjects((keep) => {
						encoder.encode(values, plain);
						return join(layout.frame.partsOf(keep(encryptor.encryptSymmetricSerializable(plain)).saveArray(none)));
					}),
				close: () => deleteAll(plain, encoder, encryptor, publicKey, generator, key),
			};
		},
		scorer(evaluationKey) {
			const words = 3 * COMPONENT_BYTES;
			const half = EVALUATION_KEY_BYTES / 2;
			const halves = [evaluationKey.subarray(0, half), evaluationKey.subarray(half)];
			const parts = halves.flatMap((each) => [each.subarray(0, words), each.subarray(words)]);
			if (
				evaluationKey.length !== EVALUATION_KEY_BYTES ||
				!halves.every((each) => wordsInRange(each.subarray(0, words), 3))
			) {
				throw outOfRange();
			}
			const keys = seal.RelinKeys();
			sealRefuses('the evaluation key', () => keys.loadArray(context, layout.evaluationKey.writer()(...parts)));
			const evaluator = seal.Evaluator(context);
			const [first, second, square] = [seal.CipherText(), seal.CipherText(), seal.CipherText()];
			let sum: typeof square | null = null;
			const [savedA, savedB] = [layout.frame.writer(), layout.frame.writer()];
			return {
				add(a, b) {
					const [wordsA, seedA] = splitFrame(a);
					const [wordsB, seedB] = splitFrame(b);
					if (Buffer.compare(seedA, seedB) === 0) throw sameRandomness();
					sealRefuses('a ciphertext', () => {
						first.loadArray(context, savedA(wordsA, seedA));
						second.loadArray(context, savedB(wordsB, seedB));
						evaluator.sub(first, second, first);
						evaluator.square(first, square);
						if (sum === null) sum = square.clone();
						else evaluator.add(sum, square, sum);
					});
				},
				finish() {
					const total = sum;
					if (total === null) throw new RangeError('score: expected ciphertexts to be added first');
					sum = null;
					try {
						evaluator.relinearize(total, keys, total);
						evaluator.cipherModSwitchToNext(total, total);
						return layout.score.partsOf(total.saveArray(none))[0].slice();
					} finally {
						total.delete();
					}
				},
				close: () => deleteAll(...(sum === null ? [] : [sum]), square, second, first, evaluator, keys),
			};
		},
		decryptor(secret) {
			const key = secretKey(secret);
			const decryptor = seal.Decryptor(context, key);
			const encoder = seal.BatchEncoder(context);
			const [cipher, plain] = [seal.CipherText(), seal.PlainText()];
			const saved = layout.score.writer();
			return {
				decrypt(score) {
					if (!wordsInRange(score, 1)) return null;
					cipher.loadArray(context, saved(score));
					if (decryptor.invariantNoiseBudget(cipher) <= 0) return null;
					decryptor.decrypt(cipher, plain);
					return Uint32Array.from(encoder.decode(plain, false));
				},
				close: () => deleteAll(plain, cipher, encoder, decryptor, key),
			};
		},
		close: () => context.delete(),
	};
}

function splitFrame(record: Uint8Array): [Uint8Array, Uint8Array] {
	const words = record.subarray(0, 2 * COMPONENT_BYTES);
	if (record.length !== FRAME_RECORD_BYTES || !wordsInRange(words, 2)) throw outOfRange();
	return [words, record.subarray(2 * COMPONENT_BYTES)];
}

/** Two known ciphertexts through every saved form. Throws: BugError unless the score is what it should be. */
function selfTest(bfv: MotionBfv): void {
	const secret = Int8Array.from({ length: MOTION_DEGREE }, (_, i) => (i % 3) - 1);
	const [a, b] = [
		Uint32Array.from({ length: MOTION_DEGREE }, (_, i) => i % 251),
		Uint32Array.from({ length: MOTION_DEGREE }, (_, i) => i % 127),
	];
	const encryptor = bfv.encryptor(secret);
	const scorer = bfv.scorer(encryptor.createEvaluationKey());
	const decryptor = bfv.decryptor(secret);
	try {
		scorer.add(encryptor.encrypt(a), encryptor.encrypt(b));
		const slots = decryptor.decrypt(scorer.finish());
		if (slots?.every((slot, i) => slot === (a[i] - b[i]) ** 2) !== true) throw movedLayout('a ciphertext');
	} catch (cause) {
		throw cause instanceof BugError ? cause : movedLayout('a ciphertext');
	} finally {
		deleteOpened(decryptor, scorer, encryptor);
	}
}

function deleteAll(...objects: readonly { readonly delete: () => void }[]): void {
	for (const object of objects) object.delete();
}

function deleteOpened(...opened: readonly { readonly close: () => void }[]): void {
	for (const each of opened) each.close();
}

function outOfRange(): DataError {
	return new DataError('out-of-range', 'a ciphertext has a value outside its range', {
		hint: 'One of the files was not made by veilcam encrypt --blocks, or is damaged.',
	});
}

function sameRandomness(): DataError {
	return new DataError('same-seed', 'two ciphertexts were made from one seed: anybody could read their difference', {
		hint: 'Encrypt the pictures again.',
	});
}

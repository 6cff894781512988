import { createBfvContext } from './bfv-context.js';
import { type BfvLayout, measureLayout } from './bfv-layout.js';
import { POLYNOMIAL_BYTES, SEED_BYTES } from './parameters.js';
import { type Context, loadSeal, type SEALLibrary, sealRefuses, withSealObjects } from './seal.js';

/** Bytes of a public key: its first polynomial, and the seed of the second. */
export const PUBLIC_KEY_BYTES = POLYNOMIAL_BYTES + SEED_BYTES;

export interface BfvKeys {
	/** Words of the secret polynomial. */
	readonly secret: Uint8Array;
	readonly publicKey: Uint8Array;
}

/** Encrypts under a secret key: the first polynomial, and a fresh seed for the second. Used by one thread. */
export interface SeededEncryptor {
	encrypt(plainWords: Uint8Array): { readonly first: Uint8Array; readonly seed: Uint8Array };
	close(): void;
}

/** Encrypts under a public key: both polynomials. */
export interface FullEncryptor {
	encrypt(plainWords: Uint8Array): { readonly first: Uint8Array; readonly second: Uint8Array };
	close(): void;
}

export interface BfvDecryptor {
	/** Plaintext words of a ciphertext whose second polynomial is that of one seed minus that of the other. */
	decryptSeeded(first: Uint8Array, seeds: readonly [Uint8Array, Uint8Array]): Uint8Array;
	/** Plaintext words of a ciphertext in two polynomials. */
	decryptFull(first: Uint8Array, second: Uint8Array): Uint8Array;
	close(): void;
}

/**
 * SEAL's BFV under the parameters of subtraction, in words. It is opened once per thread (about 100 ms) and holds SEAL
 * objects until it is closed.
 */
export interface Bfv {
	/** Fresh keys; SEAL takes its randomness from the system. */
	createKeys(): BfvKeys;
	/** Throws: DataError for words that are no key. */
	seededEncryptor(secret: Uint8Array): SeededEncryptor;
	/** Throws: DataError for bytes that are no key. */
	fullEncryptor(publicKey: Uint8Array): FullEncryptor;
	/** Throws: DataError for words that are no key. */
	decryptor(secret: Uint8Array): BfvDecryptor;
	close(): void;
}

/** Throws: BugError when SEAL cannot be loaded, or saves in another layout than was measured. */
export async function openBfv(): Promise<Bfv> {
	const seal = await loadSeal();
	const context = createBfvContext(seal);
	try {
		return bfvOn(seal, context, measureLayout(seal, context));
	} catch (error) {
		context.delete();
		throw error;
	}
}

function bfvOn(seal: SEALLibrary, context: Context, layout: BfvLayout): Bfv {
	const { none } = seal.ComprModeType;
	const secretKey = (secret: Uint8Array): ReturnType<SEALLibrary['SecretKey']> => {
		const key = seal.SecretKey();
		sealRefuses('the secret key', () => key.loadArray(context, layout.secret.writer()(secret)));
		return key;
	};
	const publicKeyFrom = (bytes: Uint8Array): ReturnType<SEALLibrary['PublicKey']> => {
		const key = seal.PublicKey();
		const saved = layout.publicKey.writer()(bytes.subarray(0, POLYNOMIAL_BYTES), bytes.subarray(POLYNOMIAL_BYTES));
		sealRefuses('the public key', () => key.loadArray(context, saved));
		return key;
	};
	return {
		createKeys: () =>
			withSealObjects((keep) => {
				const generator = keep(seal.KeyGenerator(context));
				const [secret] = layout.secret.partsOf(keep(generator.secretKey()).saveArray(none));
				const saved = keep(generator.createPublicKeySerializable()).saveArray(none);
				const [first, seed] = layout.publicKey.partsOf(saved);
				return { secret: secret.slice(), publicKey: Uint8Array.from([...first, ...seed]) };
			}),
		seededEncryptor(secret) {
			const key = secretKey(secret);
			// SEAL wants one to make an encryptor, and does not use it when it encrypts under the secret key
			const noPublicKey = publicKeyFrom(new Uint8Array(PUBLIC_KEY_BYTES));
			const encryptor = seal.Encryptor(context, noPublicKey, key);
			const plain = seal.PlainText();
			const savedPlain = layout.plain.writer();
			return {
				encrypt: (plainWords) =>
					withSealObjects((keep) => {
						plain.loadArray(context, savedPlain(plainWords));
						const [first, seed] = layout.seeded.partsOf(
							keep(encryptor.encryptSymmetricSerializable(plain)).saveArray(none),
						);
						return { first, seed };
					}),
				close: () => deleteAll(plain, encryptor, noPublicKey, key),
			};
		},
		fullEncryptor(publicKey) {
			const key = publicKeyFrom(publicKey);
			const encryptor = seal.Encryptor(context, key);
			const [plain, cipher] = [seal.PlainText(), seal.CipherText()];
			const savedPlain = layout.plain.writer();
			return {
				encrypt(plainWords) {
					plain.loadArray(context, savedPlain(plainWords));
					encryptor.encrypt(plain, cipher);
					const [first, second] = layout.full.partsOf(cipher.saveArray(none));
					return { first, second };
				},
				close: () => deleteAll(cipher, plain, encryptor, key),
			};
		},
		decryptor(secret) {
			const key = secretKey(secret);
			const decryptor = seal.Decryptor(context, key);
			const evaluator = seal.Evaluator(context);
			const [a, b, plain] = [seal.CipherText(), seal.CipherText(), seal.PlainText()];
			const zeros = new Uint8Array(POLYNOMIAL_BYTES);
			const [savedSeeded, savedFull] = [layout.seeded.writer(), layout.full.writer()];
			const wordsOf = (cipher: typeof a): Uint8Array => {
				decryptor.decrypt(cipher, plain);
				return layout.plain.partsOf(plain.saveArray(none))[0];
			};
			return {
				decryptSeeded: (first, seeds) =>
					sealRefuses('a ciphertext', () => {
						a.loadArray(context, savedSeeded(first, seeds[0]));
						b.loadArray(context, savedSeeded(zeros, seeds[1]));
						evaluator.sub(a, b, a);
						return wordsOf(a);
					}),
				decryptFull: (first, second) =>
					sealRefuses('a ciphertext', () => {
						a.loadArray(context, savedFull(first, second));
						return wordsOf(a);
					}),
				close: () => deleteAll(plain, b, a, evaluator, decryptor, key),
			};
		},
		close: () => context.delete(),
	};
}

function deleteAll(...objects: readonly { readonly delete: () => void }[]): void {
	for (const object of objects) object.delete();
}

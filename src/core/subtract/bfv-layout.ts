import { movedLayout } from './bfv-context.js';
import { CIPHER_MODULUS, PLAIN_MODULUS, POLYNOMIAL_BYTES, RING_DEGREE, SEED_BYTES } from './parameters.js';
import { blank, CIPHER_AT, type Piece, PLAIN_AT, type SavedForm, SEED_BLOCK_BYTES, savedForm } from './saved-form.js';
import { type Context, type SEALLibrary, withSealObjects } from './seal.js';

const SEED_AT = CIPHER_AT + POLYNOMIAL_BYTES + SEED_BLOCK_BYTES - SEED_BYTES;
const SEEDED_BYTES = SEED_AT + SEED_BYTES;

/** The saved forms of everything that crosses SEAL's border. */
export interface BfvLayout {
	/** Part: words of the plaintext. */
	readonly plain: SavedForm;
	/** Parts: words of the first polynomial, seed of the second. */
	readonly seeded: SavedForm;
	/** Parts: words of both polynomials. */
	readonly full: SavedForm;
	/** Part: words of the key. */
	readonly secret: SavedForm;
	/** Parts: as of a seeded ciphertext. */
	readonly publicKey: SavedForm;
}

/** A plaintext's saved form is as long as its last non-zero coefficient wants. */
function plainForm(template: Uint8Array): SavedForm {
	return {
		...savedForm(template, [PLAIN_AT, POLYNOMIAL_BYTES]),
		partsOf(saved) {
			if (saved.length < PLAIN_AT || saved.length > template.length) throw movedLayout('a plaintext');
			const words = new Uint8Array(POLYNOMIAL_BYTES);
			words.set(saved.subarray(PLAIN_AT));
			return [words];
		},
	};
}

/**
 * Measures the saved forms against a ciphertext under a throw-away key, whose plaintext is known.
 * Throws: BugError unless every offset is where it should be: nothing is patched on a guess.
 */
export function measureLayout(seal: SEALLibrary, context: Context): BfvLayout {
	return withSealObjects((keep) => {
		const { none } = seal.ComprModeType;
		const encoder = keep(seal.BatchEncoder(context));
		// all slots different: no coefficient at the end is zero, and the form has its full length
		const encoded = keep(
			encoder.encode(BigInt64Array.from({ length: RING_DEGREE }, (_, i) => BigInt(i))) ?? keepNone(),
		);
		const plainTemplate = encoded.saveArray(none);
		if (plainTemplate.length !== PLAIN_AT + POLYNOMIAL_BYTES) throw movedLayout('a plaintext');
		const plain = plainForm(Uint8Array.from(plainTemplate));

		const known = new Uint8Array(POLYNOMIAL_BYTES);
		known.set([5, 0, 0, 0, 0, 0, 0, 0, 7]);
		known[POLYNOMIAL_BYTES - 8] = 9;
		const text = keep(seal.PlainText());
		text.loadArray(context, plain.writer()(known));
		if (text.toPolynomial() !== `9x^${RING_DEGREE - 1} + 7x^1 + 5`) throw movedLayout('a plaintext');

		const generator = keep(seal.KeyGenerator(context));
		const secretKey = keep(generator.secretKey());
		const publicTemplate = keep(generator.createPublicKeySerializable()).saveArray(none);
		const publicKey = keep(seal.PublicKey());
		publicKey.loadArray(context, Uint8Array.from(publicTemplate));
		const encryptor = keep(seal.Encryptor(context, publicKey, secretKey));
		const decryptor = keep(seal.Decryptor(context, secretKey));
		const seededTemplate = keep(encryptor.encryptSymmetricSerializable(text)).saveArray(none);
		const cipher = keep(seal.CipherText());
		cipher.loadArray(context, Uint8Array.from(seededTemplate));
		const fullTemplate = cipher.saveArray(none);
		const secretTemplate = secretKey.saveArray(none);
		const lengths: Piece[] = [
			[seededTemplate.length, SEEDED_BYTES],
			[fullTemplate.length, CIPHER_AT + 2 * POLYNOMIAL_BYTES],
			[secretTemplate.length, PLAIN_AT + POLYNOMIAL_BYTES],
			[publicTemplate.length, SEEDED_BYTES],
		];
		if (lengths.some(([got, expected]) => got !== expected)) throw movedLayout('a ciphertext');

		const seededPieces: Piece[] = [
			[CIPHER_AT, POLYNOMIAL_BYTES],
			[SEED_AT, SEED_BYTES],
		];
		const layout: BfvLayout = {
			plain,
			seeded: savedForm(blank(seededTemplate, seededPieces), ...seededPieces),
			full: savedForm(
				Uint8Array.from(fullTemplate),
				[CIPHER_AT, POLYNOMIAL_BYTES],
				[CIPHER_AT + POLYNOMIAL_BYTES, POLYNOMIAL_BYTES],
			),
			secret: savedForm(blank(secretTemplate, [[PLAIN_AT, POLYNOMIAL_BYTES]]), [PLAIN_AT, POLYNOMIAL_BYTES]),
			publicKey: savedForm(blank(publicTemplate, seededPieces), ...seededPieces),
		};

		const [first, seed] = layout.seeded.partsOf(Uint8Array.from(seededTemplate));
		const [fullFirst, second] = layout.full.partsOf(fullTemplate);
		const same = Buffer.compare(first, fullFirst) === 0;
		// three more in the plaintext is 3 q / t more in the ciphertext, nearly: so this word is the first coefficient
		const changed = first.slice();
		addToFirstWord(changed, 3n * (CIPHER_MODULUS / PLAIN_MODULUS));
		const bumped = known.slice();
		bumped[0] = 8;
		const decrypts = (saved: Uint8Array, expected: Uint8Array): boolean => {
			cipher.loadArray(context, saved);
			decryptor.decrypt(cipher, text);
			return Buffer.compare(plain.partsOf(text.saveArray(none))[0], expected) === 0;
		};
		if (
			!same ||
			!decrypts(layout.seeded.writer()(changed, seed), bumped) ||
			!decrypts(layout.full.writer()(first, second), known)
		) {
			throw movedLayout('a ciphertext');
		}
		return layout;
	});
}

function addToFirstWord(words: Uint8Array, value: bigint): void {
	const view = new DataView(words.buffer, words.byteOffset);
	view.setBigUint64(0, (view.getBigUint64(0, true) + value) % CIPHER_MODULUS, true);
}

function keepNone(): never {
	throw movedLayout('a plaintext');
}

import { BugError } from '../../errors.js';
import { movedLayout } from '../bfv-context.js';
import { SEED_BYTES } from '../parameters.js';
import { blank, CIPHER_AT, type Piece, PLAIN_AT, type SavedForm, SEED_BLOCK_BYTES, savedForm } from '../saved-form.js';
import { type Context, type SEALLibrary, withSealObjects } from '../seal.js';
import { COMPONENT_BYTES, MOTION_DEGREE, MOTION_PRIMES } from './parameters.js';

/** SEAL's parameters for one plaintext modulus. Throws: BugError when SEAL refuses them, or has other primes. */
export function createMotionContext(seal: SEALLibrary, plainModulus: bigint): Context {
	return withSealObjects((keep) => {
		const parameters = keep(seal.EncryptionParameters(seal.SchemeType.bfv));
		parameters.setPolyModulusDegree(MOTION_DEGREE);
		const bits = Int32Array.from(MOTION_PRIMES, (prime) => prime.toString(2).length);
		const primes = keep(seal.CoeffModulus.Create(MOTION_DEGREE, bits));
		if (MOTION_PRIMES.some((prime, i) => prime !== BigInt(primes.toArray()[i]))) throw movedLayout('parameters');
		parameters.setCoeffModulus(primes);
		const plain = keep(seal.Modulus(0n));
		plain.setValue(plainModulus);
		parameters.setPlainModulus(plain);
		const context = seal.Context(parameters, true, seal.SecurityLevel.tc128);
		if (context.parametersSet()) return context;
		context.delete();
		throw new BugError('parameters-refused', 'SEAL refuses the parameters of motion scores');
	});
}

/** The saved forms of what crosses SEAL's border. */
export interface MotionLayout {
	/** Parts: words modulo two primes, seed. */
	readonly frame: SavedForm;
	/** Parts: words modulo three primes, seed; the same again. */
	readonly evaluationKey: SavedForm;
	/** Part: words of two polynomials modulo one prime. */
	readonly score: SavedForm;
	/** Part: coefficients, modulo the plaintext modulus, before they become a key. */
	readonly plain: SavedForm;
}

const SEED_AT = SEED_BLOCK_BYTES - SEED_BYTES;
/** A key of relinearisation: header, parameters, two counts; then the ciphertexts. */
const KEYS_AT = 64;

function seededPieces(at: number, words: number): Piece[] {
	return [
		[at + CIPHER_AT, words],
		[at + CIPHER_AT + words + SEED_AT, SEED_BYTES],
	];
}

/**
 * The saved forms of a context, cut where they should have their words; `saved` are of a throw-away key.
 * Throws: BugError when one has another length. That the words are where they should be is shown by `motionSelfTest`.
 */
export function cutLayout(saved: Readonly<Record<keyof MotionLayout, Uint8Array>>): MotionLayout {
	const frame = 2 * COMPONENT_BYTES;
	const key = 3 * COMPONENT_BYTES;
	const keyBytes = CIPHER_AT + key + SEED_BLOCK_BYTES;
	const cut = (template: Uint8Array, length: number, pieces: readonly Piece[]): SavedForm => {
		if (template.length !== length) throw movedLayout('a ciphertext');
		return savedForm(blank(template, pieces), ...pieces);
	};
	return {
		frame: cut(saved.frame, CIPHER_AT + frame + SEED_BLOCK_BYTES, seededPieces(0, frame)),
		evaluationKey: cut(saved.evaluationKey, KEYS_AT + 2 * keyBytes, [
			...seededPieces(KEYS_AT, key),
			...seededPieces(KEYS_AT + keyBytes, key),
		]),
		score: cut(saved.score, CIPHER_AT + 2 * COMPONENT_BYTES, [[CIPHER_AT, 2 * COMPONENT_BYTES]]),
		plain: cut(saved.plain, PLAIN_AT + COMPONENT_BYTES, [[PLAIN_AT, COMPONENT_BYTES]]),
	};
}

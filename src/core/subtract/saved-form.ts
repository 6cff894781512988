import { movedLayout } from './bfv-context.js';

/** Where SEAL's uncompressed form of a plaintext or a secret key has its coefficients. */
export const PLAIN_AT = 88;
/** Where a saved ciphertext has its first polynomial. */
export const CIPHER_AT = 113;
/** A seeded ciphertext has a block behind the first polynomial: a header, a byte for the kind of generator, the seed. */
export const SEED_BLOCK_BYTES = 81;

/** The bytes of one saved object, of which the words may be replaced. */
export interface SavedForm {
	/**
	 * A function that gives the saved form with these parts in the places that vary. Its array is used again by the next
	 * call: a new one of 33 KB for every ciphertext costs more than the copy.
	 */
	writer(): (...parts: readonly Uint8Array[]) => Uint8Array;
	/**
	 * Those parts of a saved form, as views. A plaintext is saved without its zeros at the end: they are added.
	 * Throws: BugError for a form of another length.
	 */
	partsOf(saved: Uint8Array): Uint8Array[];
}

/** Where a part is that varies. */
export type Piece = readonly [at: number, length: number];

/** A form of which these pieces vary, the rest as in the template. */
export function savedForm(template: Uint8Array, ...pieces: readonly Piece[]): SavedForm {
	return {
		writer() {
			const bytes = template.slice();
			return (...parts) => {
				for (const [i, [at, length]] of pieces.entries()) {
					if (parts[i].length !== length) throw new RangeError(`part: expected ${length}, got ${parts[i].length}`);
					bytes.set(parts[i], at);
				}
				return bytes;
			};
		},
		partsOf(saved) {
			if (saved.length !== template.length) throw movedLayout('a ciphertext');
			return pieces.map(([at, length]) => saved.subarray(at, at + length));
		},
	};
}

/** The form with zeros in the places that vary: a template keeps no key. */
export function blank(template: Uint8Array, pieces: readonly Piece[]): Uint8Array {
	const bytes = Uint8Array.from(template);
	for (const [at, length] of pieces) bytes.fill(0, at, at + length);
	return bytes;
}

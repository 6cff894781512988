/**
 * A cryptographically secure source of random bytes. Only commands and the page pass the real one
 * (`node:crypto` or `crypto.getRandomValues`); tests pass a seeded keystream.
 */
export interface RandomSource {
	/** Overwrites every byte of `bytes`. */
	fillInto(bytes: Uint8Array): void;
}

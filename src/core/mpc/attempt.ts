import { hkdfSync } from 'node:crypto';
import type { PairKeys } from './keystream.js';
import { PAIRS } from './party-index.js';

/** What one attempt at a job is bound to. */
export interface AttemptBinding {
	/** A fresh nonce of 16 bytes from each party. */
	readonly nonces: readonly [Uint8Array, Uint8Array, Uint8Array];
	readonly job: string;
	/** SHA-256 of the program. */
	readonly programHash: Uint8Array;
	/** SHA-256 of each input, in the program's order. */
	readonly inputHashes: readonly Uint8Array[];
}

/**
 * The pair keys of one attempt, from the long-lived pair keys that a party holds.
 * Each part of the info is preceded by its length: other parts never give the same bytes.
 * Throws: RangeError for a nonce that is not of 16 bytes, a hash not of 32, or two equal nonces.
 * Source: RFC 5869, with SHA-256.
 */
export function deriveAttemptKeys(pairKeys: PairKeys, binding: AttemptBinding): PairKeys {
	for (const nonce of binding.nonces) checkLength('nonce', nonce, 16);
	for (const hash of [binding.programHash, ...binding.inputHashes]) checkLength('hash', hash, 32);
	const [n0, n1, n2] = binding.nonces.map((nonce) => Buffer.from(nonce).toString('hex'));
	if (n0 === n1 || n1 === n2 || n0 === n2) throw new RangeError('nonces: expected three different ones');
	const salt = Buffer.concat(binding.nonces);
	const keys: { -readonly [P in keyof PairKeys]: PairKeys[P] } = {};
	for (const pair of PAIRS) {
		const key = pairKeys[pair];
		if (key === undefined) continue;
		const info = lengthPrefixed([
			Buffer.from(binding.job),
			binding.programHash,
			...binding.inputHashes,
			Buffer.from(pair),
		]);
		keys[pair] = new Uint8Array(hkdfSync('sha256', key, salt, info, 16));
	}
	return keys;
}

/** Overwrites the keys, at the end of an attempt. */
export function eraseKeys(keys: PairKeys): void {
	for (const key of Object.values(keys)) key.fill(0);
}

function checkLength(name: string, bytes: Uint8Array, byteLength: number): void {
	if (bytes.length !== byteLength) throw new RangeError(`${name}: expected ${byteLength} bytes, got ${bytes.length}`);
}

function lengthPrefixed(parts: readonly Uint8Array[]): Uint8Array {
	return Buffer.concat(
		parts.flatMap((part) => {
			const length = Buffer.alloc(4);
			length.writeUInt32BE(part.length);
			return [length, part];
		}),
	);
}

import { createCipheriv } from 'node:crypto';
import type { RandomSource } from '../../../src/core/random.js';

/** The keystream of aes-128-ctr from a zero IV: the same bytes in every run, whatever the sizes of the requests. */
export function createKeystream(keyHex: string, ivHex = '00'.repeat(16)): RandomSource {
	const cipher = createCipheriv('aes-128-ctr', Buffer.from(keyHex, 'hex'), Buffer.from(ivHex, 'hex'));
	return {
		fillInto(bytes) {
			bytes.set(cipher.update(new Uint8Array(bytes.length)));
		},
	};
}

/** A keystream named by a small number. */
export function seededRandom(seed: number): RandomSource {
	return createKeystream(seed.toString(16).padStart(32, '0'));
}

import { createCipheriv } from 'node:crypto';

/**
 * The keyed 128-bit tag of a report's bytes under its id: GMAC with AES-128 and the id as nonce.
 * It decides whether an id came back with the same bytes; it is never sent or shown, so an id that comes back with
 * other bytes (a repeated nonce) gives its sender no tag to learn the key from.
 * Source: NIST SP 800-38D, section 6.4 (GMAC), 7.1 with a 128-bit nonce.
 */
export function reportTag(key: Uint8Array, id: Uint8Array, body: Uint8Array): Uint8Array {
	const cipher = createCipheriv('aes-128-gcm', key, id);
	cipher.setAAD(body);
	cipher.final();
	return cipher.getAuthTag();
}

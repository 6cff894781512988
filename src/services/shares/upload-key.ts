import { createECDH, createPrivateKey, hkdfSync } from 'node:crypto';
import { deriveScalar, type HpkeKeyPair } from '../../core/average/hpke.js';

/**
 * The keys that pages seal shares to, one way derived of the key that a party's certificate is for: they stay for as long
 * as that one does, and there is no further file to keep.
 * Source: HKDF-SHA-256, then DeriveKeyPair of RFC 9180, 7.1.3.
 */
export async function uploadKeyOf(tlsKeyPem: string): Promise<HpkeKeyPair> {
	const secret = createPrivateKey(tlsKeyPem).export({ type: 'pkcs8', format: 'der' });
	const ikm = new Uint8Array(hkdfSync('sha256', secret, '', 'veilcam upload key 1', 32));
	return keyPairOf(await deriveScalar(crypto.subtle, ikm));
}

/** The pair of a secret scalar of 32 bytes. */
export async function keyPairOf(scalar: Uint8Array): Promise<HpkeKeyPair> {
	const curve = createECDH('prime256v1');
	curve.setPrivateKey(scalar);
	const publicKey = new Uint8Array(curve.getPublicKey());
	const part = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
	const privateKey = await crypto.subtle.importKey(
		'jwk',
		{ kty: 'EC', crv: 'P-256', d: part(scalar), x: part(publicKey.slice(1, 33)), y: part(publicKey.slice(33)) },
		{ name: 'ECDH', namedCurve: 'P-256' },
		false,
		['deriveBits'],
	);
	return { privateKey, publicKey };
}

// HPKE in base mode, one message per context: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM.
// Source: RFC 9180; names of its sections 4, 5 and 7. Web Crypto computes, in browsers as in Node.

type Bytes = Uint8Array<ArrayBuffer>;

/** Of an encapsulated key, and of a public key: an uncompressed point. */
export const POINT_BYTES = 65;
/** Of AES-128-GCM. */
export const TAG_BYTES = 16;
const HASH_BYTES = 32;
const CURVE = { name: 'ECDH', namedCurve: 'P-256' };
/** Of P-256: secret scalars are 1 to this less one. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const VERSION = asciiBytes('HPKE-v1');
const KEM_SUITE = concat(asciiBytes('KEM'), [0x00, 0x10]);
const SUITE = concat(asciiBytes('HPKE'), [0x00, 0x10, 0x00, 0x01, 0x00, 0x01]);
const EMPTY = new Uint8Array();

/** What both sides have after the key schedule. */
export interface HpkeContext {
	/** The one message. Throws: nothing. */
	seal(aad: Bytes, plaintext: Bytes): Promise<Bytes>;
	/** Throws: DOMException 'OperationError' for what was not sealed in this context. */
	open(aad: Bytes, ciphertext: Bytes): Promise<Bytes>;
	/** A secret that only the two sides can derive. Unit: at most 32 bytes. */
	exportSecret(exporterContext: Bytes, byteLength: number): Promise<Bytes>;
}

/** One side's keys. */
export interface HpkeKeyPair {
	readonly privateKey: CryptoKey;
	/** An uncompressed point. */
	readonly publicKey: Bytes;
}

/**
 * Encapsulates a key to a recipient. `ephemeral` is drawn afresh by those who send; vectors give one.
 * Throws: DOMException for a public key that is no point of the curve.
 */
export async function setupSender(
	subtle: SubtleCrypto,
	recipient: Bytes,
	info: Bytes,
	ephemeral?: HpkeKeyPair,
): Promise<{ encapsulated: Bytes; context: HpkeContext }> {
	const own = ephemeral ?? (await freshKeyPair(subtle));
	const dh = await diffieHellman(subtle, own.privateKey, recipient);
	const sharedSecret = await sharedSecretOf(subtle, dh, own.publicKey, recipient);
	return { encapsulated: own.publicKey, context: await keySchedule(subtle, sharedSecret, info) };
}

/** The recipient's side. Throws: DOMException for an encapsulated key that is no point of the curve. */
export async function setupRecipient(
	subtle: SubtleCrypto,
	encapsulated: Bytes,
	own: HpkeKeyPair,
	info: Bytes,
): Promise<HpkeContext> {
	const dh = await diffieHellman(subtle, own.privateKey, encapsulated);
	return keySchedule(subtle, await sharedSecretOf(subtle, dh, encapsulated, own.publicKey), info);
}

/** DeriveKeyPair of 7.1.3: the secret scalar that belongs to keying material of 32 bytes or more. */
export async function deriveScalar(subtle: SubtleCrypto, ikm: Bytes): Promise<Bytes> {
	const prk = await labeledExtract(subtle, KEM_SUITE, EMPTY, 'dkp_prk', ikm);
	for (let counter = 0; counter < 256; counter++) {
		const candidate = await labeledExpand(subtle, KEM_SUITE, prk, 'candidate', Uint8Array.of(counter), HASH_BYTES);
		const scalar = candidate.reduce((number, byte) => number * 256n + BigInt(byte), 0n);
		if (scalar > 0n && scalar < ORDER) return candidate;
	}
	// 2^-32 for each of 256 tries
	throw new RangeError('ikm: no candidate is a scalar');
}

async function freshKeyPair(subtle: SubtleCrypto): Promise<HpkeKeyPair> {
	const { privateKey, publicKey } = await subtle.generateKey(CURVE, false, ['deriveBits']);
	return { privateKey, publicKey: new Uint8Array(await subtle.exportKey('raw', publicKey)) };
}

async function diffieHellman(subtle: SubtleCrypto, privateKey: CryptoKey, point: Bytes): Promise<Bytes> {
	const other = await subtle.importKey('raw', point, CURVE, false, []);
	return new Uint8Array(await subtle.deriveBits({ name: 'ECDH', public: other }, privateKey, 8 * HASH_BYTES));
}

async function sharedSecretOf(subtle: SubtleCrypto, dh: Bytes, encapsulated: Bytes, recipient: Bytes): Promise<Bytes> {
	const prk = await labeledExtract(subtle, KEM_SUITE, EMPTY, 'eae_prk', dh);
	return labeledExpand(subtle, KEM_SUITE, prk, 'shared_secret', concat(encapsulated, recipient), HASH_BYTES);
}

async function keySchedule(subtle: SubtleCrypto, sharedSecret: Bytes, info: Bytes): Promise<HpkeContext> {
	const pskIdHash = await labeledExtract(subtle, SUITE, EMPTY, 'psk_id_hash', EMPTY);
	const infoHash = await labeledExtract(subtle, SUITE, EMPTY, 'info_hash', info);
	const context = concat([0], pskIdHash, infoHash);
	const secret = await labeledExtract(subtle, SUITE, sharedSecret, 'secret', EMPTY);
	const keyBytes = await labeledExpand(subtle, SUITE, secret, 'key', context, 16);
	// one message per context: its number is 0, so the nonce is the base nonce
	const iv = await labeledExpand(subtle, SUITE, secret, 'base_nonce', context, 12);
	const exporter = await labeledExpand(subtle, SUITE, secret, 'exp', context, HASH_BYTES);
	const key = await subtle.importKey('raw', keyBytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
	return {
		seal: async (aad, plaintext) =>
			new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv, additionalData: aad }, key, plaintext)),
		open: async (aad, ciphertext) =>
			new Uint8Array(await subtle.decrypt({ name: 'AES-GCM', iv, additionalData: aad }, key, ciphertext)),
		exportSecret: (exporterContext, byteLength) =>
			labeledExpand(subtle, SUITE, exporter, 'sec', exporterContext, byteLength),
	};
}

function labeledExtract(subtle: SubtleCrypto, suite: Bytes, salt: Bytes, label: string, ikm: Bytes): Promise<Bytes> {
	// HMAC pads its key with zeros, and browsers take no key of no bytes
	return hmac(
		subtle,
		salt.length === 0 ? new Uint8Array(HASH_BYTES) : salt,
		concat(VERSION, suite, asciiBytes(label), ikm),
	);
}

/** At most one block of HKDF's output: 32 bytes. */
async function labeledExpand(
	subtle: SubtleCrypto,
	suite: Bytes,
	prk: Bytes,
	label: string,
	info: Bytes,
	byteLength: number,
): Promise<Bytes> {
	if (byteLength > HASH_BYTES) throw new RangeError(`byteLength: expected at most ${HASH_BYTES}, got ${byteLength}`);
	const block = await hmac(subtle, prk, concat([0, byteLength], VERSION, suite, asciiBytes(label), info, [1]));
	return block.slice(0, byteLength);
}

async function hmac(subtle: SubtleCrypto, key: Bytes, message: Bytes): Promise<Bytes> {
	const imported = await subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
	return new Uint8Array(await subtle.sign('HMAC', imported, message));
}

/** Of ASCII text. */
export function asciiBytes(text: string): Bytes {
	return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function concat(...parts: readonly ArrayLike<number>[]): Bytes {
	const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

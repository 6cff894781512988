import { createCipheriv, createDecipheriv, createHash, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { DataError, PolicyError } from '../errors.js';
import type { RandomSource } from '../random.js';
import { PUBLIC_KEY_BYTES } from './bfv.js';
import { CIPHER_MODULUS, PLAIN_MODULUS, POLYNOMIAL_BYTES, RING_DEGREE } from './parameters.js';
import { FINGERPRINT_BYTES, toHex } from './vct-header.js';
import { KEY_VERSION } from './versions.js';

const MAGIC = 'veil-key';
const HEADER_BYTES = 88;
const SALT_AT = 56;
const NONCE_AT = 72;
const CRC_BYTES = 4;
const GCM_TAG_BYTES = 16;
/** 128 MB and about half a second per guess. */
const SCRYPT = { log2N: 17, r: 8, p: 1 } as const;

/** What the header of a key file says, in the clear. */
export interface KeyHeader {
	readonly kind: 'secret' | 'public';
	/** A passphrase is needed to use it. */
	readonly locked: boolean;
	readonly fingerprint: Uint8Array;
}

export interface SecretKeyFile {
	readonly fingerprint: Uint8Array;
	readonly secret: Uint8Array;
}

/** Names a key pair: the first 16 bytes of SHA-256 of its public key. */
export function keyFingerprint(publicKey: Uint8Array): Uint8Array {
	return Uint8Array.from(createHash('sha256').update(publicKey).digest().subarray(0, FINGERPRINT_BYTES));
}

/**
 * A key file: a header, the key, CRC-32 of both. Integers little-endian.
 *
 *    0  magic "veil-key"                16  fingerprint 16        56  salt of scrypt 16, or zero
 *    8  version u16                     32  ring degree u32       72  nonce of AES-256-GCM 12, or zero
 *   10  kind u8: secret 1, public 2     36  bytes of the key u32  84  zero 4
 *   11  locked u8: 0, 1                 40  q u64                 88  the key; locked: encrypted, and its tag 16
 *   12  log2 N, r, p of scrypt, zero    48  t u64
 */
function encodeHeader(header: KeyHeader, bodyBytes: number): Uint8Array {
	const bytes = new Uint8Array(HEADER_BYTES);
	const view = new DataView(bytes.buffer);
	bytes.set(new TextEncoder().encode(MAGIC));
	view.setUint16(8, KEY_VERSION, true);
	view.setUint8(10, header.kind === 'secret' ? 1 : 2);
	view.setUint8(11, header.locked ? 1 : 0);
	if (header.locked) bytes.set([SCRYPT.log2N, SCRYPT.r, SCRYPT.p], 12);
	bytes.set(header.fingerprint, 16);
	view.setUint32(32, RING_DEGREE, true);
	view.setUint32(36, bodyBytes, true);
	view.setBigUint64(40, CIPHER_MODULUS, true);
	view.setBigUint64(48, PLAIN_MODULUS, true);
	return bytes;
}

function withChecksum(...parts: readonly Uint8Array[]): Uint8Array {
	const body = Buffer.concat(parts);
	const checksum = Buffer.alloc(CRC_BYTES);
	checksum.writeUInt32LE(crc32(body));
	return new Uint8Array(Buffer.concat([body, checksum]));
}

export function encodePublicKey(publicKey: Uint8Array): Uint8Array {
	const header = { kind: 'public', locked: false, fingerprint: keyFingerprint(publicKey) } as const;
	return withChecksum(encodeHeader(header, publicKey.length), publicKey);
}

/** With a passphrase the key is encrypted by AES-256-GCM under scrypt of it; the header is authenticated with it. */
export async function encodeSecretKey(
	key: SecretKeyFile,
	passphrase: string | null,
	random: RandomSource,
): Promise<Uint8Array> {
	const header = encodeHeader(
		{ kind: 'secret', locked: passphrase !== null, fingerprint: key.fingerprint },
		key.secret.length,
	);
	if (passphrase === null) return withChecksum(header, key.secret);
	random.fillInto(header.subarray(SALT_AT, NONCE_AT + 12));
	const cipher = createCipheriv(
		'aes-256-gcm',
		await stretch(passphrase, header),
		header.subarray(NONCE_AT, NONCE_AT + 12),
	);
	cipher.setAAD(header);
	return withChecksum(header, cipher.update(key.secret), cipher.final(), cipher.getAuthTag());
}

function stretch(passphrase: string, header: Uint8Array): Promise<Buffer> {
	const cost = { N: 2 ** SCRYPT.log2N, r: SCRYPT.r, p: SCRYPT.p, maxmem: 256 * 2 ** 20 };
	const derive = promisify<string, Uint8Array, number, typeof cost, Buffer>(scrypt);
	return derive(passphrase.normalize('NFC'), header.slice(SALT_AT, NONCE_AT), 32, cost);
}

/**
 * Reads what a key file says of itself; `name` stands in the messages.
 * Throws: DataError for a foreign, future, truncated or damaged file, and for other parameters.
 */
export function decodeKeyHeader(file: Uint8Array, name: string): KeyHeader {
	const refuse = (code: string, why: string, hint: string): DataError =>
		new DataError(code, `${name}: ${why}`, { hint });
	const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
	if (new TextDecoder('latin1').decode(file.subarray(0, 8)) !== MAGIC) {
		throw refuse('not-a-key', 'is not a key', 'Give NAME.key or NAME.pub of veilcam keygen.');
	}
	const version = file.length < 10 ? KEY_VERSION : view.getUint16(8, true);
	if (version > KEY_VERSION) {
		throw refuse('future-key', `has version ${version}, this veilcam reads ${KEY_VERSION}`, 'Install a newer veilcam.');
	}
	const bodyBytes = file.length < HEADER_BYTES ? 0 : view.getUint32(36, true);
	const expected = HEADER_BYTES + bodyBytes + (file[11] === 1 ? GCM_TAG_BYTES : 0) + CRC_BYTES;
	const hint = 'Restore it from a copy.';
	if (file.length < HEADER_BYTES || file.length < expected) throw refuse('truncated-key', 'is truncated', hint);
	if (crc32(file.subarray(0, file.length - CRC_BYTES)) !== view.getUint32(file.length - CRC_BYTES, true)) {
		throw refuse('damaged-key', 'is damaged', hint);
	}
	const header: KeyHeader = {
		kind: file[10] === 1 ? 'secret' : 'public',
		locked: file[11] === 1,
		fingerprint: file.slice(16, 16 + FINGERPRINT_BYTES),
	};
	const again = encodeHeader(header, header.kind === 'secret' ? POLYNOMIAL_BYTES : PUBLIC_KEY_BYTES);
	again.set(file.subarray(SALT_AT, 84), SALT_AT);
	if (file.length !== expected || again.some((byte, i) => byte !== file[i])) {
		throw refuse('other-parameters', 'has parameters that this veilcam does not use', 'Make another key.');
	}
	return header;
}

/** Throws: DataError for anything but a public key. */
export function decodePublicKey(file: Uint8Array, name: string): { fingerprint: Uint8Array; publicKey: Uint8Array } {
	const header = decodeKeyHeader(file, name);
	if (header.kind !== 'public') {
		throw new DataError('secret-key', `${name}: is a secret key, a public one is needed here`, {
			hint: 'Give NAME.pub, or use --key.',
		});
	}
	const publicKey = file.slice(HEADER_BYTES, HEADER_BYTES + PUBLIC_KEY_BYTES);
	const fingerprint = keyFingerprint(publicKey);
	if (toHex(fingerprint) !== toHex(header.fingerprint)) {
		throw new DataError('damaged-key', `${name}: its fingerprint is not that of its key`, { hint: 'Get it again.' });
	}
	return { fingerprint, publicKey };
}

/**
 * Asks for the passphrase only where the file is locked.
 * Throws: DataError for anything but a secret key; PolicyError for a wrong passphrase.
 */
export async function decodeSecretKey(
	file: Uint8Array,
	name: string,
	passphrase: () => Promise<string>,
): Promise<SecretKeyFile> {
	const { kind, locked, fingerprint } = decodeKeyHeader(file, name);
	if (kind !== 'secret') {
		throw new DataError('public-key', `${name}: is a public key, the secret one is needed here`, {
			hint: 'Give NAME.key, or use --to.',
		});
	}
	const body = file.slice(HEADER_BYTES, HEADER_BYTES + POLYNOMIAL_BYTES);
	if (!locked) return { fingerprint, secret: body };
	const header = file.slice(0, HEADER_BYTES);
	const key = await stretch(await passphrase(), header);
	const decipher = createDecipheriv('aes-256-gcm', key, header.subarray(NONCE_AT, NONCE_AT + 12));
	decipher.setAAD(header);
	decipher.setAuthTag(file.subarray(HEADER_BYTES + POLYNOMIAL_BYTES, HEADER_BYTES + POLYNOMIAL_BYTES + GCM_TAG_BYTES));
	try {
		return { fingerprint, secret: new Uint8Array(Buffer.concat([decipher.update(body), decipher.final()])) };
	} catch (cause) {
		throw new PolicyError('wrong-passphrase', `${name}: the passphrase does not open it`, {
			hint: 'Without the passphrase nothing that was encrypted with this key comes back.',
			cause,
		});
	}
}

import { hkdfSync } from 'node:crypto';
import { BugError } from '../../errors.js';
import { expandKey } from '../../mpc/keystream.js';
import { MOTION_DEGREE } from './parameters.js';

/** 255 is a multiple of three: of the values of a byte, one is thrown away. */
const REJECTED = 255;
/** Far more than 8192 bytes that are not thrown away. */
const KEYSTREAM_BYTES = MOTION_DEGREE + 1024;

/**
 * The secret polynomial of motion, coefficients -1, 0 and 1, each as likely: HKDF-SHA-256 of the words of the secret key,
 * expanded by AES-128 in counter mode. One key file serves both; who should learn this polynomial (a server that lies,
 * and hears how a decryption went) does not learn the key that decrypts differences.
 */
export function deriveMotionSecret(secret: Uint8Array): Int8Array {
	const key = new Uint8Array(hkdfSync('sha256', secret, 'veilcam motion 1', 'secret polynomial', 16));
	const kept = expandKey(key, 0, KEYSTREAM_BYTES).filter((byte) => byte !== REJECTED);
	if (kept.length < MOTION_DEGREE) throw new BugError('keystream-too-short', 'a keystream is not uniform');
	return Int8Array.from(kept.subarray(0, MOTION_DEGREE), (byte) => (byte % 3) - 1);
}

import { createCipheriv, createHmac } from 'node:crypto';
import type { RandomSource } from '../../core/random.js';

/**
 * Ids and noise of a run, derived from one secret: so that a report can be sent again byte for byte, after a lost answer
 * or in a later run. Whoever knows the secret can take the noise out of an upload that he has recorded.
 * Source: HKDF-SHA-256 (RFC 5869), keystream AES-128-CTR with a key per report and a counter from zero.
 */
export interface ReportSeed {
	/** 128 bits, hexadecimal; it begins with the person where one is given. */
	idOf(reportNumber: number): string;
	noiseOf(reportNumber: number): RandomSource;
}

export const SEED_BYTES = 32;

/** Of SHA-256; so long is HKDF's salt where none is given. */
const HASH_BYTES = 32;

/** `person` is what all ids of one person begin with (`PERSON_BYTES`). */
export function createReportSeed(secret: Uint8Array, person = new Uint8Array(0)): ReportSeed {
	// HKDF written out: its first half is the same for all reports, and one block of the second is all that is used
	const extracted = createHmac('sha256', new Uint8Array(HASH_BYTES)).update(secret).digest();
	const derive = (label: string, reportNumber: number): Buffer =>
		createHmac('sha256', extracted).update(`veilcam report ${label} ${reportNumber}\x01`).digest().subarray(0, 16);
	return {
		idOf(reportNumber) {
			const id = derive('id', reportNumber);
			id.set(person);
			return id.toString('hex');
		},
		noiseOf(reportNumber) {
			const keystream = createCipheriv('aes-128-ctr', derive('noise', reportNumber), new Uint8Array(16));
			let zeros = new Uint8Array(0);
			return {
				fillInto(bytes) {
					if (zeros.length < bytes.length) zeros = new Uint8Array(bytes.length);
					bytes.set(keystream.update(zeros.subarray(0, bytes.length)));
				},
			};
		},
	};
}

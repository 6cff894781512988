import { hkdfSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { PERSON_BYTES } from '../../core/average/person-id.js';
import { DataError } from '../../core/errors.js';

const MAGIC = 'veilcam-person';
const SECRET_BYTES = 32;

/**
 * What all ids of a person begin with in a session: the same in every run with one secret, and unlinkable between sessions.
 * Source: HKDF-SHA-256 (RFC 5869).
 */
export function personOf(secret: Uint8Array, session: string): Uint8Array<ArrayBuffer> {
	return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), `veilcam person ${session}`, PERSON_BYTES));
}

/** Reads a person's secret, or keeps a fresh one in a new file (0600). Throws: DataError for another file. */
export function openPersonFile(file: string, freshSecret: Uint8Array): Uint8Array {
	try {
		const text = JSON.stringify({ magic: MAGIC, version: 1, secret: Buffer.from(freshSecret).toString('hex') });
		writeFileSync(file, `${text}\n`, { mode: 0o600, flag: 'wx' });
		return freshSecret;
	} catch (cause) {
		if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) {
			throw new DataError('person-not-written', `${file}: cannot be written`, {
				hint: 'Give --person a file in a folder that you may write to.',
				cause,
			});
		}
	}
	return readPersonFile(file);
}

/** The secret of a person. Throws: DataError for another file. */
export function readPersonFile(file: string): Uint8Array {
	const refuse = (cause?: unknown): DataError =>
		new DataError('not-a-person', `${file}: not a file that --person made`, { hint: 'Name another file.', cause });
	let fields: Record<string, unknown>;
	try {
		fields = Object.assign({}, JSON.parse(readFileSync(file, 'utf8')));
	} catch (cause) {
		throw refuse(cause);
	}
	const secret = Buffer.from(String(fields.secret), 'hex');
	if (fields.magic !== MAGIC || fields.version !== 1 || secret.length !== SECRET_BYTES) throw refuse();
	return new Uint8Array(secret);
}

import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { DataError } from '../core/errors.js';

export interface TlsIdentity {
	readonly keyPem: string;
	readonly certificatePem: string;
	/** SHA-256 of the certificate, lower-case hexadecimal: what clients pin. */
	readonly fingerprint: string;
	/** Browsers warn of it. */
	readonly isSelfSigned: boolean;
}

const VALID_DAYS = 397;
const DAY_MS = 86_400_000;

/** SHA-256 of a PEM certificate's DER form, in lower-case hexadecimal. */
export function fingerprintOf(certificatePem: string): string {
	return createHash('sha256').update(new X509Certificate(certificatePem).raw).digest('hex');
}

/**
 * A self-signed identity for these host names and addresses, kept in `file` (0600) so that its fingerprint stays the same
 * from run to run; made anew when a name is missing or less than a week is left.
 * Source: P-256, RFC 5480; names as RFC 5280 subjectAltName.
 */
export async function selfSignedIdentity(file: string, names: readonly string[], now: Date): Promise<TlsIdentity> {
	if (existsSync(file)) {
		const kept = identityIn(file);
		const certificate = new X509Certificate(kept.certificatePem);
		const isFresh = Date.parse(certificate.validTo) - now.getTime() > 7 * DAY_MS;
		const covers = names.every((name) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)));
		if (isFresh && covers) return kept;
	}
	const { generate } = await import('selfsigned');
	const { private: keyPem, cert: certificatePem } = await generate([{ name: 'commonName', value: 'veilcam' }], {
		keyType: 'ec',
		curve: 'P-256',
		algorithm: 'sha256',
		notBeforeDate: new Date(now.getTime() - DAY_MS),
		notAfterDate: new Date(now.getTime() + VALID_DAYS * DAY_MS),
		extensions: [
			{ name: 'basicConstraints', cA: false, critical: true },
			{ name: 'keyUsage', digitalSignature: true, critical: true },
			{ name: 'extKeyUsage', serverAuth: true },
			{
				name: 'subjectAltName',
				altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
			},
		],
	});
	try {
		writeFileSync(file, `${keyPem.trim()}\n${certificatePem.trim()}\n`, { mode: 0o600 });
	} catch (cause) {
		throw new DataError('identity-not-written', `${file}: the certificate cannot be written`, {
			hint: 'Check that the folder exists and may be written to.',
			cause,
		});
	}
	return { keyPem, certificatePem, fingerprint: fingerprintOf(certificatePem), isSelfSigned: true };
}

/** Reads a key and a certificate from PEM files. Throws: DataError. */
export function tlsIdentityFrom(certificateFile: string, keyFile: string): TlsIdentity {
	const certificatePem = read(certificateFile);
	const keyPem = read(keyFile);
	let certificate: X509Certificate;
	try {
		certificate = new X509Certificate(certificatePem);
	} catch (cause) {
		throw new DataError('not-a-certificate', `${certificateFile}: not a certificate in PEM form`, {
			hint: 'Give the certificate first, then its key.',
			cause,
		});
	}
	try {
		createSecureContext({ cert: certificatePem, key: keyPem });
	} catch (cause) {
		throw new DataError('not-its-key', `${keyFile}: not the private key of ${certificateFile}, in PEM form`, {
			hint: 'Give the key that the certificate was made with, without a passphrase.',
			cause,
		});
	}
	const isSelfSigned = certificate.issuer === certificate.subject;
	return { keyPem, certificatePem, fingerprint: fingerprintOf(certificatePem), isSelfSigned };
}

function identityIn(file: string): TlsIdentity {
	return tlsIdentityFrom(file, file);
}

function read(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (cause) {
		throw new DataError('file-not-read', `${file}: cannot be read`, {
			hint: 'Check the path and its permissions.',
			cause,
		});
	}
}

import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { UserError } from '../core/errors.js';
import type { TlsIdentity } from '../services/self-signed.js';
import type { OptionSpecs } from './define-command.js';
import { lanAddresses } from './lan-addresses.js';

/** Options of every command that listens. */
export function serverOptions<const Port extends number>(defaultPort: Port) {
	return {
		host: { type: 'string', default: '127.0.0.1', describe: 'Address to listen on; 0.0.0.0 for all' },
		port: {
			type: 'number',
			integer: true,
			min: 0,
			max: 65_535,
			default: defaultPort,
			describe: 'Port to listen on; 0 for any that is free',
		},
		tls: { type: 'string', default: 'off', describe: 'off, self (makes a certificate) or CERT.pem,KEY.pem' },
		token: { type: 'string', describe: 'What clients have to show (or the variable VEILCAM_TOKEN)' },
	} as const satisfies OptionSpecs;
}

function isLoopback(host: string): boolean {
	return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

/** Whether it stands for all addresses of this machine. */
export function isEveryAddress(host: string): boolean {
	return host === '0.0.0.0' || host === '::';
}

/**
 * The TLS identity that `--tls` asks for; a self-signed one is kept in `selfSignedFile`.
 * Throws: UserError, DataError.
 */
export async function serverIdentity(
	options: { readonly tls: string; readonly host: string },
	selfSignedFile: string,
	now: Date,
): Promise<TlsIdentity | undefined> {
	const { tls, host } = options;
	if (tls === 'off') return undefined;
	const { selfSignedIdentity, tlsIdentityFrom } = await import('../services/self-signed.js');
	if (tls === 'self') return selfSignedIdentity(selfSignedFile, namesOf(host), now);
	const [certificateFile, keyFile, ...rest] = tls.split(',');
	if (certificateFile === '' || keyFile === undefined || keyFile === '' || rest.length > 0) {
		throw new UserError('bad-option', `--tls: expected off, self or CERT.pem,KEY.pem, got "${tls}"`);
	}
	return tlsIdentityFrom(certificateFile, keyFile);
}

/** The names by which clients may reach this machine when it listens on `host`. */
function namesOf(host: string): string[] {
	const names = new Set(['localhost', '127.0.0.1']);
	if (isEveryAddress(host)) {
		const name = hostname();
		if (/^[\w.-]+$/.test(name)) names.add(name);
		for (const address of lanAddresses()) names.add(address);
	} else if (isIP(host) || /^[\w.-]+$/.test(host)) {
		names.add(host);
	}
	return [...names];
}

/** The token that clients have to show, of the command line or the environment. Throws: UserError for one that cannot be sent. */
export function serverToken(
	token: string | undefined,
	env: Readonly<Record<string, string | undefined>>,
): string | undefined {
	const given = token ?? env.VEILCAM_TOKEN;
	if (given !== undefined && !/^[\x21-\x7e]+$/.test(given)) {
		throw new UserError('bad-token', '--token: expected printable ASCII characters without blanks');
	}
	return given;
}

/** What to tell an operator whose server others reach; `what` is sent to it: "reports". */
export function exposureWarnings(host: string, what: string, hasTls: boolean, hasToken: boolean): string[] {
	if (isLoopback(host)) return [];
	const warnings: string[] = [];
	if (!hasTls)
		warnings.push(`listening on ${host} without TLS: anybody on the way can read and change ${what} (--tls self)`);
	if (!hasToken) warnings.push(`listening on ${host} without a token: anybody there can send ${what} (--token)`);
	return warnings;
}

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { DataError, UserError } from '../core/errors.js';
import { lanAddresses } from './lan-addresses.js';
import { isEveryAddress, serverToken } from './server-options.js';

/** Where a collector listens, and how: what `--room` and single options come to. */
export interface RoomSettings {
	readonly host: string;
	readonly tls: string;
	readonly token: string | undefined;
	/** The file that a token was made for and is kept in: it stays the same from run to run, as the QR code does. */
	readonly tokenFile: string | undefined;
}

const TOKEN_BYTES = 16;

/**
 * `--room` opens the collector to the network: all addresses, TLS, and a token of its own unless one is given.
 * Single options that are given stay in force.
 * Throws: UserError for a token that cannot be sent, DataError for a token file that cannot be read or written.
 */
export function roomSettings(
	options: {
		readonly room: boolean;
		readonly host: string | undefined;
		readonly tls: string | undefined;
		readonly token: string | undefined;
		readonly store: string;
	},
	env: Readonly<Record<string, string | undefined>>,
): RoomSettings {
	const given = serverToken(options.token, env);
	const tokenFile = options.room && given === undefined ? `${options.store}.token` : undefined;
	return {
		host: options.host ?? (options.room ? '0.0.0.0' : '127.0.0.1'),
		tls: options.tls ?? (options.room ? 'self' : 'off'),
		token: tokenFile === undefined ? given : keptToken(tokenFile),
		tokenFile,
	};
}

/** The address that people are given: never 0.0.0.0, which leads nobody anywhere. Throws: UserError. */
export function pageAddress(url: string, host: string, asked: string | undefined): string {
	if (asked !== undefined) {
		const page = URL.canParse(asked) ? new URL(asked) : null;
		if (page === null || !/^https?:$/.test(page.protocol) || page.search !== '' || page.hash !== '') {
			throw new UserError('bad-option', `--page: expected an address such as https://room.example/, got "${asked}"`);
		}
		return page.href;
	}
	const page = new URL(url);
	if (isEveryAddress(host)) {
		const address = lanAddresses()[0] ?? 'localhost';
		page.hostname = address.includes(':') ? `[${address}]` : address;
	}
	return page.href;
}

/** The address with the token behind the #, which browsers do not send: for the QR code, and for nothing that is kept. */
export function withToken(page: string, token: string | undefined): string {
	return token === undefined ? page : `${page}#${encodeURIComponent(token)}`;
}

function keptToken(file: string): string {
	try {
		if (existsSync(file)) {
			const token = readFileSync(file, 'utf8').trim();
			if (/^[\w-]{22,}$/.test(token)) return token;
			throw new DataError('bad-token-file', `${file}: holds no token of ours`, {
				hint: 'Remove the file, and a new token is made; or give one with --token.',
			});
		}
		const token = randomBytes(TOKEN_BYTES).toString('base64url');
		writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
		return token;
	} catch (cause) {
		if (cause instanceof DataError) throw cause;
		throw new DataError('token-file', `${file}: cannot be read or written`, {
			hint: 'Check that the folder exists and may be written to, or give --token.',
			cause,
		});
	}
}

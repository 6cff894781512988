import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, UserError } from '../../core/errors.js';
import { PAIRS, PARTIES } from '../../core/mpc/party-index.js';
import { freePorts } from '../free-ports.js';
import { fingerprintOf, selfSignedIdentity } from '../self-signed.js';
import { CLIENT_FILE, type ClientConfig, encodePartyConfig, type PartyConfig, partyFile } from './party-config.js';

const HOST = '127.0.0.1';

/** Identities, keys and addresses of three parties on this machine. */
export interface LocalParties {
	readonly configs: readonly PartyConfig[];
	readonly client: ClientConfig;
}

/** What clients may do, who they are, and where parties may listen. */
export interface LocalRules {
	/** They may have distances of faces opened. */
	readonly openDistances?: boolean;
	/** Labels of those with a token of their own, as `isClientLabel` has them, all different. */
	readonly clients?: readonly string[];
	/** So many ports that are free, for a base port of 0. */
	readonly findPorts?: (count: number) => Promise<number[]>;
}

/**
 * Makes three parties for one machine: fresh keys and token, certificates that are kept in the folder, ports from
 * `basePort` on (clients first, then peers), or those of `findPorts` for 0: free ones, which others may take before the
 * parties do. Writes their files (0600), `client.json`, and `clients/LABEL/client.json` for each client with a token of its
 * own. Throws: DataError when the folder cannot be written.
 */
export async function createLocalParties(
	folder: string,
	basePort: number,
	{ openDistances = false, clients = [], findPorts = freePorts }: LocalRules = {},
): Promise<LocalParties> {
	if (basePort > 65_530) throw new UserError('bad-option', `--base-port: six ports from ${basePort} on do not exist`);
	makePrivateFolder(folder);
	const identities = await Promise.all(
		PARTIES.map((index) => selfSignedIdentity(join(folder, `party-${index}.tls.pem`), ['localhost', HOST], new Date())),
	);
	// last: what is free now is to be free when the parties listen
	const ports = basePort === 0 ? await findPorts(6) : Array.from({ length: 6 }, (_, i) => basePort + i);
	const [a, b, c] = identities.map(({ certificatePem }, index) => ({
		host: HOST,
		port: ports[3 + index],
		certificatePem,
	}));
	const token = freshToken();
	const tokens = Object.fromEntries(clients.map((label) => [label, freshToken()]));
	const keys = PAIRS.map((pair) => [pair, new Uint8Array(randomBytes(16))] as const);
	const configs = PARTIES.map(
		(index): PartyConfig => ({
			index,
			host: HOST,
			port: ports[index],
			keyPem: identities[index].keyPem,
			peers: [a, b, c],
			pairKeys: Object.fromEntries(keys.filter(([pair]) => pair.includes(String(index)))),
			token,
			clients: tokens,
			...(openDistances ? { openDistances } : {}),
		}),
	);
	const client: ClientConfig = {
		token,
		parties: PARTIES.map((index) => ({
			url: `https://${HOST}:${ports[index]}`,
			fingerprint: fingerprintOf(identities[index].certificatePem),
		})),
	};
	for (const config of configs) writeSecret(partyFile(folder, config.index), encodePartyConfig(config));
	writeClient(folder, client);
	for (const [label, own] of Object.entries(tokens)) {
		const inside = join(folder, 'clients', label);
		makePrivateFolder(inside);
		writeClient(inside, { ...client, token: own });
	}
	return { configs, client };
}

/** A folder that only its owner looks into. Throws: DataError. */
export function makePrivateFolder(folder: string): void {
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		chmodSync(folder, 0o700);
	} catch (cause) {
		throw new DataError('folder-not-made', `${folder}: the folder cannot be made`, { cause });
	}
}

function freshToken(): string {
	return randomBytes(24).toString('base64url');
}

function writeClient(folder: string, client: ClientConfig): void {
	writeSecret(join(folder, CLIENT_FILE), `${JSON.stringify(client, null, '\t')}\n`);
}

function writeSecret(file: string, text: string): void {
	// an existing file keeps its mode on writing
	if (existsSync(file)) chmodSync(file, 0o600);
	writeFileSync(file, text, { mode: 0o600 });
}

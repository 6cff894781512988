import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DataError } from '../../core/errors.js';
import type { PairKeys } from '../../core/mpc/keystream.js';
import { holdsPair, PAIRS, PARTIES, type PartyIndex } from '../../core/mpc/party-index.js';
import type { PeerAddress } from '../../core/mpc/transport/tls-transport.js';

/** The variable that tells a party: the end of its input is that of the process which watches over it. */
export const SUPERVISED = 'VEILCAM_SUPERVISED';

/** All that one party's process is started with. The file holds secrets: mode 0600. */
export interface PartyConfig {
	readonly index: PartyIndex;
	/** Where clients reach this party. */
	readonly host: string;
	readonly port: number;
	readonly keyPem: string;
	/** By party: where it listens for the others, and its certificate. */
	readonly peers: readonly [PeerAddress, PeerAddress, PeerAddress];
	/** The long-lived keys of this party's two pairs. */
	readonly pairKeys: PairKeys;
	/** What clients have to show. */
	readonly token: string;
	/** Tokens of clients whose questions are counted and limited by themselves, by the clients' labels. */
	readonly clients?: Readonly<Record<string, string>>;
	/** Beside the file: where this party keeps its shares of models. */
	readonly modelFolder?: string;
	/** Whether clients may have distances of faces opened; no, where it is left out. */
	readonly openDistances?: boolean;
	/** Beside the file, too: the shares of pictures; without it this party takes none. */
	readonly sharesFile?: string;
}

/** What a client needs of three parties; the file holds the token. */
export interface ClientConfig {
	readonly token: string;
	/** By party. */
	readonly parties: readonly { readonly url: string; readonly fingerprint: string }[];
}

/** The label of those who show `token`. */
export const ANY_CLIENT = 'client';
/** What a label of a client is: it names a folder, too. */
export const LABELS = `1 to 32 small letters, digits and hyphens, a letter first, not "${ANY_CLIENT}"`;

export function isClientLabel(text: string): boolean {
	return /^[a-z][a-z0-9-]{0,31}$/.test(text) && text !== ANY_CLIENT;
}

export const CLIENT_FILE = 'client.json';

export function partyFile(folder: string, index: PartyIndex): string {
	return join(folder, `party-${index}.json`);
}

/** Where a party keeps its templates: beside its configuration. */
export function galleryFile(configFile: string): string {
	return configFile.replace(/(\.json)?$/, '.gallery.db');
}

/** The config as it is written; keys in hexadecimal. */
export function encodePartyConfig({ modelFolder: _derived, ...config }: PartyConfig): string {
	const pairKeys = Object.fromEntries(
		Object.entries(config.pairKeys).map(([pair, key]) => [pair, Buffer.from(key).toString('hex')]),
	);
	return `${JSON.stringify({ ...config, pairKeys }, null, '\t')}\n`;
}

/** Throws: DataError that names the file and the field. */
export function readPartyConfig(file: string): PartyConfig {
	const fields = readJson(file, 'the configuration of a party');
	const refuse = (field: string, expected: string): DataError =>
		new DataError('bad-party-config', `${file}: ${field}: expected ${expected}`, {
			hint: '`veilcam parties up` writes such files; docs/three-hosts.md describes them.',
		});
	const index = PARTIES.find((party) => party === fields.index);
	if (index === undefined) throw refuse('index', '0, 1 or 2');
	const peers = asArray(fields.peers).map((peer, party): PeerAddress => {
		const { host, port, certificatePem } = asRecord(peer);
		if (typeof host !== 'string' || typeof certificatePem !== 'string')
			throw refuse(`peers[${party}]`, 'host and certificatePem');
		return { host, port: asPort(port) ?? fail(refuse(`peers[${party}].port`, 'a port')), certificatePem };
	});
	const [a, b, c] = peers;
	if (peers.length !== 3) throw refuse('peers', 'three of them');
	const pairKeys: { -readonly [P in keyof PairKeys]: PairKeys[P] } = {};
	for (const pair of PAIRS) {
		if (!holdsPair(index, pair)) continue;
		const text = asRecord(fields.pairKeys)[pair];
		if (typeof text !== 'string' || !/^[0-9a-f]{32}$/.test(text))
			throw refuse(`pairKeys.${pair}`, '32 hexadecimal digits');
		pairKeys[pair] = Uint8Array.from(Buffer.from(text, 'hex'));
	}
	const { host, keyPem, token } = fields;
	if (typeof host !== 'string') throw refuse('host', 'an address');
	if (typeof keyPem !== 'string') throw refuse('keyPem', 'a key in PEM form');
	if (typeof token !== 'string' || token.length < 16) throw refuse('token', 'at least 16 characters');
	const clients = asTokens(fields.clients ?? {}, token);
	if (clients === null) {
		throw refuse('clients', `labels (${LABELS}), each with a token of its own of at least 16 characters`);
	}
	const port = asPort(fields.port) ?? fail(refuse('port', 'a port'));
	const modelFolder = join(dirname(file), `party-${index}-models`);
	const openDistances = fields.openDistances === true ? { openDistances: true } : {};
	const sharesFile = file.replace(/(?:\.json)?$/, '.shares.db');
	const folders = { modelFolder, sharesFile };
	return { index, host, port, keyPem, peers: [a, b, c], pairKeys, token, clients, ...folders, ...openDistances };
}

/** Throws: DataError when the folder holds no parties. */
export function readClientConfig(folder: string): ClientConfig {
	const { file, token, parties } = readClientFile(folder);
	if (typeof token !== 'string') throw badClientConfig(file, 'a token');
	return { token, parties };
}

/** Where three parties are and which certificates they have; the token may be left out. Throws: DataError. */
export function readServers(folder: string): ClientConfig['parties'] {
	return readClientFile(folder).parties;
}

function readClientFile(folder: string): { file: string; token: unknown; parties: ClientConfig['parties'] } {
	const file = join(folder, CLIENT_FILE);
	const { token, parties } = readJson(file, 'the description of three parties');
	const list = asArray(parties).flatMap((party) => {
		const { url, fingerprint } = asRecord(party);
		return typeof url === 'string' && typeof fingerprint === 'string' ? [{ url, fingerprint }] : [];
	});
	if (list.length !== 3) throw badClientConfig(file, 'three parties with url and fingerprint');
	return { file, token, parties: list };
}

function badClientConfig(file: string, expected: string): DataError {
	return new DataError('bad-client-config', `${file}: expected ${expected}`, {
		hint: '`veilcam parties up` writes it anew; docs/three-hosts.md describes it.',
	});
}

function readJson(file: string, what: string): Record<string, unknown> {
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch (cause) {
		throw new DataError('file-not-read', `${file}: there is no such file, or it cannot be read; expected ${what}`, {
			hint: 'Start three parties with `veilcam parties up`, and name their folder with --parties.',
			cause,
		});
	}
	try {
		return asRecord(JSON.parse(text));
	} catch (cause) {
		throw new DataError('not-json', `${file}: not ${what}`, {
			hint: 'It is no JSON, or cut short: copy it again, or let `veilcam parties up` write it anew.',
			cause,
		});
	}
}

function asRecord(value: unknown): Record<string, unknown> {
	return typeof value === 'object' && value !== null ? { ...value } : {};
}

function asArray(value: unknown): readonly unknown[] {
	return Array.isArray(value) ? value : [];
}

/** Null where a label is none, or a token is short or another's, too. */
function asTokens(value: unknown, token: string): Readonly<Record<string, string>> | null {
	if (typeof value !== 'object' || value === null) return null;
	const tokens: Record<string, string> = {};
	for (const [label, own] of Object.entries(value)) {
		if (!isClientLabel(label) || typeof own !== 'string' || own.length < 16) return null;
		tokens[label] = own;
	}
	const all = [token, ...Object.values(tokens)];
	return new Set(all).size === all.length ? tokens : null;
}

function asPort(value: unknown): number | undefined {
	return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 65_535 ? value : undefined;
}

function fail(error: Error): never {
	throw error;
}

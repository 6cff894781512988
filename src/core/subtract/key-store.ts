import { existsSync } from 'node:fs';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { DataError } from '../errors.js';
import { fileError } from '../image/file-errors.js';
import type { RandomSource } from '../random.js';
import { replaceFile } from '../replace-file.js';
import { openBfv } from './bfv.js';
import { decodeKeyHeader, encodePublicKey, encodeSecretKey, keyFingerprint } from './key-file.js';
import { toHex } from './vct-header.js';

/** Longer files are no keys, and are not read. */
const MAX_KEY_BYTES = 65_536;

export interface NewKeyOptions {
	readonly passphrase: string | null;
	/** What happens to a pair that is there: refused, replaced for ever, or kept under its fingerprint. */
	readonly existing: 'refuse' | 'replace' | 'keep';
	readonly random: RandomSource;
}

export interface NewKey {
	/** NAME.key, which only its owner can read, and NAME.pub. */
	readonly files: readonly [string, string];
	readonly fingerprint: string;
	/** Where the pair that was there is now. */
	readonly kept: readonly string[];
}

/**
 * Makes a key pair and writes it.
 * Throws: DataError `key-exists` where a pair is there and is to stay; DataError for a folder that cannot be written.
 */
export async function createKeyPair(name: string, options: NewKeyOptions): Promise<NewKey> {
	const files = [`${name}.key`, `${name}.pub`] as const;
	const present = files.filter((file) => existsSync(file));
	if (present.length > 0 && options.existing === 'refuse') {
		throw new DataError('key-exists', `${present.join(' and ')}: there is a key already`, {
			hint: 'Choose another --out; --rotate keeps the old pair under another name. --force destroys it, and all that it encrypted.',
		});
	}
	const bfv = await openBfv();
	const { secret, publicKey } = bfv.createKeys();
	bfv.close();
	const fingerprint = keyFingerprint(publicKey);
	const secretFile = await encodeSecretKey({ fingerprint, secret }, options.passphrase, options.random);
	const kept = options.existing === 'keep' ? await putAside(name, present) : [];
	const exclusive = options.existing !== 'replace';
	await writeKey(files[0], secretFile, 0o600, exclusive);
	await writeKey(files[1], encodePublicKey(publicKey), 0o644, exclusive);
	return { files, fingerprint: toHex(fingerprint), kept };
}

/** NAME.key becomes NAME-FINGERPRINT.key: what it encrypted still needs it. */
async function putAside(name: string, files: readonly string[]): Promise<readonly string[]> {
	const moves: (readonly [string, string])[] = [];
	for (const file of files) {
		const { fingerprint } = decodeKeyHeader(await readKeyFile(file), file);
		const to = `${name}-${toHex(fingerprint).slice(0, 8)}${file.slice(name.length)}`;
		if (existsSync(to)) throw new DataError('key-exists', `${to}: is there already`, { hint: 'Move it away first.' });
		moves.push([file, to]);
	}
	for (const [from, to] of moves) await rename(from, to);
	return moves.map(([, to]) => to);
}

async function writeKey(path: string, bytes: Uint8Array, mode: number, exclusive: boolean): Promise<void> {
	try {
		await replaceFile(path, exclusive, async (temporary) => {
			const file = await open(temporary, 'wx', mode);
			try {
				await file.writeFile(bytes);
				await file.sync();
			} finally {
				await file.close();
			}
		});
	} catch (error) {
		throw fileError(error, path, 'unwritable-file', 'cannot be written', 'check its folder and the free space');
	}
}

/** Throws: DataError for a file that is missing, cannot be read, or is too long for a key. */
export async function readKeyFile(path: string): Promise<Uint8Array> {
	try {
		const status = await stat(path);
		if (!status.isFile() || status.size > MAX_KEY_BYTES) {
			throw new DataError('not-a-key', `${path}: is not a key`, {
				hint: 'Give NAME.key or NAME.pub of veilcam keygen.',
			});
		}
		return new Uint8Array(await readFile(path));
	} catch (error) {
		throw fileError(error, path, 'unreadable-file', 'cannot be read', 'check its permissions');
	}
}

/** Whether somebody else than its owner can read a file. False where the system has no such modes. */
export async function isExposed(path: string): Promise<boolean> {
	return process.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0;
}

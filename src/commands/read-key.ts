import { UserError } from '../core/errors.js';
import type { Credential } from '../core/subtract/engine.js';
import type { SecretKeyFile } from '../core/subtract/key-file.js';
import type { Scheme } from '../core/subtract/records.js';
import type { CommandContext } from './define-command.js';
import { askPassphrase, givenPassphrase } from './passphrase.js';

/**
 * Reads a secret key, asking for its passphrase where it is locked, and warns when others can read the file.
 * Throws: DataError for a file that is no secret key, PolicyError for a wrong passphrase, UserError without one.
 */
export async function readSecretKey(
	path: string,
	passphraseFile: string | undefined,
	context: CommandContext,
): Promise<SecretKeyFile> {
	const [{ decodeSecretKey }, { isExposed, readKeyFile }] = await Promise.all([
		import('../core/subtract/key-file.js'),
		import('../core/subtract/key-store.js'),
	]);
	const file = await readKeyFile(path);
	const key = await decodeSecretKey(
		file,
		path,
		async () => givenPassphrase(passphraseFile, context) ?? (await askPassphrase(`passphrase of ${path}: `, context)),
	);
	if (await isExposed(path)) context.reporter.warn(`${path}: others on this machine can read it; chmod 600 ${path}`);
	return key;
}

/** What encrypts: `--key`, `--to`. */
export interface KeyOptions {
	readonly key: string | undefined;
	readonly to: string | undefined;
	readonly passphraseFile: string | undefined;
}

/** Throws: UserError unless one of both is given. */
export function assertOneKey({ key, to }: Pick<KeyOptions, 'key' | 'to'>): void {
	if ((key === undefined) !== (to === undefined)) return;
	throw new UserError('key-needed', 'give --key NAME.key or --to NAME.pub, one of them', {
		hint: '`veilcam keygen --out NAME` makes both.',
	});
}

/** Reads the key that encrypts. Throws: those of `readSecretKey`; DataError for a file that is no public key. */
export async function readEncryptionKey(
	{ key, to, passphraseFile }: KeyOptions,
	context: CommandContext,
): Promise<{ readonly scheme: Scheme; readonly fingerprint: Uint8Array; readonly credential: Credential }> {
	if (key !== undefined) {
		const { fingerprint, secret } = await readSecretKey(key, passphraseFile, context);
		return { scheme: 'symmetric', fingerprint, credential: { kind: 'secret', secret } };
	}
	const [{ decodePublicKey }, { readKeyFile }] = await Promise.all([
		import('../core/subtract/key-file.js'),
		import('../core/subtract/key-store.js'),
	]);
	const { fingerprint, publicKey } = decodePublicKey(await readKeyFile(to ?? ''), to ?? '');
	return { scheme: 'public-key', fingerprint, credential: { kind: 'public', publicKey } };
}

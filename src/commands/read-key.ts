import type { SecretKeyFile } from '../core/subtract/key-file.js';
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

import { UserError } from '../core/errors.js';
import { defineCommand } from './define-command.js';
import { askPassphrase, givenPassphrase, passphraseOptions } from './passphrase.js';

export const keygen = defineCommand({
	name: 'keygen',
	summary: 'Make a key pair for pictures that a server subtracts unseen',
	epilogue:
		'NAME.key decrypts: keep it, and a copy of it. Whoever loses it loses every difference that was encrypted with it; ' +
		'nobody can bring it back. NAME.pub is for cameras that must not read each other. --rotate makes a new pair and ' +
		'keeps the old one as NAME-FINGERPRINT.key, which what it encrypted still needs; frames under two keys cannot be ' +
		'subtracted, so encrypt the picture that you compare with again.',
	options: {
		out: { type: 'string', required: true, describe: 'NAME of NAME.key and NAME.pub' },
		rotate: { type: 'boolean', describe: 'Keep the pair that is there under another name' },
		force: { type: 'boolean', describe: 'Destroy the pair that is there' },
		passphrase: { type: 'boolean', describe: 'Ask for a passphrase that locks NAME.key' },
		...passphraseOptions,
	},
	examples: [
		{ line: 'keygen --out owner', says: 'owner.key and owner.pub' },
		{ line: 'keygen --out owner --rotate', says: 'A new pair; the old one stays under its fingerprint' },
	],
	async run(options, _given, context) {
		if (options.rotate && options.force) {
			throw new UserError('unused-option', '--rotate keeps the old pair, --force destroys it', { hint: 'Give one.' });
		}
		const passphrase =
			givenPassphrase(options.passphraseFile, context) ?? (options.passphrase ? await askTwice() : null);
		const { createKeyPair } = await import('../core/subtract/key-store.js');
		const existing = options.rotate ? 'keep' : options.force ? 'replace' : 'refuse';
		const { files, fingerprint, kept } = await createKeyPair(options.out, {
			passphrase,
			existing,
			random: context.random,
		});
		const was = kept.length === 0 ? '' : `\nthe old pair is kept as ${kept.join(' and ')}`;
		return {
			fields: { files, fingerprint, kept, locked: passphrase !== null },
			text:
				`${files[0]} decrypts: without it, nothing comes back. Keep a copy.\n` +
				`${files[1]} encrypts, and may be given away.\nfingerprint ${fingerprint}${was}`,
		};

		async function askTwice(): Promise<string> {
			const first = await askPassphrase('passphrase: ', context);
			if ((await askPassphrase('again: ', context)) === first) return first;
			throw new UserError('passphrases-differ', 'the two passphrases differ', { hint: 'Try again.' });
		}
	},
});

import { readFileSync } from 'node:fs';
import { DataError, UserError } from '../core/errors.js';
import type { CommandContext, OptionSpecs } from './define-command.js';

/** Commands that open or lock a secret key take these. */
export const passphraseOptions = {
	passphraseFile: { type: 'string', describe: 'File whose first line is the passphrase (or VEILCAM_PASSPHRASE)' },
} as const satisfies OptionSpecs;

/** The passphrase that a file or the environment gives; null where neither does. Throws: DataError, UserError. */
export function givenPassphrase(file: string | undefined, context: CommandContext): string | null {
	if (file === undefined) return context.env.VEILCAM_PASSPHRASE || null;
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch (cause) {
		throw new DataError('unreadable-file', `${file}: cannot be read`, { hint: 'Check --passphrase-file.', cause });
	}
	const line = text.split(/\r?\n/, 1)[0];
	if (line === '') throw new DataError('empty-passphrase', `${file}: its first line is empty`, { hint: 'Write one.' });
	return line;
}

/** Asks on the terminal, showing nothing of it. Throws: UserError where there is no terminal, or it is left empty. */
export async function askPassphrase(question: string, context: CommandContext): Promise<string> {
	const { stdin, stdout, stderr } = context;
	if (stdin.isTTY !== true || stdout.isTTY !== true || context.json) {
		throw new UserError('passphrase-needed', 'a passphrase is needed, and there is no terminal to ask on', {
			hint: 'Give --passphrase-file, or set VEILCAM_PASSPHRASE.',
		});
	}
	stderr.write(question);
	stdin.setRawMode(true);
	try {
		const line = await readHidden(stdin, context.abort);
		if (line === '') throw new UserError('empty-passphrase', 'the passphrase is empty', { hint: 'Type one.' });
		return line;
	} finally {
		stdin.setRawMode(false);
		stdin.pause();
		stderr.write('\n');
	}
}

/** In raw mode Ctrl-C is a character: it ends the command as the signal would. */
function readHidden(stdin: NodeJS.ReadStream, abort: AbortController): Promise<string> {
	return new Promise((resolve, reject) => {
		let typed = '';
		const settle = (done: () => void): void => {
			stdin.off('data', onData);
			abort.signal.removeEventListener('abort', onAbort);
			done();
		};
		const onAbort = (): void => settle(() => reject(new Error('interrupted')));
		const onData = (chunk: Buffer): void => {
			for (const letter of chunk.toString('utf8')) {
				if (letter === '\r' || letter === '\n' || letter === '\u0004') {
					settle(() => resolve(typed));
					return;
				}
				if (letter === '\u0003') {
					abort.abort();
					return;
				}
				typed = letter === '\u007f' || letter === '\b' ? [...typed].slice(0, -1).join('') : typed + letter;
			}
		};
		stdin.on('data', onData);
		abort.signal.addEventListener('abort', onAbort);
		stdin.resume();
	});
}

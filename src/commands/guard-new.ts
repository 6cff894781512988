import { existsSync } from 'node:fs';
import { UserError } from '../core/errors.js';

/** Throws: UserError where a file would be lost. */
export function guardNew(out: string, force: boolean): void {
	if (force || !existsSync(out)) return;
	throw new UserError('file-exists', `${out}: there is such a file already`, {
		hint: 'Take another name, or --force.',
	});
}

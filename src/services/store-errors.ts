import { DataError, VeilcamError } from '../core/errors.js';
import { sqliteCode } from './sqlite.js';

const COLLECTOR = 'a collector';
/** Whose store of shares it is. */
export const PARTY = 'a party';

/** A failure of SQLite on a store, as a sentence: what is wrong with the file, and what to do. `owner` is whose it should be. */
export function asStoreError(error: unknown, file: string, owner: string = COLLECTOR): VeilcamError {
	if (isOfContent(error)) return damagedStore(file, error.message, { cause: error, owner });
	if (error instanceof VeilcamError) return error;
	const code = sqliteCode(error);
	const message = error instanceof Error ? error.message : String(error);
	const make = (name: string, sentence: string, hint: string): DataError =>
		new DataError(name, `${file}: ${sentence}`, { hint, cause: error });
	if (/^(SQLITE_FULL|ENOSPC|EDQUOT)/.test(code)) {
		return make('store-full', 'the disk is full', 'Free some space; what was acknowledged is kept.');
	}
	if (/^(SQLITE_READONLY|EACCES|EPERM|EROFS)/.test(code)) {
		return make('store-read-only', 'cannot be written', 'Check the permissions of the file and of its folder.');
	}
	if (code.startsWith('SQLITE_NOTADB')) {
		return make('not-a-store', `not a store of ${owner}`, capitalised(anotherFile(owner)));
	}
	if (code.startsWith('SQLITE_BUSY')) {
		return make('store-busy', 'another program is using the store', `End it, or ${anotherFile(owner)}`);
	}
	if (code.startsWith('SQLITE_CORRUPT') || /^no such (table|column)/.test(message)) {
		return damagedStore(file, message, { cause: error, owner });
	}
	if (/^(SQLITE_IOERR|EIO)/.test(code)) {
		return make('store-io', 'the disk reported an error', 'Check the disk; what was acknowledged is kept.');
	}
	if (/ConnectionFailed|unable to open/i.test(code + message)) {
		return make('store-not-opened', 'cannot be opened', 'Check that the folder exists and may be written to.');
	}
	return make('store-failed', `the store failed (${message})`, 'Run again with --debug for the details.');
}

/** The file is a store, but what it holds cannot be. */
export function damagedStore(
	file: string,
	why: string,
	{ owner = COLLECTOR, cause }: { readonly owner?: string; readonly cause?: unknown } = {},
): DataError {
	return new DataError('damaged-store', `${file}: the store is damaged (${why})`, {
		hint: `Restore it from a copy, or ${anotherFile(owner)}`,
		cause,
	});
}

/** A party has no option for its store, and makes a new one where there is none. */
function anotherFile(owner: string): string {
	return owner === PARTY ? 'move it away.' : 'name another file with --store.';
}

function capitalised(text: string): string {
	return text[0].toUpperCase() + text.slice(1);
}

/** A missing row or column, a value of another length, a text that is not JSON, parameters out of range. */
function isOfContent(error: unknown): error is Error {
	if (error instanceof SyntaxError || error instanceof RangeError) return true;
	return error instanceof VeilcamError && (error.code === 'sqlite-column' || error.code === 'session-parameter');
}

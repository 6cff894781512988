import { rmSync, statSync } from 'node:fs';
import { DataError } from '../core/errors.js';
import { openSqlite, sqliteCode } from './sqlite.js';
import { asStoreError } from './store-errors.js';

/**
 * Keeps a second server off a store, by an exclusive SQLite transaction on `<store>.lock`: the system ends it with the
 * process, however that ends. Readers of the store are not kept off. Gives the function that
 * unlocks; told to forget, it also removes the lock's file if this call made it.
 * Throws: DataError 'store-in-use'.
 */
export function lockStore(storeFile: string, owner = 'collector'): (isForgotten?: boolean) => void {
	const lockFile = `${storeFile}.lock`;
	const inUse = (cause?: unknown): DataError =>
		new DataError('store-in-use', `${storeFile}: another ${owner} is using this store`, {
			hint: 'End it, or name another file with --store.',
			cause,
		});
	try {
		const before = inodeOf(lockFile);
		const database = openSqlite(lockFile);
		try {
			database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
			const after = inodeOf(lockFile);
			// another has removed the file meanwhile: this lock would keep nobody off
			if (after === undefined || (before ?? after) !== after) throw inUse();
		} catch (error) {
			database.close();
			throw error;
		}
		return (isForgotten = false) => {
			// before the lock is given up: who gets it then finds the file gone, and knows
			if (isForgotten && before === undefined) rmSync(lockFile, { force: true });
			database.close();
		};
	} catch (error) {
		if (sqliteCode(error).startsWith('SQLITE_BUSY')) throw inUse(error);
		throw asStoreError(error, storeFile);
	}
}

/** Removes a closed store that was made for nothing; its lock is to be held. */
export function removeStore(storeFile: string): void {
	for (const end of ['', '-wal', '-shm']) rmSync(storeFile + end, { force: true });
}

function inodeOf(file: string): number | undefined {
	return statSync(file, { throwIfNoEntry: false })?.ino;
}

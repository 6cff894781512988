import { DataError } from '../core/errors.js';
import { openSqlite, sqliteCode } from './sqlite.js';
import { asStoreError } from './store-errors.js';

/**
 * Keeps a second server off a store, by an exclusive SQLite transaction on `<store>.lock`: the system ends it with the
 * process, however that ends. Readers of the store are not kept off. Gives the function that unlocks.
 * Throws: DataError 'store-in-use'.
 */
export function lockStore(storeFile: string, owner = 'collector'): () => void {
	const lockFile = `${storeFile}.lock`;
	try {
		const database = openSqlite(lockFile);
		try {
			database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
		} catch (error) {
			database.close();
			throw error;
		}
		// the empty file stays: who removed it could take away the lock that another has just got on it
		return () => database.close();
	} catch (error) {
		if (sqliteCode(error).startsWith('SQLITE_BUSY')) {
			throw new DataError('store-in-use', `${storeFile}: another ${owner} is using this store`, {
				hint: 'End it, or name another file with --store.',
				cause: error,
			});
		}
		throw asStoreError(error, storeFile);
	}
}

import { chmodSync, closeSync, openSync } from 'node:fs';
import { DataError } from '../core/errors.js';
import { numberOf, openSqlite, type SqlDatabase } from './sqlite.js';
import { asStoreError, damagedStore } from './store-errors.js';

/** What tells one kind of SQLite store from another. */
export interface StoreFormat {
	readonly applicationId: number;
	readonly version: number;
	readonly schema: string;
	/** Whose store it is: "a subtractor". */
	readonly owner: string;
	/** What to do with a file that is no such store. */
	readonly hint: string;
}

/**
 * Opens or makes a store, mode 0600, whose commits outlive a power cut.
 * Throws: DataError for another file or version, for one that SQLite finds inconsistent, and when it cannot be written.
 */
export function openVersionedStore(file: string, format: StoreFormat): SqlDatabase {
	try {
		closeSync(openSync(file, 'a', 0o600));
		chmodSync(file, 0o600);
		const database = openSqlite(file);
		try {
			prepare(database, file, format);
			return database;
		} catch (error) {
			database.close();
			throw error;
		}
	} catch (error) {
		throw asStoreError(error, file, format.owner);
	}
}

/** The number by which a SQLite file tells whose it is; 0 for most. Throws: DataError for a file that is none. */
export function applicationIdOf(file: string): number {
	try {
		const database = openSqlite(file, { readonly: true });
		try {
			return numberOf(database.get('PRAGMA application_id') ?? {}, 'application_id');
		} finally {
			database.close();
		}
	} catch (error) {
		throw asStoreError(error, file, 'veilcam');
	}
}

/**
 * Reads a store that its owner may be writing, and changes nothing of it.
 * Throws: DataError for another file or version, and for one that is damaged.
 */
export function readVersionedStore<T>(file: string, format: StoreFormat, read: (database: SqlDatabase) => T): T {
	try {
		const database = openSqlite(file, { readonly: true });
		try {
			// all from one moment
			database.exec('BEGIN');
			assertFormat(database, file, format);
			assertConsistent(database, file, format.owner);
			return read(database);
		} finally {
			database.close();
		}
	} catch (error) {
		throw asStoreError(error, file, format.owner);
	}
}

function prepare(database: SqlDatabase, file: string, format: StoreFormat): void {
	const { applicationId, version, schema } = format;
	if (numberOf(database.get('SELECT count(*) AS n FROM sqlite_master') ?? {}, 'n') === 0) {
		database.exec('PRAGMA journal_mode = WAL');
		database.transaction(() => {
			database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version}`);
			database.exec(schema);
		});
	} else {
		assertFormat(database, file, format);
	}
	database.exec('PRAGMA synchronous = FULL');
	assertConsistent(database, file, format.owner);
}

function assertFormat(database: SqlDatabase, file: string, { applicationId, version, owner, hint }: StoreFormat): void {
	const pragma = (name: string): number => numberOf(database.get(`PRAGMA ${name}`) ?? {}, name);
	if (pragma('application_id') !== applicationId) {
		throw new DataError('not-a-store', `${file}: not a store of ${owner}`, { hint });
	}
	if (pragma('user_version') !== version) {
		throw new DataError('other-version', `${file}: a store of format ${pragma('user_version')}, not ${version}`, {
			hint: `Use the veilcam that made it. ${hint}`,
		});
	}
}

function assertConsistent(database: SqlDatabase, file: string, owner: string): void {
	const [checked] = database.iterate('PRAGMA quick_check(1)');
	if (checked?.quick_check !== 'ok') throw damagedStore(file, 'SQLite finds it inconsistent', { owner });
}

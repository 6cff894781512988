import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { parseSessionParameters, type SessionParameters, sampleCountOf } from '../../core/average/session.js';
import { STORE_VERSION } from '../../core/average/versions.js';
import { DataError } from '../../core/errors.js';
import { bytesOf, numberOf, openSqlite, type SqlDatabase } from '../sqlite.js';
import { asStoreError, damagedStore } from '../store-errors.js';
import { assertSameSession } from './other-session.js';
import { bytesView, createRecentPacker, float64Copy, unpackRecent } from './store-values.js';

/** 'veil' in ASCII: tells a collector's store from other SQLite files. */
const APPLICATION_ID = 0x7665696c;

/** Id and tag of a report. */
const ENTRY_BYTES = 32;

const TAG_KEY_BYTES = 16;

/** The sums are rewritten with each commit: of 4 to 32 KB, this page size took the least time. */
const PRAGMAS = 'PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 2000';

/** Rows of `state`. The release has no sums before the first; the current sums have none where they are the release. */
const CURRENT = 0;
const RELEASE = 1;
type Kind = typeof CURRENT | typeof RELEASE;

const SCHEMA = `
	CREATE TABLE session (parameters TEXT NOT NULL, tagKey BLOB NOT NULL, createdAt TEXT NOT NULL);
	CREATE TABLE base (generation INTEGER PRIMARY KEY, sums BLOB NOT NULL);
	CREATE TABLE state (kind INTEGER PRIMARY KEY, count INTEGER NOT NULL, generation INTEGER NOT NULL, sums BLOB);
	CREATE TABLE reports (firstOrdinal INTEGER PRIMARY KEY, entries BLOB NOT NULL);
`;

/**
 * Sums after `count` reports: base + recent, sample by sample.
 * Shape: as the session's samples. `base` is exact to 2^53 and shared between sums; it is never mutated.
 */
export interface Sums {
	readonly count: number;
	readonly generation: number;
	readonly base: Float64Array;
	readonly recent: Int32Array;
}

export interface Commit {
	readonly sums: Sums;
	/** The sums are the release. */
	readonly isRelease: boolean;
	readonly firstOrdinal: number;
	/** Ids and tags of the reports that this commit adds, 32 bytes each. */
	readonly entries: Uint8Array;
}

/** The database of one collector: sums, ids and tags; never a report. */
export interface CollectorStore {
	readonly tagKey: Uint8Array;
	readonly current: Sums;
	readonly release: Sums | null;
	/** Ids and tags of all reports, 32 bytes each, in order of arrival. */
	entries(): IterableIterator<Uint8Array>;
	/** Durable when it returns. Throws: DataError; nothing has changed then. */
	commit(commit: Commit): void;
	close(): void;
}

/**
 * Opens the store of a session, or makes it.
 * Throws: DataError for a file that is no store, of another version, of another session, or that cannot be written.
 */
export function openStore(
	file: string,
	session: SessionParameters,
	now: Date,
	open: (file: string) => SqlDatabase = openSqlite,
): CollectorStore {
	try {
		// made by us first: SQLite would let everybody read it, and it is as sensitive as the stream of reports
		closeSync(openSync(file, 'a', 0o600));
	} catch (cause) {
		throw new DataError('store-not-opened', `${file}: cannot be opened`, {
			hint: 'Check that the folder exists and may be written to.',
			cause,
		});
	}
	try {
		const database = open(file);
		try {
			prepare(database, file, session, now);
			return storeOn(database, file, session);
		} catch (error) {
			database.close();
			throw error;
		}
	} catch (error) {
		throw asStoreError(error, file);
	}
}

/**
 * The session and the latest release of a store, which a running collector may be writing.
 * Throws: DataError.
 */
export function readStore(file: string): { session: SessionParameters; release: Sums | null; count: number } {
	try {
		const database = openSqlite(file, { readonly: true });
		try {
			// all from one moment: a collector may be writing
			database.exec('BEGIN');
			assertStoreVersion(database, file);
			const session = storedSession(database);
			const sampleCount = sampleCountOf(session);
			const release = readSums(database, RELEASE, sampleCount);
			const current = readSums(database, CURRENT, sampleCount);
			if (current === null) throw damagedStore(file, 'the sums are missing');
			assertCounted(database, file, current.count);
			// the ledger commits a release with each multiple of the minimum batch that it reaches
			const releasedCount = current.count - (current.count % session.minBatch);
			if ((release?.count ?? 0) !== releasedCount) {
				throw damagedStore(file, 'the count of its average is not that of its reports');
			}
			return { session, release, count: current.count };
		} finally {
			database.close();
		}
	} catch (error) {
		throw asStoreError(error, file);
	}
}

function prepare(database: SqlDatabase, file: string, session: SessionParameters, now: Date): void {
	const tables = numberOf(database.get('SELECT count(*) AS n FROM sqlite_master') ?? {}, 'n');
	if (tables === 0) {
		database.exec(PRAGMAS);
		database.transaction(() => {
			database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${STORE_VERSION}`);
			database.exec(SCHEMA);
			database.run('INSERT INTO session VALUES (?, ?, ?)', [
				JSON.stringify(session),
				new Uint8Array(randomBytes(TAG_KEY_BYTES)),
				now.toISOString(),
			]);
			const samples = sampleCountOf(session);
			database.run('INSERT INTO base VALUES (0, ?)', [new Uint8Array(8 * samples)]);
			database.run('INSERT INTO state VALUES (0, 0, 0, ?), (1, 0, 0, NULL)', [new Uint8Array(4 * samples)]);
		});
	} else {
		assertStoreVersion(database, file);
		assertSameSession(file, storedSession(database), session);
		database.exec(PRAGMAS);
		// a write that changes nothing: what cannot be written is refused now, not with the first report
		database.run('UPDATE session SET createdAt = createdAt', []);
	}
	// an acknowledged report must outlive a power cut, not only the process
	database.exec('PRAGMA synchronous = FULL');
}

function storeOn(database: SqlDatabase, file: string, session: SessionParameters): CollectorStore {
	const sampleCount = sampleCountOf(session);
	const current = readSums(database, CURRENT, sampleCount);
	if (current === null) throw damagedStore(file, 'the sums are missing');
	assertCounted(database, file, current.count);
	let generation = current.generation;
	// counts of bits are moved into the base before they reach 65,536
	const pack = createRecentPacker(sampleCount, session.mechanism.kind === 'one-bit');
	const tagKey = bytesOf(database.get('SELECT tagKey FROM session') ?? {}, 'tagKey');
	if (tagKey.length !== TAG_KEY_BYTES) throw damagedStore(file, 'the key of its tags has another length');
	return {
		tagKey,
		current,
		release: readSums(database, RELEASE, sampleCount),
		*entries() {
			for (const row of database.iterate('SELECT entries FROM reports ORDER BY firstOrdinal')) {
				yield bytesOf(row, 'entries');
			}
		},
		commit({ sums, isRelease, firstOrdinal, entries }) {
			try {
				database.transaction(() => {
					if (sums.generation !== generation) {
						database.run('INSERT OR REPLACE INTO base VALUES (?, ?)', [sums.generation, bytesView(sums.base)]);
					}
					// sums that are the release are written once; the current ones then refer to it
					const recent = pack(sums.recent);
					if (isRelease) put(database, RELEASE, sums, recent);
					put(database, CURRENT, sums, isRelease ? null : recent);
					database.run('INSERT INTO reports VALUES (?, ?)', [firstOrdinal, entries]);
					if (sums.generation !== generation) {
						database.run(
							'DELETE FROM base WHERE generation NOT IN (SELECT generation FROM state WHERE sums IS NOT NULL)',
							[],
						);
					}
				});
				generation = sums.generation;
			} catch (error) {
				throw asStoreError(error, file);
			}
		},
		close() {
			try {
				// closing would do it, too, but only when the last statement is collected
				database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
			} catch {
				// a full disk: the log stays, and is read at the next start
			}
			database.close();
		},
	};
}

/** Each report that was counted has left an id and a tag. Throws: DataError. */
function assertCounted(database: SqlDatabase, file: string, count: number): void {
	const { bytes } = database.get('SELECT total(length(entries)) AS bytes FROM reports') ?? {};
	if (bytes !== ENTRY_BYTES * count) throw damagedStore(file, 'it has another number of ids than of reports');
}

function put(database: SqlDatabase, kind: Kind, sums: Sums, recent: Uint8Array | null): void {
	const { count, generation } = sums;
	database.run('UPDATE state SET count = ?, generation = ?, sums = ? WHERE kind = ?', [
		count,
		generation,
		recent,
		kind,
	]);
}

function readSums(database: SqlDatabase, kind: Kind, sampleCount: number): Sums | null {
	const row = database.get('SELECT count, generation, sums FROM state WHERE kind = ?', [kind]);
	if (row === undefined) return null;
	if (row.sums === null) return kind === RELEASE ? null : readSums(database, RELEASE, sampleCount);
	const generation = numberOf(row, 'generation');
	const base = database.get('SELECT sums FROM base WHERE generation = ?', [generation]) ?? {};
	const count = numberOf(row, 'count');
	if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`count: ${count}`);
	return {
		count,
		generation,
		base: float64Copy(bytesOf(base, 'sums'), sampleCount),
		recent: unpackRecent(bytesOf(row, 'sums'), sampleCount),
	};
}

function storedSession(database: SqlDatabase): SessionParameters {
	const row = database.get('SELECT parameters FROM session') ?? {};
	return parseSessionParameters(JSON.parse(String(row.parameters)), 'file');
}

function assertStoreVersion(database: SqlDatabase, file: string): void {
	const id = numberOf(database.get('PRAGMA application_id') ?? {}, 'application_id');
	if (id !== APPLICATION_ID) {
		throw new DataError('not-a-store', `${file}: a SQLite file, but not the store of a collector`, {
			hint: 'Name another file with --store.',
		});
	}
	const version = numberOf(database.get('PRAGMA user_version') ?? {}, 'user_version');
	if (version !== STORE_VERSION) {
		throw new DataError(
			'store-version',
			`${file}: a store of format ${version}, this veilcam reads format ${STORE_VERSION}`,
			{ hint: 'Use the veilcam that made it, or name another file with --store.' },
		);
	}
}

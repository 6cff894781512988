import { createHash } from 'node:crypto';
import { chmodSync, closeSync, openSync } from 'node:fs';
import { PERSON_BYTES } from '../../core/average/person-id.js';
import { describeMechanism, parseSessionParameters, type SessionParameters } from '../../core/average/session.js';
import { DataError } from '../../core/errors.js';
import { bytesOf, numberOf, openSqlite, type SqlDatabase, type SqlRow } from '../sqlite.js';
import { asStoreError } from '../store-errors.js';

/** Tells a party's store of shares from other SQLite files. */
const APPLICATION_ID = 0x76656973;
const STORE_VERSION = 1;

/** Rows of `reports` whose batch is none of 1, 2, …: waiting for one, and left out for good. */
const WAITING = 0;
const REJECTED = -1;

const SCHEMA = `
	CREATE TABLE sessions (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, parameters TEXT NOT NULL,
		uploadToken TEXT NOT NULL);
	CREATE TABLE reports (ordinal INTEGER PRIMARY KEY, session INTEGER NOT NULL, id BLOB NOT NULL,
		firstHash BLOB NOT NULL, secondHash BLOB NOT NULL, batch INTEGER NOT NULL);
	CREATE UNIQUE INDEX ids ON reports (session, id);
	CREATE INDEX batches ON reports (session, batch, ordinal);
	CREATE TABLE bodies (ordinal INTEGER PRIMARY KEY, body BLOB NOT NULL);
	CREATE TABLE seals (session INTEGER NOT NULL, batch INTEGER NOT NULL, promise TEXT, count INTEGER NOT NULL,
		listHash BLOB NOT NULL, ids BLOB NOT NULL, rho REAL NOT NULL, summand BLOB, PRIMARY KEY (session, batch));
`;

/** A session as a party knows it. */
export interface StoredSession {
	readonly number: number;
	readonly parameters: SessionParameters;
	/** SHA-256 of the parameters. */
	readonly hash: Uint8Array;
	/** What those who upload have to show; it opens nothing else. */
	readonly uploadToken: string;
}

export interface NewReport {
	readonly session: number;
	readonly id: Uint8Array;
	readonly firstHash: Uint8Array;
	readonly secondHash: Uint8Array;
	readonly body: Uint8Array;
	/** Pictures that may wait of the person whose id this is; no limit without. */
	readonly mostOfPerson?: number | undefined;
}

/** A report as it is compared with the other holders. */
export interface HeldReport {
	readonly ordinal: number;
	readonly firstHash: Uint8Array;
	readonly secondHash: Uint8Array;
	/** 0 while it waits, -1 when it was left out for good, else the batch that it was added in. */
	readonly batch: number;
}

/** What a party has fixed for good before anything of a batch is opened. */
export interface Seal {
	readonly batch: number;
	/** JSON of the noise's promise; null for an exact release. */
	readonly promise: string | null;
	readonly count: number;
	readonly listHash: Uint8Array;
	/** 16 bytes each, in the order agreed on. */
	readonly ids: Uint8Array;
	/** zCDP charged for it. */
	readonly rho: number;
	/** This party's own noise, float64; null without. It is drawn once and stored before use. */
	readonly summand: Uint8Array | null;
}

/** Shares of pictures at one party: durable when a method returns. Throws: DataError. */
export interface ShareStore {
	session(name: string): StoredSession | null;
	/** With the upload token that holds from now on. Throws: DataError when the session is here with other parameters. */
	addSession(parameters: SessionParameters, uploadToken: string): StoredSession;
	/** One transaction for all. */
	insert(reports: readonly NewReport[]): ('accepted' | 'duplicate' | 'conflict' | 'excess')[];
	find(session: number, id: Uint8Array): HeldReport | null;
	body(ordinal: number): Uint8Array;
	/** The first ids that wait, in order of arrival, 16 bytes each. */
	waitingIds(session: number, most: number): Uint8Array;
	counts(session: number): { waiting: number; rejected: number; sealed: number };
	reject(ordinals: readonly number[]): void;
	/** The latest. */
	lastSeal(session: number): Seal | null;
	/** zCDP of all releases of a session. */
	spentRho(session: number): number;
	/** Fixes a batch, and forgets the shares of the one before: what was added there is opened and is not added again. */
	seal(session: number, seal: Seal, ordinals: readonly number[]): void;
	close(): void;
}

/**
 * Opens or makes a party's store, mode 0600: with the store of another party it gives every picture away.
 * Throws: DataError for another file, and for one that cannot be written.
 */
export function openShareStore(file: string): ShareStore {
	try {
		closeSync(openSync(file, 'a', 0o600));
		chmodSync(file, 0o600);
		const database = openSqlite(file);
		try {
			prepare(database, file);
			return storeOn(database, file);
		} catch (error) {
			database.close();
			throw error;
		}
	} catch (error) {
		throw asStoreError(error, file);
	}
}

function prepare(database: SqlDatabase, file: string): void {
	const isNew = numberOf(database.get('SELECT count(*) AS n FROM sqlite_master') ?? {}, 'n') === 0;
	const pragma = (name: string): number => numberOf(database.get(`PRAGMA ${name}`) ?? {}, name);
	if (!isNew && (pragma('application_id') !== APPLICATION_ID || pragma('user_version') !== STORE_VERSION)) {
		throw new DataError('not-a-store', `${file}: not a store of shares of this version`, {
			hint: 'Move the file away, or use the veilcam that made it.',
		});
	}
	database.exec('PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 4000');
	if (isNew) {
		database.transaction(() => {
			database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${STORE_VERSION}`);
			database.exec(SCHEMA);
		});
	}
	// an acknowledged report must outlive a power cut, not only the process
	database.exec('PRAGMA synchronous = FULL');
}

function storeOn(database: SqlDatabase, file: string): ShareStore {
	const guarded = <Result>(work: () => Result): Result => {
		try {
			return work();
		} catch (error) {
			throw asStoreError(error, file);
		}
	};
	const find = (session: number, id: Uint8Array): HeldReport | null => {
		const row = database.get('SELECT ordinal, firstHash, secondHash, batch FROM reports WHERE session = ? AND id = ?', [
			session,
			id,
		]);
		return row === undefined ? null : heldReport(row);
	};
	const waitingOfPerson = (session: number, id: Uint8Array): number => {
		const [first, last] = [id.slice(), id.slice()];
		first.fill(0, PERSON_BYTES);
		last.fill(0xff, PERSON_BYTES);
		const sql = `SELECT count(*) AS n FROM reports WHERE session = ? AND id BETWEEN ? AND ? AND batch = ${WAITING}`;
		return numberOf(database.get(sql, [session, first, last]) ?? {}, 'n');
	};
	const insertOne = ({ session, id, firstHash, secondHash, body, mostOfPerson }: NewReport) => {
		const held = find(session, id);
		if (held !== null) {
			const isSame = equal(held.firstHash, firstHash) && equal(held.secondHash, secondHash);
			return isSame && held.batch !== REJECTED ? 'duplicate' : 'conflict';
		}
		if (mostOfPerson !== undefined && waitingOfPerson(session, id) >= mostOfPerson) return 'excess';
		database.run('INSERT INTO reports VALUES (NULL, ?, ?, ?, ?, ?)', [session, id, firstHash, secondHash, WAITING]);
		database.run('INSERT INTO bodies VALUES (last_insert_rowid(), ?)', [body]);
		return 'accepted';
	};
	const countOf = (session: number, condition: string): number =>
		numberOf(
			database.get(`SELECT count(*) AS n FROM reports WHERE session = ? AND batch ${condition}`, [session]) ?? {},
			'n',
		);
	const session = (name: string): StoredSession | null => {
		const row = database.get('SELECT number, parameters, uploadToken FROM sessions WHERE name = ?', [name]);
		return row === undefined ? null : storedSession(row);
	};
	return {
		session: (name) => guarded(() => session(name)),
		addSession: (parameters, uploadToken) =>
			guarded(() => {
				const text = JSON.stringify(parameters);
				database.run('INSERT OR IGNORE INTO sessions VALUES (NULL, ?, ?, ?)', [parameters.name, text, uploadToken]);
				const stored = session(parameters.name);
				if (stored === null || JSON.stringify(stored.parameters) !== text) {
					const is = stored === null ? 'missing' : describe(stored.parameters);
					throw new DataError('other-session', `the session ${parameters.name} is here as ${is}`, {
						hint: 'Choose another --session, or start the collector as it was started first.',
					});
				}
				// parties that are started anew have a new token, and their front a new one of this kind
				if (stored.uploadToken === uploadToken) return stored;
				database.run('UPDATE sessions SET uploadToken = ? WHERE number = ?', [uploadToken, stored.number]);
				return { ...stored, uploadToken };
			}),
		insert: (reports) =>
			guarded(() => {
				let statuses: ReturnType<typeof insertOne>[] = [];
				database.transaction(() => {
					statuses = reports.map(insertOne);
				});
				return statuses;
			}),
		find: (number, id) => guarded(() => find(number, id)),
		body: (ordinal) =>
			guarded(() => bytesOf(database.get('SELECT body FROM bodies WHERE ordinal = ?', [ordinal]) ?? {}, 'body')),
		waitingIds: (number, most) =>
			guarded(() => {
				const ids: Uint8Array[] = [];
				const sql = 'SELECT id FROM reports WHERE session = ? AND batch = 0 ORDER BY ordinal LIMIT ?';
				for (const row of database.iterate(sql, [number, most])) ids.push(bytesOf(row, 'id'));
				return Buffer.concat(ids);
			}),
		counts: (number) =>
			guarded(() => ({
				waiting: countOf(number, `= ${WAITING}`),
				rejected: countOf(number, `= ${REJECTED}`),
				sealed: countOf(number, `> ${WAITING}`),
			})),
		reject: (ordinals) =>
			guarded(() =>
				database.transaction(() => {
					for (const ordinal of ordinals) {
						database.run('UPDATE reports SET batch = ? WHERE ordinal = ? AND batch = ?', [REJECTED, ordinal, WAITING]);
						database.run('DELETE FROM bodies WHERE ordinal = ?', [ordinal]);
					}
				}),
			),
		lastSeal: (number) =>
			guarded(() => {
				const row = database.get('SELECT * FROM seals WHERE session = ? ORDER BY batch DESC LIMIT 1', [number]);
				return row === undefined ? null : sealOf(row);
			}),
		spentRho: (number) =>
			guarded(() =>
				numberOf(database.get('SELECT total(rho) AS rho FROM seals WHERE session = ?', [number]) ?? {}, 'rho'),
			),
		seal: (number, { batch, promise, count, listHash, ids, rho, summand }, ordinals) =>
			guarded(() =>
				database.transaction(() => {
					const values = [number, batch, promise, count, listHash, ids, rho, summand];
					database.run('INSERT INTO seals VALUES (?, ?, ?, ?, ?, ?, ?, ?)', values);
					for (const ordinal of ordinals) {
						database.run('UPDATE reports SET batch = ? WHERE ordinal = ?', [batch, ordinal]);
					}
					database.run(
						'DELETE FROM bodies WHERE ordinal IN (SELECT ordinal FROM reports WHERE session = ? AND batch = ? AND batch > 0)',
						[number, batch - 1],
					);
					// noise that is known can be subtracted
					database.run('UPDATE seals SET summand = NULL WHERE session = ? AND batch < ?', [number, batch]);
				}),
			),
		close: () => database.close(),
	};
}

function storedSession(row: SqlRow): StoredSession {
	const text = String(row.parameters);
	return {
		number: numberOf(row, 'number'),
		parameters: parseSessionParameters(JSON.parse(text), 'file'),
		hash: new Uint8Array(createHash('sha256').update(text).digest()),
		uploadToken: String(row.uploadToken),
	};
}

function heldReport(row: SqlRow): HeldReport {
	return {
		ordinal: numberOf(row, 'ordinal'),
		firstHash: bytesOf(row, 'firstHash'),
		secondHash: bytesOf(row, 'secondHash'),
		batch: numberOf(row, 'batch'),
	};
}

function sealOf(row: SqlRow): Seal {
	return {
		batch: numberOf(row, 'batch'),
		promise: row.promise === null ? null : String(row.promise),
		count: numberOf(row, 'count'),
		listHash: bytesOf(row, 'listHash'),
		ids: bytesOf(row, 'ids'),
		rho: numberOf(row, 'rho'),
		summand: row.summand === null ? null : bytesOf(row, 'summand'),
	};
}

function describe({ width, height, channels, mechanism, minBatch }: SessionParameters): string {
	const colour = channels === 1 ? 'gray' : 'RGB';
	return `${width}x${height} ${colour}, ${describeMechanism(mechanism)}, minimum batch ${minBatch}`;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
	return Buffer.compare(a, b) === 0;
}

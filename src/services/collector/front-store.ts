import { closeSync, openSync } from 'node:fs';
import { parseSessionParameters, type SessionParameters, sampleCountOf } from '../../core/average/session.js';
import { DataError } from '../../core/errors.js';
import type { BatchSums } from '../client/shares-parties.js';
import { bytesOf, numberOf, openSqlite, type SqlDatabase } from '../sqlite.js';
import { asStoreError } from '../store-errors.js';
import type { ReleasedBatch } from './front-routes.js';
import { assertSameSession } from './other-session.js';
import { bytesView, float64Copy } from './store-values.js';

/** 'veir' in ASCII: tells the store of a front from that of a collector and from other SQLite files. */
const APPLICATION_ID = 0x76656972;

const SCHEMA = `
	CREATE TABLE session (parameters TEXT NOT NULL);
	CREATE TABLE batches (batch INTEGER PRIMARY KEY, count INTEGER NOT NULL, totalSigma REAL NOT NULL,
		rho REAL NOT NULL, promise TEXT NOT NULL, sums BLOB NOT NULL);
`;

/** All batches of a session together. */
export interface FrontSums {
	readonly count: number;
	readonly sums: Float64Array;
	/** Of the noise in the sums. */
	readonly totalSigma: number;
	readonly batches: readonly ReleasedBatch[];
}

/** What a front keeps: opened sums, which are public; no shares. */
export interface FrontStore {
	readonly released: FrontSums;
	/** Durable when it returns. */
	add(batch: BatchSums, promise: ReleasedBatch['promise']): void;
	close(): void;
}

/** Opens or makes the store of a front. Throws: DataError for another file or session. */
export function openFrontStore(file: string, session: SessionParameters): FrontStore {
	try {
		closeSync(openSync(file, 'a', 0o600));
		const database = openSqlite(file);
		try {
			prepare(database, file, session);
			let released = readReleased(database, session);
			return {
				get released() {
					return released;
				},
				add({ batch, count, totalSigma, rho, sums }, promise) {
					const values = [batch, count, totalSigma, rho, JSON.stringify(promise), bytesView(sums)];
					database.run('INSERT OR REPLACE INTO batches VALUES (?, ?, ?, ?, ?, ?)', values);
					released = readReleased(database, session);
				},
				close: () => database.close(),
			};
		} catch (error) {
			database.close();
			throw error;
		}
	} catch (error) {
		throw asStoreError(error, file);
	}
}

/** The session and all releases of a front's store, or null for a file that is none. Throws: DataError. */
export function readFrontStore(file: string): { session: SessionParameters; released: FrontSums } | null {
	try {
		const database = openSqlite(file, { readonly: true });
		try {
			if (numberOf(database.get('PRAGMA application_id') ?? {}, 'application_id') !== APPLICATION_ID) return null;
			const session = storedSession(database);
			return { session, released: readReleased(database, session) };
		} finally {
			database.close();
		}
	} catch (error) {
		throw asStoreError(error, file);
	}
}

function prepare(database: SqlDatabase, file: string, session: SessionParameters): void {
	const tables = numberOf(database.get('SELECT count(*) AS n FROM sqlite_master') ?? {}, 'n');
	database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
	if (tables === 0) {
		database.transaction(() => {
			database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
			database.exec(SCHEMA);
			database.run('INSERT INTO session VALUES (?)', [JSON.stringify(session)]);
		});
		return;
	}
	if (numberOf(database.get('PRAGMA application_id') ?? {}, 'application_id') !== APPLICATION_ID) {
		throw new DataError('not-a-store', `${file}: not the store of a session on shares`, {
			hint: 'Name another file with --store.',
		});
	}
	assertSameSession(file, storedSession(database), session);
}

function storedSession(database: SqlDatabase): SessionParameters {
	const row = database.get('SELECT parameters FROM session') ?? {};
	return parseSessionParameters(JSON.parse(String(row.parameters)), 'file');
}

function readReleased(database: SqlDatabase, session: SessionParameters): FrontSums {
	const samples = sampleCountOf(session);
	const sums = new Float64Array(samples);
	const batches: ReleasedBatch[] = [];
	for (const row of database.iterate('SELECT * FROM batches ORDER BY batch')) {
		const own = float64Copy(bytesOf(row, 'sums'), samples);
		for (let i = 0; i < samples; i++) sums[i] += own[i];
		batches.push({
			batch: numberOf(row, 'batch'),
			count: numberOf(row, 'count'),
			totalSigma: numberOf(row, 'totalSigma'),
			rho: numberOf(row, 'rho'),
			promise: JSON.parse(String(row.promise)),
		});
	}
	return {
		count: batches.reduce((sum, { count }) => sum + count, 0),
		sums,
		totalSigma: Math.hypot(...batches.map(({ totalSigma }) => totalSigma)),
		batches,
	};
}

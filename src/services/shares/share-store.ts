import { PERSON_BYTES } from '../../core/average/person-id.js';
import type { SessionParameters } from '../../core/average/session.js';
import { sessionText } from '../../core/average/session-hash.js';
import { DataError } from '../../core/errors.js';
import { bytesOf, numberOf, type SqlDatabase } from '../sqlite.js';
import { asStoreError, PARTY } from '../store-errors.js';
import { openVersionedStore, type StoreFormat } from '../versioned-store.js';
import { SHARES_VERSION } from '../versions.js';
import { openShareBodies, type ShareBodies } from './share-bodies.js';
import { describeSession, heldReport, releaseOf, sealOf, storedSession } from './share-rows.js';

/** Rows of `reports` whose batch is none of 1, 2, …: waiting for one, and left out for good, here because it is damaged. */
const WAITING = 0;
const REJECTED = -1;
const DAMAGED = -2;

const SCHEMA = `
	CREATE TABLE sessions (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, parameters TEXT NOT NULL,
		uploadToken TEXT NOT NULL);
	CREATE TABLE reports (ordinal INTEGER PRIMARY KEY, session INTEGER NOT NULL, id BLOB NOT NULL,
		firstHash BLOB NOT NULL, secondHash BLOB NOT NULL, batch INTEGER NOT NULL, slot INTEGER);
	CREATE UNIQUE INDEX ids ON reports (session, id);
	CREATE INDEX batches ON reports (session, batch, ordinal);
	CREATE TABLE seals (session INTEGER NOT NULL, batch INTEGER NOT NULL, promise TEXT, count INTEGER NOT NULL,
		listHash BLOB NOT NULL, ids BLOB NOT NULL, rho REAL NOT NULL, summand BLOB, PRIMARY KEY (session, batch));
	-- what is asked for again and again, without the ids and the noise that lie in the rows
	CREATE INDEX releases ON seals (session, batch, promise, count, rho);
`;

/** What tells it from other SQLite files. */
export const SHARES_FORMAT: StoreFormat = {
	// 'veis' in ASCII
	applicationId: 0x76656973,
	version: SHARES_VERSION,
	schema: SCHEMA,
	owner: PARTY,
	hint: 'Move the file away.',
};

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
	/** 0 while it waits, less when it was left out for good, else the batch that it was added in. */
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

export type InsertStatus = 'accepted' | 'duplicate' | 'conflict' | 'excess';

/** Shares of pictures at one party: durable when a method returns. Throws: DataError. */
export interface ShareStore {
	session(name: string): StoredSession | null;
	/** With the upload token that holds from now on. Throws: DataError when the session is here with other parameters. */
	addSession(parameters: SessionParameters, uploadToken: string): StoredSession;
	/** One write and one transaction for all. */
	insert(session: number, reports: readonly NewReport[]): Promise<InsertStatus[]>;
	find(session: number, id: Uint8Array): HeldReport | null;
	/** Reads what came of a report into bytes of that length; false where the file ends before. */
	readBodyInto(bytes: Uint8Array, session: number, ordinal: number): boolean;
	/** The first ids that wait, in order of arrival, 16 bytes each. */
	waitingIds(session: number, most: number): Uint8Array;
	counts(session: number): { waiting: number; rejected: number; damaged: number; sealed: number };
	/** Leaves reports that wait out for good. */
	reject(session: number, ordinals: readonly number[], why: 'differs' | 'damaged'): void;
	/** The latest. */
	lastSeal(session: number): Seal | null;
	/** The latest, without what takes long to read. */
	lastRelease(session: number): Pick<Seal, 'batch' | 'promise'> | null;
	/** zCDP of all releases of a session. */
	spentRho(session: number): number;
	/** Fixes a batch, and forgets the shares of the one before: what was added there is opened and is not added again. */
	seal(session: number, seal: Seal, ordinals: readonly number[]): void;
	close(): void;
}

/**
 * Opens or makes a party's store, mode 0600: with the store of another party it gives every picture away. `bodyBytesOf`
 * is what this party is sent of a picture of a session.
 * Throws: DataError for another file, and for one that cannot be written.
 */
export function openShareStore(file: string, bodyBytesOf: (parameters: SessionParameters) => number): ShareStore {
	const database = openVersionedStore(file, SHARES_FORMAT);
	try {
		return storeOn(database, file, bodyBytesOf);
	} catch (error) {
		database.close();
		throw asStoreError(error, file, PARTY);
	}
}

function storeOn(
	database: SqlDatabase,
	file: string,
	bodyBytesOf: (parameters: SessionParameters) => number,
): ShareStore {
	const guarded = <Result>(work: () => Result): Result => {
		try {
			return work();
		} catch (error) {
			throw asStoreError(error, file, PARTY);
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
	const insertOne = (
		session: number,
		{ id, firstHash, secondHash, mostOfPerson }: NewReport,
		slot: number,
	): InsertStatus => {
		const held = find(session, id);
		if (held !== null) {
			const isSame = equal(held.firstHash, firstHash) && equal(held.secondHash, secondHash);
			return isSame && held.batch >= WAITING ? 'duplicate' : 'conflict';
		}
		if (mostOfPerson !== undefined && waitingOfPerson(session, id) >= mostOfPerson) return 'excess';
		const values = [session, id, firstHash, secondHash, WAITING, slot];
		database.run('INSERT INTO reports VALUES (NULL, ?, ?, ?, ?, ?, ?)', values);
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
	const slotsWhere = (condition: string, values: readonly number[]): number[] =>
		Array.from(database.iterate(`SELECT slot FROM reports WHERE ${condition}`, values), (row) => numberOf(row, 'slot'));
	const opened = new Map<number, ShareBodies>();
	const bodiesOf = (number: number): ShareBodies => {
		const known = opened.get(number);
		if (known !== undefined) return known;
		const row = database.get('SELECT number, parameters, uploadToken FROM sessions WHERE number = ?', [number]);
		if (row === undefined) throw new RangeError(`there is no session ${number}`);
		const bodyBytes = bodyBytesOf(storedSession(row).parameters);
		const used = slotsWhere('session = ? AND slot IS NOT NULL', [number]);
		const bodies = openShareBodies(`${file}-bodies-${number}`, bodyBytes, used);
		opened.set(number, bodies);
		return bodies;
	};
	return {
		session: (name) => guarded(() => session(name)),
		addSession: (parameters, uploadToken) =>
			guarded(() => {
				const text = sessionText(parameters);
				database.run('INSERT OR IGNORE INTO sessions VALUES (NULL, ?, ?, ?)', [parameters.name, text, uploadToken]);
				const stored = session(parameters.name);
				if (stored === null || sessionText(stored.parameters) !== text) {
					const is = stored === null ? 'missing' : describeSession(stored.parameters);
					throw new DataError('other-session', `the session ${parameters.name} is here as ${is}`, {
						hint: 'Choose another --session, or start the collector as it was started first.',
					});
				}
				// parties that are started anew have a new token, and their front a new one of this kind
				if (stored.uploadToken === uploadToken) return stored;
				database.run('UPDATE sessions SET uploadToken = ? WHERE number = ?', [uploadToken, stored.number]);
				return { ...stored, uploadToken };
			}),
		async insert(number, reports) {
			const bodies = guarded(() => bodiesOf(number));
			const slots = await bodies.write(reports.map(({ body }) => body));
			let statuses: InsertStatus[] = [];
			try {
				guarded(() =>
					database.transaction(() => {
						statuses = reports.map((report, i) => insertOne(number, report, slots[i]));
					}),
				);
			} catch (error) {
				statuses = [];
				throw error;
			} finally {
				bodies.free(slots.filter((_, i) => statuses[i] !== 'accepted'));
			}
			return statuses;
		},
		find: (number, id) => guarded(() => find(number, id)),
		readBodyInto: (bytes, number, ordinal) =>
			guarded(() => {
				const sql = 'SELECT slot FROM reports WHERE session = ? AND ordinal = ?';
				return bodiesOf(number).readInto(bytes, numberOf(database.get(sql, [number, ordinal]) ?? {}, 'slot'));
			}),
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
				rejected: countOf(number, `< ${WAITING}`),
				damaged: countOf(number, `= ${DAMAGED}`),
				sealed: numberOf(database.get('SELECT total(count) AS n FROM seals WHERE session = ?', [number]) ?? {}, 'n'),
			})),
		reject: (number, ordinals, why) =>
			guarded(() => {
				const where = 'session = ? AND ordinal = ? AND batch = ?';
				const slots = ordinals.flatMap((ordinal) => slotsWhere(where, [number, ordinal, WAITING]));
				database.transaction(() => {
					for (const ordinal of ordinals) {
						const values = [why === 'damaged' ? DAMAGED : REJECTED, number, ordinal, WAITING];
						database.run(`UPDATE reports SET batch = ?, slot = NULL WHERE ${where}`, values);
					}
				});
				bodiesOf(number).free(slots);
			}),
		lastSeal: (number) =>
			guarded(() => {
				const row = database.get('SELECT * FROM seals WHERE session = ? ORDER BY batch DESC LIMIT 1', [number]);
				return row === undefined ? null : sealOf(row);
			}),
		lastRelease: (number) =>
			guarded(() => {
				const sql = 'SELECT batch, promise FROM seals WHERE session = ? ORDER BY batch DESC LIMIT 1';
				const row = database.get(sql, [number]);
				return row === undefined ? null : releaseOf(row);
			}),
		spentRho: (number) =>
			guarded(() =>
				numberOf(database.get('SELECT total(rho) AS rho FROM seals WHERE session = ?', [number]) ?? {}, 'rho'),
			),
		seal: (number, { batch, promise, count, listHash, ids, rho, summand }, ordinals) =>
			guarded(() => {
				const before = [number, batch - 1];
				const wasAdded = `session = ? AND batch = ? AND batch > ${WAITING} AND slot IS NOT NULL`;
				const slots = slotsWhere(wasAdded, before);
				database.transaction(() => {
					const values = [number, batch, promise, count, listHash, ids, rho, summand];
					database.run('INSERT INTO seals VALUES (?, ?, ?, ?, ?, ?, ?, ?)', values);
					for (const ordinal of ordinals) {
						database.run('UPDATE reports SET batch = ? WHERE ordinal = ?', [batch, ordinal]);
					}
					database.run(`UPDATE reports SET slot = NULL WHERE ${wasAdded}`, before);
					// noise that is known can be subtracted
					database.run('UPDATE seals SET summand = NULL WHERE session = ? AND batch < ?', [number, batch]);
				});
				bodiesOf(number).free(slots);
			}),
		close() {
			for (const bodies of opened.values()) bodies.close();
			database.close();
		},
	};
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
	return Buffer.compare(a, b) === 0;
}

import { closeSync, openSync } from 'node:fs';
import { DataError } from '../../core/errors.js';
import { DESCRIPTOR_LENGTH } from '../../core/face/fixed-match.js';
import { FIRST_GENERATION } from '../../core/face/gallery-digest.js';
import { bytesOf, numberOf, openSqlite, type SqlDatabase, type SqlRow } from '../sqlite.js';
import { GALLERY_VERSION } from '../versions.js';
import { ANY_CLIENT } from './party-config.js';

/** Templates of one party on disk: random ids, and words that are uniform by themselves. */
export interface GalleryFile {
	/** In order of enrolment, behind a place. Shape: `size` templates at most in each. */
	batches(size: number, after?: number): Iterable<PlacedBatch>;
	ids(): Iterable<string>;
	/** All or none. */
	append(batch: GalleryBatch): void;
	/** At places of their own: those that they have in another file. All or none. */
	insert(batch: PlacedBatch): void;
	remove(ids: readonly string[]): void;
	/** Which shares of the templates these are. */
	generation: string;
	/** Of the shares as they were when they were last made anew; of no bytes before. */
	hashes: ComponentHashes;
	/** The recognition network that made the templates. */
	model: string;
	/** How many questions were let through, by client. */
	queries: Readonly<Record<string, number>>;
	/** Closes it so that nothing is left beside it. */
	close(): void;
}

/** Shape: first and second ids x 128. */
export interface GalleryBatch {
	readonly ids: readonly string[];
	readonly first: Int32Array;
	readonly second: Int32Array;
}

/** Of ids and the words of one component, in order: the party that holds the same component has the same. */
export interface ComponentHashes {
	readonly first: Uint8Array;
	readonly second: Uint8Array;
}

export interface PlacedBatch extends GalleryBatch {
	/** Ascending. */
	readonly places: readonly number[];
}

/** The recognition network whose weights everybody has. */
export const PUBLIC_MODEL = 'public';

/** For `inspect`, which reads a party's file. */
const BUSY_MS = 5000;
const ROW_BYTES = 4 * DESCRIPTOR_LENGTH;
/** Before the label of a client, in the names of counts. */
const QUERIES = 'queries of ';

/**
 * How commits reach the disk: each one, for good; or when the system likes, for a file that is worth nothing before it is
 * complete and synced.
 */
const JOURNALS = {
	kept: 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL',
	unfinished: 'PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF',
} as const;

/** Opens or makes the file, mode 0600. Throws: DataError that names it. */
export function openGalleryFile(file: string, state: keyof typeof JOURNALS = 'kept'): GalleryFile {
	const database = open(file, JOURNALS[state]);
	let isOpen = true;
	const marked = (name: string): string | undefined => {
		const value = database.get('SELECT value FROM marks WHERE name = ?', [name])?.value;
		return typeof value === 'string' ? value : undefined;
	};
	const mark = (name: string, value: string): void =>
		database.run('INSERT OR REPLACE INTO marks VALUES (?, ?)', [name, value]);
	return {
		*batches(size, after = 0) {
			// page by page: between two of them other statements may write
			const page = 'SELECT place, id, first, second FROM templates WHERE place > ? ORDER BY place LIMIT ?';
			for (let last: number | undefined = after; last !== undefined; ) {
				const batch = joined([...database.iterate(page, [last, size])]);
				last = batch.places.at(-1);
				if (last !== undefined) yield batch;
			}
		},
		*ids() {
			for (const row of database.iterate('SELECT id FROM templates ORDER BY place')) yield hexOf(row.id);
		},
		append(batch) {
			database.transaction(() => insert(database, batch));
		},
		insert(batch) {
			database.transaction(() => insert(database, batch, batch.places));
		},
		remove(ids) {
			database.transaction(() => {
				for (const id of ids) database.run('DELETE FROM templates WHERE id = ?', [Buffer.from(id, 'hex')]);
			});
			// what was deleted is gone from the log, too
			database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
		},
		get generation() {
			return marked('generation') ?? FIRST_GENERATION;
		},
		set generation(value) {
			mark('generation', value);
		},
		get model() {
			return marked('model') ?? PUBLIC_MODEL;
		},
		set model(value) {
			mark('model', value);
		},
		get hashes() {
			const bytes = (name: string): Uint8Array => Buffer.from(marked(name) ?? '', 'hex');
			return { first: bytes('first'), second: bytes('second') };
		},
		set hashes(hashes) {
			for (const name of ['first', 'second'] as const) mark(name, Buffer.from(hashes[name]).toString('hex'));
		},
		get queries() {
			const rows = [...database.iterate('SELECT name, value FROM counts ORDER BY name')];
			return Object.fromEntries(rows.map((row) => [String(row.name).slice(QUERIES.length), numberOf(row, 'value')]));
		},
		set queries(counts) {
			database.transaction(() => {
				for (const [client, count] of Object.entries(counts)) {
					database.run('INSERT OR REPLACE INTO counts VALUES (?, ?)', [QUERIES + client, count]);
				}
			});
		},
		close() {
			if (!isOpen) return;
			// the library closes a database when its statements are collected; by then the log's name may be another file's
			try {
				database.exec('PRAGMA journal_mode = DELETE');
			} catch (cause) {
				throw new DataError('gallery-in-use', `${file}: another program has it open`, {
					hint: 'End that program, and try again.',
					cause,
				});
			}
			database.close();
			isOpen = false;
		},
	};
}

/** How many templates a gallery has, and how many questions it was asked. Throws: DataError for another file. */
export function readGallerySize(file: string): { templates: number; queries: number } {
	try {
		const database = openSqlite(file, { readonly: true });
		try {
			const version = numberOf(database.get('PRAGMA user_version') ?? {}, 'user_version');
			if (version !== GALLERY_VERSION) throw new RangeError(`version ${version}`);
			const count = (sql: string): number => numberOf(database.get(sql) ?? {}, 'n');
			return {
				templates: count('SELECT count(*) AS n FROM templates'),
				queries: count('SELECT coalesce(sum(value), 0) AS n FROM counts'),
			};
		} finally {
			database.close();
		}
	} catch (cause) {
		throw notAGallery(file, cause);
	}
}

function open(file: string, journal: string): SqlDatabase {
	try {
		closeSync(openSync(file, 'a', 0o600));
		const database = openSqlite(file);
		database.exec(`PRAGMA busy_timeout = ${BUSY_MS}; ${journal}; PRAGMA secure_delete = ON`);
		const row = database.get('PRAGMA user_version');
		const version = row === undefined ? 0 : numberOf(row, 'user_version');
		if (version > GALLERY_VERSION) throw new RangeError(`version ${version}`);
		database.exec(
			'CREATE TABLE IF NOT EXISTS templates (place INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, ' +
				'first BLOB NOT NULL, second BLOB NOT NULL); ' +
				'CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value TEXT NOT NULL); ' +
				'CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, value INTEGER NOT NULL); ' +
				`PRAGMA user_version = ${GALLERY_VERSION}`,
		);
		// questions were once counted of all clients together, who had one token
		database.transaction(() => {
			database.run(
				"INSERT INTO counts SELECT ?, value FROM counts WHERE name = 'queries' " +
					'ON CONFLICT (name) DO UPDATE SET value = value + excluded.value',
				[QUERIES + ANY_CLIENT],
			);
			database.exec("DELETE FROM counts WHERE name = 'queries'");
		});
		return database;
	} catch (cause) {
		throw notAGallery(file, cause);
	}
}

function notAGallery(file: string, cause: unknown): DataError {
	return new DataError('bad-gallery-file', `${file}: cannot be opened as the gallery of a party`, {
		hint: 'Check its permissions and the disk; a file of a newer version needs a newer veilcam.',
		cause,
	});
}

function joined(rows: readonly SqlRow[]): PlacedBatch {
	const words = (column: 'first' | 'second'): Int32Array => {
		const all = new Int32Array(rows.length * DESCRIPTOR_LENGTH);
		const bytes = new Uint8Array(all.buffer);
		for (const [i, row] of rows.entries()) bytes.set(bytesOf(row, column).subarray(0, ROW_BYTES), i * ROW_BYTES);
		return all;
	};
	return {
		places: rows.map((row) => numberOf(row, 'place')),
		ids: rows.map(({ id }) => hexOf(id)),
		first: words('first'),
		second: words('second'),
	};
}

/** Without places, behind those that are there. */
function insert(database: SqlDatabase, { ids, first, second }: GalleryBatch, places: readonly number[] = []): void {
	for (const [i, id] of ids.entries()) {
		const [from, to] = [i * DESCRIPTOR_LENGTH, (i + 1) * DESCRIPTOR_LENGTH];
		database.run('INSERT INTO templates (place, id, first, second) VALUES (?, ?, ?, ?)', [
			places[i] ?? null,
			Buffer.from(id, 'hex'),
			bytesIn(first.subarray(from, to)),
			bytesIn(second.subarray(from, to)),
		]);
	}
}

function hexOf(value: unknown): string {
	return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : '';
}

function bytesIn(words: Int32Array): Uint8Array {
	return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

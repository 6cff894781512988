import { closeSync, openSync } from 'node:fs';
import { DataError } from '../../core/errors.js';
import { DESCRIPTOR_LENGTH } from '../../core/face/fixed-match.js';
import { FIRST_GENERATION } from '../../core/face/gallery-digest.js';
import { bytesOf, numberOf, openSqlite, type SqlDatabase, type SqlRow } from '../sqlite.js';
import { GALLERY_VERSION } from '../versions.js';

/** Templates of one party on disk: random ids, and words that are uniform by themselves. */
export interface GalleryFile {
	/** In order of enrolment. Shape: `count` templates. */
	batches(size: number): Iterable<GalleryBatch>;
	ids(): Iterable<string>;
	/** All or none. */
	append(batch: GalleryBatch): void;
	remove(ids: readonly string[]): void;
	/** Forgets new shares that were not settled. */
	beginRefresh(): void;
	addFresh(batch: GalleryBatch): void;
	endRefresh(generation: string): void;
	/** Puts the new shares in place of the old ones, which are overwritten. */
	settle(): void;
	readonly generation: string;
	readonly pending: string | null;
	/** Counts a query for good, and gives how many there were. */
	countQuery(): number;
	readonly queries: number;
	close(): void;
}

/** Shape: first and second ids x 128. */
export interface GalleryBatch {
	readonly ids: readonly string[];
	readonly first: Int32Array;
	readonly second: Int32Array;
}

const ROW_BYTES = 4 * DESCRIPTOR_LENGTH;

/** Opens or makes the file, mode 0600. Throws: DataError that names it. */
export function openGalleryFile(file: string): GalleryFile {
	const database = open(file);
	const queries = (): number => {
		const row = database.get('SELECT value FROM counts WHERE name = ?', ['queries']);
		return row === undefined ? 0 : numberOf(row, 'value');
	};
	const marked = (name: string): string | null => {
		const value = database.get('SELECT value FROM marks WHERE name = ?', [name])?.value;
		return typeof value === 'string' ? value : null;
	};
	const mark = (name: string, value: string): void =>
		database.run('INSERT INTO marks VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value', [
			name,
			value,
		]);
	return {
		*batches(size) {
			// page by page: between two of them other statements may write
			const page = 'SELECT place, id, first, second FROM templates WHERE place > ? ORDER BY place LIMIT ?';
			for (let after = 0; ; ) {
				const rows = [...database.iterate(page, [after, size])];
				const last = rows.at(-1);
				if (last === undefined) return;
				yield joined(rows);
				after = numberOf(last, 'place');
			}
		},
		*ids() {
			for (const row of database.iterate('SELECT id FROM templates ORDER BY place')) yield hexOf(row.id);
		},
		append({ ids, first, second }) {
			database.transaction(() => insert(database, 'templates', { ids, first, second }));
		},
		remove(ids) {
			database.transaction(() => {
				for (const id of ids) database.run('DELETE FROM templates WHERE id = ?', [Buffer.from(id, 'hex')]);
			});
			// what was deleted is gone from the log, too
			database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
		},
		beginRefresh() {
			database.exec("DELETE FROM fresh; DELETE FROM marks WHERE name = 'pending'");
		},
		addFresh(batch) {
			database.transaction(() => insert(database, 'fresh', batch));
		},
		endRefresh: (generation) => mark('pending', generation),
		settle() {
			database.transaction(() => {
				database.exec(
					'UPDATE templates SET (first, second) = (SELECT first, second FROM fresh WHERE fresh.id = templates.id) ' +
						'WHERE id IN (SELECT id FROM fresh); DELETE FROM fresh; ' +
						"DELETE FROM marks WHERE name = 'generation'; UPDATE marks SET name = 'generation' WHERE name = 'pending'",
				);
			});
			database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
		},
		get generation() {
			return marked('generation') ?? FIRST_GENERATION;
		},
		get pending() {
			return marked('pending');
		},
		countQuery() {
			database.run("INSERT INTO counts VALUES ('queries', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1", []);
			return queries();
		},
		get queries() {
			return queries();
		},
		close: () => database.close(),
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
				queries: count("SELECT coalesce(sum(value), 0) AS n FROM counts WHERE name = 'queries'"),
			};
		} finally {
			database.close();
		}
	} catch (cause) {
		throw notAGallery(file, cause);
	}
}

function open(file: string): SqlDatabase {
	try {
		closeSync(openSync(file, 'a', 0o600));
		const database = openSqlite(file);
		database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
		const row = database.get('PRAGMA user_version');
		const version = row === undefined ? 0 : numberOf(row, 'user_version');
		if (version > GALLERY_VERSION) throw new RangeError(`version ${version}`);
		database.exec(
			'CREATE TABLE IF NOT EXISTS templates (place INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, ' +
				'first BLOB NOT NULL, second BLOB NOT NULL); ' +
				'CREATE TABLE IF NOT EXISTS fresh (id BLOB PRIMARY KEY, first BLOB NOT NULL, second BLOB NOT NULL); ' +
				'CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value TEXT NOT NULL); ' +
				'CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, value INTEGER NOT NULL); ' +
				`PRAGMA user_version = ${GALLERY_VERSION}`,
		);
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

function joined(rows: readonly SqlRow[]): GalleryBatch {
	const words = (column: 'first' | 'second'): Int32Array => {
		const all = new Int32Array(rows.length * DESCRIPTOR_LENGTH);
		const bytes = new Uint8Array(all.buffer);
		for (const [i, row] of rows.entries()) bytes.set(bytesOf(row, column).subarray(0, ROW_BYTES), i * ROW_BYTES);
		return all;
	};
	return { ids: rows.map(({ id }) => hexOf(id)), first: words('first'), second: words('second') };
}

function insert(database: SqlDatabase, table: 'templates' | 'fresh', { ids, first, second }: GalleryBatch): void {
	for (const [i, id] of ids.entries()) {
		const [from, to] = [i * DESCRIPTOR_LENGTH, (i + 1) * DESCRIPTOR_LENGTH];
		database.run(`INSERT INTO ${table} (id, first, second) VALUES (?, ?, ?)`, [
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

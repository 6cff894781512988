import Database from 'libsql';
import { BugError } from '../core/errors.js';

/** What may be bound: libsql aborts the process for one bare object, buffer or boolean, so values travel in arrays. */
export type SqlValue = number | bigint | string | Uint8Array | null;
export type SqlRow = Readonly<Record<string, unknown>>;

/** The part of a SQLite database that the services use. */
export interface SqlDatabase {
	exec(sql: string): void;
	run(sql: string, values: readonly SqlValue[]): void;
	get(sql: string, values?: readonly SqlValue[]): SqlRow | undefined;
	iterate(sql: string, values?: readonly SqlValue[]): IterableIterator<SqlRow>;
	/** Runs `work` between BEGIN IMMEDIATE and COMMIT; rolls back and throws on when it throws. */
	transaction(work: () => void): void;
	close(): void;
}

/**
 * Opens a SQLite file.
 * Throws: SQLite's own error, with its `code`; the caller knows what the file was for and says so.
 */
export function openSqlite(file: string, options: { readonly readonly?: boolean } = {}): SqlDatabase {
	const database = new Database(file, { readonly: options.readonly ?? false });
	const statements = new Map<string, Database.Statement<unknown[]>>();
	const prepared = (sql: string): Database.Statement<unknown[]> => {
		const known = statements.get(sql) ?? database.prepare<unknown[]>(sql);
		statements.set(sql, known);
		return known;
	};
	return {
		exec: (sql) => void database.exec(sql),
		run: (sql, values) => void prepared(sql).run([...values]),
		get: (sql, values = []) => asRow(prepared(sql).get([...values])),
		*iterate(sql, values = []) {
			for (const row of prepared(sql).iterate([...values])) {
				const fields = asRow(row);
				if (fields !== undefined) yield fields;
			}
		},
		transaction(work) {
			prepared('BEGIN IMMEDIATE').run([]);
			try {
				work();
				prepared('COMMIT').run([]);
			} catch (error) {
				// a full disk may have rolled back already
				if (database.inTransaction) database.exec('ROLLBACK');
				throw error;
			}
		},
		close: () => void database.close(),
	};
}

/** SQLite's word for what failed ("SQLITE_FULL"), or an empty string for an error of another kind. */
export function sqliteCode(error: unknown): string {
	const code = error instanceof Error && 'code' in error ? error.code : undefined;
	return typeof code === 'string' ? code : '';
}

/** Throws: BugError unless the column holds bytes. */
export function bytesOf(row: SqlRow, column: string): Uint8Array {
	const value = row[column];
	if (value instanceof Uint8Array) return value;
	throw new BugError('sqlite-column', `column ${column}: expected bytes, got ${typeof value}`);
}

/** Throws: BugError unless the column holds a number. */
export function numberOf(row: SqlRow, column: string): number {
	const value = row[column];
	if (typeof value === 'number') return value;
	throw new BugError('sqlite-column', `column ${column}: expected a number, got ${typeof value}`);
}

function asRow(value: unknown): SqlRow | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	const fields: Record<string, unknown> = {};
	for (const [column, field] of Object.entries(value)) {
		// libsql gives bytes as a Buffer from `get` and as an ArrayBuffer from `iterate`
		if (column !== '_metadata') fields[column] = field instanceof ArrayBuffer ? new Uint8Array(field) : field;
	}
	return fields;
}

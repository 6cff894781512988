import { numberOf, type SqlRow } from '../sqlite.js';
import { asStoreError } from '../store-errors.js';
import { openVersionedStore, readVersionedStore, type StoreFormat } from '../versioned-store.js';
import { FRAMES_VERSION } from '../versions.js';

const OWNER = 'a subtractor';

const SCHEMA = `
	CREATE TABLE frames (
		number INTEGER PRIMARY KEY AUTOINCREMENT,
		camera TEXT NOT NULL,
		id TEXT NOT NULL,
		bytes INTEGER NOT NULL,
		hash TEXT NOT NULL,
		UNIQUE (camera, id)
	);
	CREATE INDEX by_camera ON frames (camera, number);
`;

const FORMAT: StoreFormat = {
	// 'veif' in ASCII
	applicationId: 0x76656966,
	version: FRAMES_VERSION,
	schema: SCHEMA,
	owner: OWNER,
	hint: 'Name another folder with --store.',
};

/** A frame as the index knows it. */
export interface IndexedFrame {
	/** Grows from frame to frame, over all cameras, and is never given twice. */
	readonly number: number;
	readonly camera: string;
	/** 128 bits in hexadecimal: the id in the frame's header. */
	readonly id: string;
	readonly bytes: number;
	/** SHA-256 of the file: tells whether an id came back with the same bytes. */
	readonly hash: string;
}

/** Which frames there are, durable as soon as a call returns. Every call throws DataError when the disk fails. */
export interface FrameIndex {
	find(camera: string, id: string): IndexedFrame | undefined;
	/** The frame of this camera that came before number `number`. */
	before(camera: string, number: number): IndexedFrame | undefined;
	/** Frames of a camera that came after number `number`, oldest first. */
	after(camera: string, number: number, limit: number): IndexedFrame[];
	/** The oldest frame of all cameras. */
	oldest(): IndexedFrame | undefined;
	/** All frames, oldest first. */
	all(): IterableIterator<IndexedFrame>;
	add(frame: Omit<IndexedFrame, 'number'>): void;
	remove(frames: readonly IndexedFrame[]): void;
	close(): void;
}

/** Opens an index, or makes it. Throws: DataError for a file that is none, of another version, or that cannot be written. */
export function openFrameIndex(file: string): FrameIndex {
	const guarded = <T>(work: () => T): T => {
		try {
			return work();
		} catch (error) {
			throw asStoreError(error, file, OWNER);
		}
	};
	const database = openVersionedStore(file, FORMAT);
	const rows = (sql: string, values: readonly (string | number)[] = []): IndexedFrame[] =>
		guarded(() => [...database.iterate(sql, values)].map(frameOf));
	return {
		find: (camera, id) => rows('SELECT * FROM frames WHERE camera = ? AND id = ?', [camera, id]).at(0),
		before: (camera, number) =>
			rows('SELECT * FROM frames WHERE camera = ? AND number < ? ORDER BY number DESC LIMIT 1', [camera, number]).at(0),
		after: (camera, number, limit) =>
			rows('SELECT * FROM frames WHERE camera = ? AND number > ? ORDER BY number LIMIT ?', [camera, number, limit]),
		oldest: () => rows('SELECT * FROM frames ORDER BY number LIMIT 1').at(0),
		*all() {
			for (const row of database.iterate('SELECT * FROM frames ORDER BY number')) yield frameOf(row);
		},
		add({ camera, id, bytes, hash }) {
			guarded(() =>
				database.run('INSERT INTO frames (camera, id, bytes, hash) VALUES (?, ?, ?, ?)', [camera, id, bytes, hash]),
			);
		},
		remove(frames) {
			guarded(() =>
				database.transaction(() => {
					for (const { number } of frames) database.run('DELETE FROM frames WHERE number = ?', [number]);
				}),
			);
		},
		close: () => database.close(),
	};
}

/** Cameras of an index, with how many of their frames are kept and their bytes. Throws: DataError. */
export function readFrameIndex(file: string): { camera: string; count: number; bytes: number }[] {
	const sql = 'SELECT camera, count(*) AS count, sum(bytes) AS bytes FROM frames GROUP BY camera ORDER BY camera';
	return readVersionedStore(file, FORMAT, (database) =>
		[...database.iterate(sql)].map((row) => ({
			camera: textOf(row, 'camera'),
			count: numberOf(row, 'count'),
			bytes: numberOf(row, 'bytes'),
		})),
	);
}

function frameOf(row: SqlRow): IndexedFrame {
	return {
		number: numberOf(row, 'number'),
		camera: textOf(row, 'camera'),
		id: textOf(row, 'id'),
		bytes: numberOf(row, 'bytes'),
		hash: textOf(row, 'hash'),
	};
}

function textOf(row: SqlRow, column: string): string {
	const value = row[column];
	if (typeof value === 'string') return value;
	throw new RangeError(`column ${column}: expected text`);
}

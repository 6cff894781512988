import { numberOf } from '../sqlite.js';
import { readVersionedStore } from '../versioned-store.js';
import { SHARES_FORMAT } from './share-store.js';

/** Sessions of a party's store, with pictures that wait and batches that were opened. Throws: DataError. */
export function readShareStore(file: string): { name: string; waiting: number; batches: number }[] {
	const sql =
		'SELECT name, (SELECT count(*) FROM reports WHERE session = number AND batch = 0) AS waiting, ' +
		'(SELECT count(*) FROM seals WHERE session = number) AS batches FROM sessions ORDER BY number';
	return readVersionedStore(file, SHARES_FORMAT, (database) =>
		[...database.iterate(sql)].map((row) => ({
			name: String(row.name),
			waiting: numberOf(row, 'waiting'),
			batches: numberOf(row, 'batches'),
		})),
	);
}

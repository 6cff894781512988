import { join } from 'node:path';
import test from 'ava';
import { openShareStore, type Seal } from '../../../src/services/shares/share-store.js';
import { openSqlite } from '../../../src/services/sqlite.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';
import { SESSION } from './three-holders.js';

const HASH = new Uint8Array(32);

test('what a front asks for again and again comes out of an index, not out of ids and noise', async (t) => {
	const file = join(await temporaryFolder(t), 'shares.db');
	const store = openShareStore(file, () => 32);
	const { number } = store.addSession(SESSION, 'upload token of a test');
	t.is(store.lastRelease(number), null);
	const report = (id: number) => ({
		...{ id: new Uint8Array(16).fill(id), firstHash: HASH, secondHash: HASH, body: new Uint8Array(32) },
	});
	await store.insert(number, [1, 2, 3, 4].map(report));
	const seal = (batch: number, promise: string | null, count: number): Seal => ({
		...{ batch, promise, count, rho: batch / 4, listHash: HASH, ids: new Uint8Array(16 * count), summand: null },
	});
	store.seal(number, seal(1, null, 1), [1]);
	store.seal(number, seal(2, '[1,0.5,1]', 2), [2, 3]);
	t.deepEqual(store.lastRelease(number), { batch: 2, promise: '[1,0.5,1]' });
	t.deepEqual([store.counts(number).waiting, store.counts(number).sealed, store.spentRho(number)], [1, 3, 0.75]);
	store.close();

	const database = openSqlite(file, { readonly: true });
	t.teardown(() => database.close());
	for (const sql of [
		'SELECT batch, promise FROM seals WHERE session = ? ORDER BY batch DESC LIMIT 1',
		'SELECT total(rho) AS rho FROM seals WHERE session = ?',
		'SELECT total(count) AS n FROM seals WHERE session = ?',
	]) {
		const plan = [...database.iterate(`EXPLAIN QUERY PLAN ${sql}`, [number])].map(({ detail }) => String(detail));
		t.regex(plan.join('; '), /COVERING INDEX/, sql);
	}
});

import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import test from 'ava';
import type { SessionParameters } from '../../../src/core/average/session.js';
import { openSqlite } from '../../../src/services/sqlite.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

const SESSION: SessionParameters = {
	name: 'room',
	width: 4,
	height: 4,
	channels: 1,
	mechanism: { kind: 'shares', bits: 8, budget: null },
	minBatch: 2,
};

test.serial(
	'a report is confirmed when its row is committed, and its row is written when its bytes are synced',
	async (t) => {
		const file = join(await temporaryFolder(t), 'party.db');
		const events: string[] = [];
		const { fdatasync } = fs;
		let goOn = (): void => {};
		const isSyncing = new Promise<void>((resolve) => {
			fs.fdatasync = ((fd, callback) => {
				goOn = () => fdatasync(fd, callback);
				resolve();
			}) as typeof fdatasync;
		});
		syncBuiltinESMExports();
		t.teardown(() => {
			fs.fdatasync = fdatasync;
			syncBuiltinESMExports();
		});
		// they take the function when they are loaded
		const { openShareStore } = await import('../../../src/services/shares/share-store.js');
		const store = openShareStore(file, () => 32);
		t.teardown(() => store.close());
		const { number } = store.addSession(SESSION, 'an-upload-token-of-a-session');
		const [id, firstHash, secondHash] = [new Uint8Array(16), new Uint8Array(32), new Uint8Array(32)];
		const inserted = store.insert(number, [{ id, firstHash, secondHash, body: new Uint8Array(32).fill(7) }]);
		const confirmed = inserted.then((statuses) => events.push(`confirmed: ${statuses.join()}`));
		const rowCount = (): unknown => {
			const database = openSqlite(file, { readonly: true });
			const row = database.get('SELECT count(*) AS n FROM reports');
			database.close();
			return row?.n;
		};
		await isSyncing;
		t.deepEqual([...fs.readFileSync(`${file}-bodies-${number}`).subarray(0, 33)], [...new Array(32).fill(7), 0]);
		// whatever it would do without waiting it does in a turn of the event loop
		await new Promise((resolve) => setImmediate(resolve));
		t.is(rowCount(), 0);
		t.deepEqual(events, []);
		goOn();
		await confirmed;
		t.deepEqual(events, ['confirmed: accepted']);
		t.is(rowCount(), 1);
	},
);

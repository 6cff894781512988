import { existsSync, statSync } from 'node:fs';
import { chmod, readFile, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { SessionParameters } from '../../../src/core/average/session.js';
import { DataError } from '../../../src/core/errors.js';
import { type CollectorStore, openStore, readStore, type Sums } from '../../../src/services/collector/store.js';
import { openSqlite, type SqlDatabase } from '../../../src/services/sqlite.js';
import { lockStore } from '../../../src/services/store-lock.js';
import { smallSession, startTestCollector } from '../../helpers/collector.js';
import { putReport } from '../../helpers/http.js';
import { onePixel, reportId } from '../../helpers/reports.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

const NOW = new Date(0);
/** The second of three reports is the last of a batch. */
const pairs: SessionParameters = { ...smallSession, minBatch: 2 };
const wide: SessionParameters = { ...smallSession, minBatch: 1, mechanism: { kind: 'uniform', amplitude: 300 } };

function sumsOf(count: number, generation: number, base: number, recent: number): Sums {
	return { count, generation, base: new Float64Array(64).fill(base), recent: new Int32Array(64).fill(recent) };
}

function addOne(store: CollectorStore, sums: Sums, isRelease = false): void {
	store.commit({ sums, isRelease, firstOrdinal: sums.count - 1, entries: new Uint8Array(32).fill(sums.count) });
}

async function filledStore(t: ExecutionContext, session = pairs): Promise<string> {
	const file = join(await temporaryFolder(t), 'room.db');
	const store = openStore(file, session, NOW);
	for (let count = 1; count <= 3; count++) addOne(store, sumsOf(count, 0, 0, count), count === 2);
	store.close();
	withSqlite(file, () => {});
	return file;
}

test('what was committed is there again, the release apart from what came after it', async (t) => {
	const file = await filledStore(t);
	const store = openStore(file, pairs, NOW);
	t.deepEqual(store.current, sumsOf(3, 0, 0, 3));
	t.deepEqual(store.release, sumsOf(2, 0, 0, 2));
	t.deepEqual(
		[...store.entries()].map((entries) => [entries.length, entries[0]]),
		[
			[32, 1],
			[32, 2],
			[32, 3],
		],
	);
	t.is(store.tagKey.length, 16);
	store.close();
	const read = readStore(file);
	t.deepEqual(read, { session: pairs, release: sumsOf(2, 0, 0, 2), count: 3 });
});

test('each store has a key of its own, which stays', async (t) => {
	const [first, second] = [await filledStore(t), await filledStore(t)];
	const keyOf = (file: string): string => {
		const store = openStore(file, pairs, NOW);
		store.close();
		return Buffer.from(store.tagKey).toString('hex');
	};
	t.is(keyOf(first), keyOf(first));
	t.not(keyOf(first), keyOf(second));
});

test('sums of signed words and a base of another generation come back exactly', async (t) => {
	const file = join(await temporaryFolder(t), 'room.db');
	const store = openStore(file, wide, NOW);
	addOne(store, sumsOf(1, 0, 0, -2_000_000_000), true);
	addOne(store, sumsOf(2, 1, 2 ** 52 + 1, -7));
	store.close();
	const again = openStore(file, wide, NOW);
	t.deepEqual(again.current, sumsOf(2, 1, 2 ** 52 + 1, -7));
	// the release still refers to the base that it was made with
	t.deepEqual(again.release, sumsOf(1, 0, 0, -2_000_000_000));
	addOne(again, sumsOf(3, 1, 2 ** 52 + 1, 9), true);
	again.close();
	t.deepEqual(readStore(file).release, sumsOf(3, 1, 2 ** 52 + 1, 9));
});

test('a base that nothing refers to any more is removed', async (t) => {
	const file = join(await temporaryFolder(t), 'room.db');
	const store = openStore(file, wide, NOW);
	for (let generation = 1; generation <= 5; generation++) addOne(store, sumsOf(generation, generation, 1, 1));
	store.close();
	const database = openSqlite(file, { readonly: true });
	t.deepEqual(database.get('SELECT count(*) AS n FROM base'), { n: 1 });
	database.close();
});

test('a store can be read while it is being written', async (t) => {
	const file = await filledStore(t);
	const store = openStore(file, pairs, NOW);
	addOne(store, sumsOf(4, 1, 4, 0), true);
	t.deepEqual(readStore(file).release, sumsOf(4, 1, 4, 0));
	addOne(store, sumsOf(5, 2, 5, 0));
	t.deepEqual(readStore(file).release, sumsOf(4, 1, 4, 0));
	addOne(store, sumsOf(6, 3, 6, 0), true);
	t.deepEqual(readStore(file).release, sumsOf(6, 3, 6, 0));
	store.close();
});

function withSqlite(file: string, work: (database: SqlDatabase) => void): void {
	const database = openSqlite(file);
	work(database);
	// into the file itself, whose bytes are compared
	database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
	database.close();
}

/** How a file became unusable, what is said of it, and the code. */
const unusable: Record<string, [spoil: (file: string) => unknown, message: RegExp, code: string]> = {
	'a store of a later version': [
		(file) => withSqlite(file, (database) => database.exec('PRAGMA user_version = 2')),
		/a store of format 2, this veilcam reads format 1$/,
		'store-version',
	],
	"somebody else's SQLite file": [
		(file) => withSqlite(file, (database) => database.exec('PRAGMA application_id = 7')),
		/a SQLite file, but not the store of a collector$/,
		'not-a-store',
	],
	'a text file': [
		(file) => writeFile(file, 'Dear diary, today I was photographed.\n'.repeat(100)),
		/not a store of a collector$/,
		'not-a-store',
	],
	'a store that was cut off': [(file) => truncate(file, 20_000), /damaged/, 'damaged-store'],
	'a store with zeros in its middle': [
		async (file) => {
			const bytes = await readFile(file);
			await writeFile(file, bytes.fill(0, 8192, bytes.length));
		},
		/damaged/,
		'damaged-store',
	],
	'a store without its session': [
		(file) => withSqlite(file, (database) => database.exec('DELETE FROM session')),
		/damaged/,
		'damaged-store',
	],
	'a store with a session that cannot be read': [
		(file) => withSqlite(file, (database) => database.exec("UPDATE session SET parameters = '{'")),
		/damaged/,
		'damaged-store',
	],
	'a store without its sums': [
		(file) => withSqlite(file, (database) => database.exec('DELETE FROM base')),
		/damaged/,
		'damaged-store',
	],
	'a store with sums of another length': [
		(file) => withSqlite(file, (database) => database.exec('UPDATE state SET sums = zeroblob(12)')),
		/damaged/,
		'damaged-store',
	],
	'a store that lacks an id': [
		(file) => withSqlite(file, (database) => database.exec('DELETE FROM reports WHERE firstOrdinal = 1')),
		/damaged/,
		'damaged-store',
	],
	'a store with half an id': [
		(file) =>
			withSqlite(file, (database) => database.exec('UPDATE reports SET entries = zeroblob(16) WHERE firstOrdinal = 2')),
		/damaged/,
		'damaged-store',
	],
	'a store with a negative count': [
		(file) => withSqlite(file, (database) => database.exec('UPDATE state SET count = -1')),
		/damaged/,
		'damaged-store',
	],
	'a store with a key of another length': [
		(file) => withSqlite(file, (database) => database.exec("UPDATE session SET tagKey = x'00'")),
		/damaged \(the key/,
		'damaged-store',
	],
	'a store that lacks a table': [
		(file) => withSqlite(file, (database) => database.exec('DROP TABLE state')),
		/damaged/,
		'damaged-store',
	],
	'a folder': [async () => {}, /cannot be opened$/, 'store-not-opened'],
};

for (const [what, [spoil, message, code]] of Object.entries(unusable)) {
	test(`${what} is refused by name, and not a byte of it changes`, async (t) => {
		const file = what === 'a folder' ? await temporaryFolder(t) : await filledStore(t);
		await spoil(file);
		const before = what === 'a folder' ? undefined : await readFile(file);
		const error = t.throws(() => openStore(file, pairs, NOW), { instanceOf: DataError, message });
		t.is(error?.code, code);
		t.is(error?.exitCode, 3);
		t.true(error?.message.startsWith(`${file}: `));
		if (before !== undefined) t.true(before.equals(await readFile(file)));
	});
}

const tampered = {
	'the count of its average': 'UPDATE state SET count = 40 WHERE kind = 1',
	'both counts': 'UPDATE state SET count = 40',
	'a count that is smaller': 'UPDATE state SET count = 2 WHERE kind = 0',
	'no average where there was one': 'DELETE FROM state WHERE kind = 1',
};

for (const [what, sql] of Object.entries(tampered)) {
	test(`a store whose ids do not bear it out is not read: ${what}`, async (t) => {
		const file = await filledStore(t);
		t.is(readStore(file).release?.count, 2);
		withSqlite(file, (database) => database.exec(sql));
		t.throws(() => readStore(file), {
			instanceOf: DataError,
			code: 'damaged-store',
			message: /another number|count of/,
		});
	});
}

test('a store in a folder that does not exist is refused', async (t) => {
	const file = join(await temporaryFolder(t), 'none', 'room.db');
	t.throws(() => openStore(file, pairs, NOW), { code: 'store-not-opened' });
	t.throws(() => readStore(file), { code: 'store-not-opened' });
});

const others: Record<string, [Partial<SessionParameters>, RegExp]> = {
	name: [{ name: 'hall' }, /session room \(asked for hall\)$/],
	size: [{ width: 9 }, /size 8x8 \(asked for 9x8\)$/],
	colour: [{ channels: 3 }, /colour gray \(asked for rgb\)$/],
	'mechanism parameter': [
		{ mechanism: { kind: 'one-bit', epsilon: 1 } },
		/mechanism one-bit.*2.* \(asked for one-bit.*1.*\)$/,
	],
	mechanism: [{ mechanism: { kind: 'laplace', epsilon: 2 } }, /mechanism one-bit.* \(asked for laplace.*\)$/],
	'minimum batch': [{ minBatch: 5 }, /minimum batch 2 \(asked for 5\)$/],
	'name and size': [{ name: 'hall', height: 3 }, /session room \(asked for hall\); size 8x8 \(asked for 8x3\)$/],
};

for (const [what, [changed, message]] of Object.entries(others)) {
	test(`a store of a session with another ${what} is refused, and the difference named`, async (t) => {
		const file = await filledStore(t);
		const before = await readFile(file);
		t.throws(() => openStore(file, { ...pairs, ...changed }, NOW), { code: 'other-session', message });
		t.true(before.equals(await readFile(file)));
	});
}

test('a store that cannot be written is refused at the start, and not a byte of it changes', async (t) => {
	const file = await filledStore(t);
	const before = await readFile(file);
	const readOnly = (path: string): SqlDatabase => {
		const database = openSqlite(path);
		database.exec('PRAGMA query_only = 1');
		return database;
	};
	t.throws(() => openStore(file, pairs, NOW, readOnly), {
		instanceOf: DataError,
		code: 'store-read-only',
		message: /cannot be written$/,
	});
	t.true(before.equals(await readFile(file)));
});

/** Runs `work` as somebody whom permissions hold: root drops its rights for as long. */
function unprivileged(work: () => void): void {
	const isRoot = process.geteuid?.() === 0;
	if (isRoot) process.seteuid?.(65_534);
	try {
		work();
	} finally {
		if (isRoot) process.seteuid?.(0);
	}
}

// alone: the rights of the whole process change meanwhile
test.serial(
	'a store without permission to write is refused at the start, in a folder that has it and in one that has not',
	async (t) => {
		const file = await filledStore(t);
		const folder = dirname(file);
		const before = await readFile(file);
		await chmod(file, 0o444);
		await chmod(folder, 0o777);
		const attempt = (): void => {
			openStore(file, pairs, NOW).close();
		};
		unprivileged(() => t.throws(attempt, { instanceOf: DataError, message: /cannot be (written|opened)$/ }));
		await chmod(folder, 0o555);
		unprivileged(() => {
			t.throws(attempt, { instanceOf: DataError, message: /cannot be (written|opened)$/ });
			t.throws(() => lockStore(file), { instanceOf: DataError, message: /cannot be (written|opened)$/ });
			t.throws(() => openStore(join(folder, 'new.db'), pairs, NOW), { code: 'store-not-opened' });
		});
		await chmod(folder, 0o755);
		t.true(before.equals(await readFile(file)));
	},
);

test('a second collector on the same store is refused, and can start when the first has ended', async (t) => {
	const first = await startTestCollector(t);
	const { storeFile } = first;
	await putReport(first.url, reportId(1), onePixel(1));
	const error = await t.throwsAsync(startTestCollector(t, {}, { storeFile }), { code: 'store-in-use' });
	t.true(error instanceof DataError);
	t.regex(error?.message ?? '', /another collector is using this store$/);
	t.is((await putReport(first.url, reportId(2), onePixel(2))).status, 201);
	await first.collector.close();
	// the file of the lock stays, and holds nothing
	t.is(statSync(`${storeFile}.lock`).size, 0);
	t.is(statSync(storeFile).mode & 0o777, 0o600);
	const second = await startTestCollector(t, {}, { storeFile });
	t.is(second.collector.count, 2);
});

test('who forgets a lock removes its file, unless it was there before', async (t) => {
	const file = join(await temporaryFolder(t), 'room.db');
	const unlock = lockStore(file);
	t.throws(() => lockStore(file), { code: 'store-in-use' });
	unlock(true);
	t.false(existsSync(`${file}.lock`));
	const unlockAgain = lockStore(file);
	t.true(existsSync(`${file}.lock`));
	unlockAgain();
	// a file that was there before stays
	lockStore(file)(true);
	t.true(existsSync(`${file}.lock`));
});

test('a collector that is refused its store lets go of it', async (t) => {
	const first = await startTestCollector(t);
	const { storeFile } = first;
	await first.collector.close();
	for (let attempt = 0; attempt < 3; attempt++) {
		await t.throwsAsync(startTestCollector(t, { minBatch: 3 }, { storeFile }), { code: 'other-session' });
	}
	t.is((await startTestCollector(t, {}, { storeFile })).collector.count, 0);
});

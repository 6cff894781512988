import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { inspect } from '../../src/commands/inspect.js';
import type { SessionParameters } from '../../src/core/average/session.js';
import { encryptForMotion } from '../../src/core/subtract/motion/owner.js';
import { writeMotion } from '../../src/core/subtract/motion/stream.js';
import { openPersonFile } from '../../src/services/client/person-file.js';
import { openResumeFile } from '../../src/services/client/resume-file.js';
import { openFrontStore } from '../../src/services/collector/front-store.js';
import { openStore } from '../../src/services/collector/store.js';
import { openGalleryFile } from '../../src/services/party/gallery-file.js';
import { openShareStore } from '../../src/services/shares/share-store.js';
import { openSqlite } from '../../src/services/sqlite.js';
import { openFrameIndex } from '../../src/services/subtractor/frame-index.js';
import { seededRandom } from '../core/average/keystream.js';
import { bytesOf, makeOwner, noise } from '../core/subtract/small-vct.js';
import { packageRoot } from '../helpers/fixtures.js';
import { runCli } from '../helpers/run-cli.js';
import { seededBytes } from '../helpers/seeded-bytes.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

const SESSION: SessionParameters = {
	name: 'room',
	width: 4,
	height: 3,
	channels: 1,
	mechanism: { kind: 'one-bit', epsilon: 2 },
	minBatch: 20,
};
const ON_SHARES: SessionParameters = { ...SESSION, mechanism: { kind: 'shares', bits: 8, budget: null } };

async function ask(file: string): Promise<Readonly<Record<string, unknown>>> {
	// it asks nothing of its context
	const { fields } = await inspect.run({} as never, [file] as never, {} as never);
	return fields;
}

/** A file of each kind that has a checksum or a fixed form, by the code of a cut, a future and a tampered one. */
async function binaries(t: ExecutionContext, folder: string) {
	const owner = await makeOwner('symmetric');
	const frame = await owner.encrypt(noise(1, 9, 7, 1));
	await owner.close();
	const key = { fingerprint: owner.fingerprint, secret: owner.secret };
	const motion = encryptForMotion(noise(1, 9, 7, 1), { width: 4, height: 4 }, key, seededRandom(1), 'x');
	const pieces: Uint8Array[] = [];
	for await (const piece of writeMotion(motion.header, motion.records)) pieces.push(piece);
	const cwd = folder;
	const cli = async (...args: string[]): Promise<boolean> => t.is((await runCli(t, args, { cwd })).code, 0);
	await cli('keygen', '--out', 'owner');
	await cli('model', 'import', join(packageRoot, 'fixtures', 'models', 'residual.onnx'), '--out', 'net.model');
	return {
		vct: { bytes: await bytesOf(frame.header, frame.records), codes: ['truncated-vct', 'future-vct', 'damaged-vct'] },
		motion: { bytes: Buffer.concat(pieces), codes: ['truncated-vct', 'future-motion', 'damaged-vct'] },
		key: { bytes: await readFile(join(folder, 'owner.key')), codes: ['truncated-key', 'future-key', 'damaged-key'] },
		model: { bytes: await readFile(join(folder, 'net.model')), codes: ['bad-model', 'bad-model', 'bad-model'] },
	};
}

test('encrypted pictures, motion, keys and models are told; cut, future and tampered ones are refused by name', async (t) => {
	const folder = await temporaryFolder(t);
	for (const [type, { bytes, codes }] of Object.entries(await binaries(t, folder))) {
		const file = join(folder, `file.${type}`);
		await writeFile(file, bytes);
		t.like(await ask(file), { type, version: 1 });
		const future = Uint8Array.from(bytes);
		future[8] = 2;
		const tampered = Uint8Array.from(bytes);
		tampered[bytes.length - 40] ^= 1;
		for (const [i, changed] of [bytes.subarray(0, -1), future, tampered].entries()) {
			await writeFile(file, changed);
			await t.throwsAsync(ask(file), { code: codes[i], message: new RegExp(`file\\.${type}`) }, `${type} ${i}`);
		}
	}
});

test('stores are told, whoever they belong to, and those of another format are refused', async (t) => {
	const folder = await temporaryFolder(t);
	const index = openFrameIndex(join(folder, 'index.db'));
	for (const [i, camera] of ['hall', 'door', 'hall'].entries()) {
		index.add({ camera, id: `${i}`.repeat(32), bytes: 100, hash: 'x' });
	}
	// the subtractor may be running
	t.like(await ask(join(folder, 'index.db')), { type: 'frames-store', frames: 3, bytes: 300 });
	t.deepEqual((await ask(join(folder, 'index.db'))).cameras, [
		{ camera: 'door', count: 1, bytes: 100 },
		{ camera: 'hall', count: 2, bytes: 200 },
	]);
	index.close();
	openStore(join(folder, 'room.db'), SESSION, new Date(0)).close();
	openFrontStore(join(folder, 'front.db'), ON_SHARES).close();
	openShareStore(join(folder, 'shares.db'), () => 12).close();
	openGalleryFile(join(folder, 'gallery.db')).close();
	t.like(await ask(join(folder, 'room.db')), { type: 'store', count: 0, session: { name: 'room' } });
	t.like(await ask(join(folder, 'front.db')), { type: 'shares-store', count: 0, batches: 0 });
	t.like(await ask(join(folder, 'shares.db')), { type: 'party-shares-store', sessions: [] });
	t.like(await ask(join(folder, 'gallery.db')), { type: 'gallery', templates: 0, queries: 0 });
	const future = { 'index.db': 'other-version', 'room.db': 'store-version', 'shares.db': 'other-version' };
	for (const [name, code] of Object.entries(future)) {
		const database = openSqlite(join(folder, name));
		database.exec('PRAGMA user_version = 9');
		database.close();
		await t.throwsAsync(ask(join(folder, name)), { code }, name);
	}
	const cut = (await readFile(join(folder, 'gallery.db'))).subarray(0, 3000);
	await writeFile(join(folder, 'cut.db'), cut);
	await t.throwsAsync(ask(join(folder, 'cut.db')), { message: /cut\.db/ });
	const foreign = openSqlite(join(folder, 'foreign.db'));
	foreign.exec('PRAGMA application_id = 7; CREATE TABLE notes (text TEXT)');
	foreign.close();
	await t.throwsAsync(ask(join(folder, 'foreign.db')), { code: 'not-a-store' });
});

test('files of contribute are told without their secrets', async (t) => {
	const folder = await temporaryFolder(t);
	const secret = seededBytes(1, 32);
	const run = { url: 'http://127.0.0.1:7400', session: 'room', sources: ['test'], total: 40 };
	openResumeFile(join(folder, 'run'), run, secret).save(7);
	openPersonFile(join(folder, 'me'), secret);
	const told = [await ask(join(folder, 'run')), await ask(join(folder, 'me'))];
	t.like(told[0], { type: 'resume', session: 'room', total: 40, settledCount: 7 });
	t.deepEqual(told[1], { type: 'person' });
	t.false(JSON.stringify(told).includes(Buffer.from(secret).toString('hex').slice(0, 8)));
	await writeFile(join(folder, 'cut'), (await readFile(join(folder, 'run'))).subarray(0, 60));
	await t.throwsAsync(ask(join(folder, 'cut')), { code: 'not-a-resume-file' });
});

test('what is empty, foreign or not there is refused by name', async (t) => {
	const folder = await temporaryFolder(t);
	await writeFile(join(folder, 'empty'), '');
	await writeFile(join(folder, 'diary'), 'Dear diary');
	for (const [name, code] of [
		['empty', 'empty-file'],
		['diary', 'unknown-file'],
		['missing', 'missing-file'],
	]) {
		await t.throwsAsync(ask(join(folder, name)), { code }, name);
	}
});

import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import anyTest, { type TestFn } from 'ava';
import { toHex } from '../../../src/core/subtract/vct-header.js';
import { type FrameStore, openFrameStore, type Retention } from '../../../src/services/subtractor/frame-store.js';
import { fileOf, makeOwner, noise, open } from '../../core/subtract/small-vct.js';
import { send } from '../../helpers/http.js';
import { cliPath, startCli, startProgram } from '../../helpers/run-cli.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

interface Context {
	/** Frames of one ciphertext each. */
	frames: Uint8Array[];
	ids: string[];
	/** One of three. */
	long: Uint8Array;
	longId: string;
}

const test = anyTest as TestFn<Context>;
const ALL: Retention = { framesPerCamera: 1000, bytes: 1e9 };

test.before(async (t) => {
	const owner = await makeOwner('symmetric');
	const frames: Uint8Array[] = [];
	for (let seed = 0; seed < 12; seed++) frames.push(await fileOf(await owner.encrypt(noise(seed, 8, 8, 1))));
	const long = await fileOf(await owner.encrypt(noise(99, 160, 300, 1)));
	await owner.close();
	const ids = await Promise.all([...frames, long].map(async (file) => toHex((await open(file)).header.ids[0])));
	t.context = { frames, ids, long, longId: ids.at(-1) ?? '' };
});

async function put(store: FrameStore, camera: string, frame: Uint8Array): Promise<boolean> {
	return (await store.put(camera, await open(frame))).added;
}

/** Ids of the frames that lie anywhere in a folder, sorted. */
async function framesIn(folder: string): Promise<string[]> {
	const names = await readdir(folder, { recursive: true });
	return sorted(names.filter((name) => name.endsWith('.vct')).map((name) => basename(name, '.vct')));
}

function sorted(ids: readonly string[]): string[] {
	return ids.toSorted((a, b) => (a < b ? -1 : 1));
}

test('the oldest frames of a camera make room for newer ones, and their files go with them', async (t) => {
	const { frames, ids } = t.context;
	const folder = await temporaryFolder(t);
	const store = openFrameStore(folder, { ...ALL, framesPerCamera: 3 });
	await put(store, 'door', frames[0]);
	for (const frame of frames.slice(0, 5)) await put(store, 'hall', frame);
	t.deepEqual(
		store.index.after('hall', 0, 10).map(({ id }) => id),
		ids.slice(2, 5),
	);
	t.is(store.index.after('door', 0, 10).length, 1);
	t.deepEqual(await framesIn(join(folder, 'frames', 'hall')), sorted(ids.slice(2, 5)));
	t.is(store.frameCount, 4);
	t.is(store.bytes, 4 * frames[0].length);
	// one that is gone may come again
	t.true(await put(store, 'hall', frames[0]));
	store.close();
});

test('when all frames together are too long the oldest of any camera goes', async (t) => {
	const { frames } = t.context;
	const store = openFrameStore(await temporaryFolder(t), { ...ALL, bytes: 3.5 * frames[0].length });
	for (const [i, frame] of frames.slice(0, 5).entries()) await put(store, i % 2 === 0 ? 'even' : 'odd', frame);
	t.is(store.frameCount, 3);
	t.true(store.bytes <= 3.5 * frames[0].length);
	t.deepEqual(store.cameras(5), [
		{ camera: 'even', count: 2 },
		{ camera: 'odd', count: 1 },
	]);
	store.close();
});

test('a folder is taken up as it was; what a crash left half done is cleared away', async (t) => {
	const { frames, ids } = t.context;
	const folder = await temporaryFolder(t);
	const first = openFrameStore(folder, ALL);
	for (const frame of frames.slice(0, 3)) await put(first, 'hall', frame);
	t.throws(() => openFrameStore(folder, ALL), { message: /another subtractor is using this store$/ });
	first.close();
	const hall = join(folder, 'frames', 'hall');
	await writeFile(join(hall, `${'0'.repeat(32)}.vct`), 'no row');
	await writeFile(join(folder, 'arriving', 'half'), 'a part');
	await mkdir(join(folder, 'frames', 'empty'));
	const second = openFrameStore(folder, ALL);
	t.is(second.frameCount, 3);
	t.is(second.bytes, 3 * frames[0].length);
	t.deepEqual(await framesIn(folder), sorted(ids.slice(0, 3)));
	t.deepEqual(await readdir(join(folder, 'arriving')), []);
	t.false(await put(second, 'hall', frames[1]), 'it is there already');
	t.true(await put(second, 'hall', frames[3]));
	t.is(second.index.after('hall', 0, 10).at(-1)?.number, 4);
	second.close();
});

test('only its owner can read what is kept', async (t) => {
	const folder = join(await temporaryFolder(t), 'new');
	const store = openFrameStore(folder, ALL);
	await put(store, 'hall', t.context.frames[0]);
	for (const name of ['.', 'frames', 'frames/hall', 'arriving'])
		t.is((await stat(join(folder, name))).mode & 0o077, 0, name);
	t.is((await stat(join(folder, 'index.db'))).mode & 0o077, 0);
	store.close();
});

test('a folder that is none, and an index that is another file, are refused with a sentence', async (t) => {
	const folder = await temporaryFolder(t);
	await writeFile(join(folder, 'file'), 'text');
	t.throws(() => openFrameStore(join(folder, 'file'), ALL), { code: 'store-not-opened' });
	await writeFile(join(folder, 'index.db'), 'Dear diary\n'.repeat(1000));
	t.throws(() => openFrameStore(folder, ALL), { code: 'not-a-store', message: /not a store of a subtractor/ });
	t.is((await readFile(join(folder, 'index.db'), 'utf8')).length, 11_000);
});

test('kill -9 in the middle of uploads loses nothing that was acknowledged', async (t) => {
	const { frames, ids } = t.context;
	const store = join(await temporaryFolder(t), 'frames');
	const args = ['subtractor', '--json', '--port', '0', '--store', store];
	for (let round = 0; round < 3; round++) {
		const server = startCli(t, args);
		const url = String((await server.until('listening')).url);
		const acknowledged: string[] = [];
		const camera = `round-${round}`;
		const uploads = frames.map(async (body, i) => {
			const { status } = await send(url, 'PUT', `/v1/cameras/${camera}/frames/${ids[i]}`, { body });
			if (status === 201) acknowledged.push(ids[i]);
			if (acknowledged.length === 4 + round) server.child.kill('SIGKILL');
		});
		await Promise.allSettled(uploads);
		await server.end('SIGKILL');
		t.true(acknowledged.length >= 4 + round);
		const again = openFrameStore(store, ALL);
		for (const id of acknowledged) {
			const frame = again.index.find(camera, id);
			if (frame === undefined) {
				t.fail(`frame ${id} is lost`);
				continue;
			}
			let count = 0;
			for await (const record of (await again.open(frame)).records()) count += Number(record.length > 0);
			t.is(count, 1);
		}
		again.close();
	}
});

test('a subtractor whose files can grow no more says so, names no file, and still subtracts', async (t) => {
	const { long, longId } = t.context;
	const folder = await temporaryFolder(t);
	const args = ['subtractor', '--json', '--port', '0', '--store', join(folder, 'frames')];
	// a limit on the size of files needs no rights and no file system of its own: here below the length of a frame
	const limit = ['-c', 'ulimit -S -f 100; exec "$@"', 'sh'];
	const server = startProgram(t, 'sh', [...limit, process.execPath, cliPath, ...args]);
	const url = String((await server.until('listening')).url);
	const answer = await send(url, 'PUT', `/v1/cameras/hall/frames/${longId}`, { body: long });
	t.is(answer.status, 503);
	t.true(Number(answer.headers['retry-after']) >= 1);
	t.notRegex(answer.body.toString(), /frames\/|index/);
	const health = await send(url, 'GET', '/healthz');
	t.is(health.status, 503);
	t.regex(health.body.toString(), /"store-[a-z]+"/);
	t.deepEqual(await readdir(join(folder, 'frames', 'arriving')), []);
	t.is((await server.end()).code, 130);
});

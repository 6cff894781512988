import {
	copyFileSync,
	existsSync,
	mkdtempSync,
	readdirSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { fixedDescriptor } from '../../../src/core/face/fixed-match.js';
import { seededNumbers } from '../../../src/core/nn/seeded-numbers.js';
import { openFaceGallery } from '../../../src/services/client/face-gallery.js';
import { bestAt, distancesAt, enrollOnParties, matchAt } from '../../../src/services/client/gallery-on-parties.js';
import { namesFile, openNames, readNames } from '../../../src/services/client/names-file.js';
import { holdNames, tryHoldNames } from '../../../src/services/client/names-lock.js';
import { openParties } from '../../../src/services/client/run-on-parties.js';
import { openGalleryFile, readGallerySize } from '../../../src/services/party/gallery-file.js';
import { createLocalParties } from '../../../src/services/party/local-parties.js';
import { galleryFile, type PartyConfig, partyFile } from '../../../src/services/party/party-config.js';
import type { BookedQuestion } from '../../../src/services/party/question-book.js';
import { startParty } from '../../../src/services/party/start-party.js';
import { bytesOf, openSqlite } from '../../../src/services/sqlite.js';
import { world } from '../../helpers/party-services.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

const numbers = seededNumbers(3);
const vector = () => Float64Array.from({ length: 128 }, () => numbers.nextWithin(0.2));
const [ada, bob] = [vector(), vector()];
const fixed = (values: Float64Array) => ({ values: fixedDescriptor(values, 'face') });
const near = (values: Float64Array) => fixed(values.map((value) => value + numbers.nextWithin(0.02)));
const note = (): void => {};

async function setUp(t: ExecutionContext, { openDistances = false, maxQueriesPerMinute = 100 } = {}) {
	const folder = await temporaryFolder(t);
	const { configs, client: config } = await createLocalParties(folder, 0, {
		openDistances,
		clients: ['door'],
	});
	const told: (BookedQuestion & { readonly party: number })[] = [];
	const start = async () => {
		const started = await Promise.all(
			configs.map((one: PartyConfig, index) =>
				startParty(
					one,
					{ maxQueriesPerMinute },
					{ file: fileOf(folder, index), onQuestion: (question) => told.push({ party: index, ...question }) },
				),
			),
		);
		await Promise.all(started.map((party) => party.connected(60_000)));
		const client = await openParties(config, world);
		const door = await openParties({ ...config, token: configs[0].clients?.door ?? '' }, world);
		const close = async (): Promise<void> => {
			client.close();
			door.close();
			await Promise.all(started.map((party) => party.close()));
		};
		return { client, door, close, status: () => started.map((party) => party.status()) };
	};
	return { folder, start, told, config };
}

function fileOf(folder: string, index: number): string {
	return galleryFile(partyFile(folder, index === 0 ? 0 : index === 1 ? 1 : 2));
}

/** The gallery of party 1, with what SQLite keeps beside it. */
function moveFile(from: string, to: string): void {
	const name = basename(fileOf(from, 1));
	for (const file of readdirSync(to)) if (file.startsWith(name)) rmSync(join(to, file));
	for (const file of readdirSync(from)) if (file.startsWith(name)) renameSync(join(from, file), join(to, file));
}

/** Of first and second components, template after template: from a copy, for a party may have the file open. */
function wordsIn(folder: string, index: number): Int32Array {
	const copy = join(mkdtempSync(join(folder, 'copy-')), 'gallery.db');
	for (const end of ['', '-wal']) {
		if (existsSync(fileOf(folder, index) + end)) copyFileSync(fileOf(folder, index) + end, copy + end);
	}
	const database = openSqlite(copy, { readonly: true });
	const rows = [...database.iterate('SELECT first, second FROM templates ORDER BY place')];
	database.close();
	const bytes = rows.flatMap((row) => [bytesOf(row, 'first'), bytesOf(row, 'second')]);
	return new Int32Array(new Uint8Array(Buffer.concat(bytes)).buffer);
}

test('templates outlive their parties, are shared anew, and are forgotten when they are removed', async (t) => {
	const { folder, start } = await setUp(t, { openDistances: true });
	const first = await start();
	const gallery = await openFaceGallery(first.client, folder, note);
	await enrollOnParties(first.client, 0, fixed(ada).values, [await gallery.add('ada')]);
	await enrollOnParties(first.client, 1, fixed(bob).values, [await gallery.add('bob')]);
	await first.close();
	t.is(statSync(fileOf(folder, 0)).mode & 0o777, 0o600);
	t.is(statSync(namesFile(folder)).mode & 0o777, 0o600);

	const second = await start();
	const again = await openFaceGallery(second.client, folder, note);
	t.deepEqual(again.placesOf('bob'), [1]);
	t.is((await bestAt(second.client, again.known, near(bob), 0.6)).place, 1);
	const old = wordsIn(folder, 0);
	await again.refresh();
	const fresh = wordsIn(folder, 0);
	t.is(old.filter((word, i) => word === fresh[i]).length, 0);
	const { distances } = await distancesAt(second.client, again.known, fixed(bob), [0, 1]);
	t.true(distances[1] < 0.001);
	t.true(Math.abs(distances[0] - Math.hypot(...ada.map((value, i) => value - bob[i]))) < 0.01);
	t.is(await again.remove('ada'), 1);
	t.deepEqual(
		[...(await matchAt(second.client, again.known, near(bob), { places: [0], threshold: 0.6 })).matches],
		[1],
	);
	t.throws(() => again.placesOf('ada'), { message: /nobody of that name/ });
	await second.close();
	t.is(wordsIn(folder, 2).length, 256);
	t.deepEqual(
		readNames(namesFile(folder)).map(({ name }) => name),
		['bob'],
	);
});

test('words of a stolen file are spread evenly, whatever they share', async (t) => {
	const { folder, start } = await setUp(t);
	const { client, close } = await start();
	const gallery = await openFaceGallery(client, folder, note);
	const zeros = new Int32Array(64 * 128);
	await enrollOnParties(client, 0, zeros, await gallery.addAll(Array.from({ length: 64 }, (_, i) => `n${i}`)));
	await close();
	for (const index of [0, 1, 2]) {
		const counts = new Float64Array(256);
		const words = wordsIn(folder, index);
		for (const byte of new Uint8Array(words.buffer)) counts[byte]++;
		const expected = (words.length * 4) / 256;
		const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
		t.true(chiSquare < 360, `party ${index}: chi-square ${chiSquare} with 255 degrees of freedom`);
	}
});

test('a template that one party lost is taken out of the others, and a shared one settles', async (t) => {
	const { folder, start } = await setUp(t);
	const first = await start();
	const gallery = await openFaceGallery(first.client, folder, note);
	await enrollOnParties(first.client, 0, fixed(ada).values, [await gallery.add('ada')]);
	await enrollOnParties(first.client, 1, fixed(bob).values, [await gallery.add('bob')]);
	await gallery.refresh();
	await first.close();
	const broken = openGalleryFile(fileOf(folder, 1));
	broken.remove([gallery.templates[1].id]);
	broken.close();

	const second = await start();
	const notes: string[] = [];
	const again = await openFaceGallery(second.client, folder, (line) => notes.push(line));
	t.deepEqual(
		again.templates.map(({ name }) => name),
		['ada'],
	);
	t.deepEqual(notes, [
		'1 template is taken out, which not all parties hold: an enrolment was cut short',
		`1 name is moved to ${namesFile(folder)}.old: without a template at the parties`,
	]);
	t.deepEqual(readNames(`${namesFile(folder)}.old`), [gallery.templates[1]]);
	t.is((await bestAt(second.client, again.known, near(ada), 0.6)).place, 0);
	await t.throwsAsync(bestAt(second.client, { ...again.known, digest: '1'.repeat(64) }, near(ada), 0.6), {
		message: /other templates/,
	});
	await second.close();
});

test('where one party has lost its file, nothing is taken out of the others', async (t) => {
	const { folder, start } = await setUp(t);
	const first = await start();
	const gallery = await openFaceGallery(first.client, folder, note);
	const both = Int32Array.from([...fixed(ada).values, ...fixed(bob).values]);
	await enrollOnParties(first.client, 0, both, await gallery.addAll(['ada', 'bob']));
	await first.close();
	const aside = await temporaryFolder(t);
	moveFile(folder, aside);
	const second = await start();
	await t.throwsAsync(openFaceGallery(second.client, folder, note), {
		code: 'galleries-differ',
		message: 'party 1 holds none of the 2 templates that others hold',
	});
	await second.close();
	moveFile(aside, folder);
	const third = await start();
	t.deepEqual((await openFaceGallery(third.client, folder, note)).templates, gallery.templates);
	await third.close();
});

test('who looks while another is changing the names leaves what is on its way alone', async (t) => {
	const { folder, start } = await setUp(t);
	const { client, close } = await start();
	const gallery = await openFaceGallery(client, folder, note);
	await enrollOnParties(client, 0, fixed(ada).values, [await gallery.add('ada')]);
	await gallery.add('bob');
	const held = tryHoldNames(namesFile(folder));
	t.is(tryHoldNames(namesFile(folder)), undefined);
	const seen = await openFaceGallery(client, folder, (line) => t.fail(line), false);
	t.deepEqual(seen.templates, gallery.templates.slice(0, 1));
	t.is((await bestAt(client, seen.known, near(ada), 0.6)).place, 0);
	t.deepEqual(readNames(namesFile(folder)), gallery.templates);
	t.false(existsSync(`${namesFile(folder)}.old`));
	held?.();
	const abort = new AbortController();
	(await holdNames(namesFile(folder), { signal: abort.signal, note }))();
	abort.abort(new Error('gone'));
	await t.throwsAsync(holdNames(namesFile(folder), { signal: abort.signal, note }), { message: 'gone' });
	t.deepEqual(
		readdirSync(folder).filter((name) => name.includes('lock')),
		[],
	);
	await close();
});

test('names that another process has written meanwhile are not written over', async (t) => {
	const file = namesFile(await temporaryFolder(t));
	const [here, there] = [openNames(file), openNames(file)];
	const named = { id: '0'.repeat(32), name: 'ada' };
	await there.replace([named]);
	await t.throwsAsync(here.replace([]), { code: 'names-changed' });
	t.deepEqual(openNames(file).templates, [named]);
	await there.replace([]);
	t.deepEqual(readNames(file), []);
});

test('questions are counted, limited and told for each client apart, and a restart keeps the counts', async (t) => {
	const { folder, start, told, config } = await setUp(t, { maxQueriesPerMinute: 2 });
	const first = await start();
	const gallery = await openFaceGallery(first.client, folder, note);
	await enrollOnParties(first.client, 0, fixed(ada).values, [await gallery.add('ada')]);
	await t.throwsAsync(distancesAt(first.client, gallery.known, near(ada), [0]), {
		code: 'no-distances',
		message: /party [012]: this party opens no distances/,
	});
	await bestAt(first.client, gallery.known, near(ada), 0.6);
	t.is((await bestAt(first.client, gallery.known, near(bob), 0.6)).place, undefined);
	await t.throwsAsync(bestAt(first.client, gallery.known, near(ada), 0.6), {
		code: 'too-many-queries',
		message: /2 questions a minute/,
	});
	// another client is not kept waiting
	t.is((await bestAt(first.door, gallery.known, near(ada), 0.6)).place, 0);
	const counts = { client: 2, door: 1 };
	for (const status of first.status()) t.deepEqual(status.queries, counts);
	const { generation } = JSON.parse(JSON.stringify((await first.client.ask('GET', '/v1/gallery'))[0]));
	const question = { party: 2, client: 'client', kind: 'best', templates: 1, generation };
	t.deepEqual(
		told.filter(({ party, refused }) => party === 2 && refused === undefined),
		[
			{ ...question, count: 1 },
			{ ...question, count: 2 },
			{ ...question, client: 'door', count: 1 },
		],
	);
	// where one party refuses, another may hear of it before it has come so far itself
	const refusals = told.filter(({ refused }) => refused !== undefined);
	t.deepEqual(new Set(refusals.map(({ refused }) => refused)), new Set(['no-distances', 'too-many-queries']));
	t.is(
		first.status().reduce((sum, { queriesRefused }) => sum + queriesRefused, 0),
		refusals.length,
	);
	const strange = await openParties({ ...config, token: 'x'.repeat(32) }, world);
	await t.throwsAsync(bestAt(strange, gallery.known, near(ada), 0.6), { code: 'no-token' });
	strange.close();
	await first.close();

	const second = await start();
	t.deepEqual((await openFaceGallery(second.client, folder, note)).queries, [counts, counts, counts]);
	await bestAt(second.door, gallery.known, near(ada), 0.6);
	t.deepEqual(second.status()[1].queries, { client: 2, door: 2 });
	await second.close();
});

test('questions that an older version counted of all clients together are those of the common token', async (t) => {
	const file = join(await temporaryFolder(t), 'party-0.gallery.db');
	openGalleryFile(file).close();
	const old = openSqlite(file);
	old.run("INSERT INTO counts VALUES ('queries', 41)", []);
	old.close();
	for (const expected of [41, 42]) {
		const gallery = openGalleryFile(file);
		t.is(gallery.queries.client, expected);
		gallery.queries = { ...gallery.queries, client: expected + 1, door: 7 };
		gallery.close();
	}
	t.is(readGallerySize(file).queries, 43 + 7);
});

test('a file that is no gallery, or no names, is refused by name', async (t) => {
	const folder = await temporaryFolder(t);
	const file = join(folder, 'party-0.gallery.db');
	writeFileSync(file, 'not a database, but long enough to look at '.repeat(40));
	t.throws(() => openGalleryFile(file), { message: /party-0\.gallery\.db: cannot be opened/ });
	writeFileSync(namesFile(folder), '{"version":1,"templates":[{"id":"x","name":"ada"}]}');
	t.throws(() => readNames(namesFile(folder)), { message: /names\.json: not the names of a gallery/ });
});

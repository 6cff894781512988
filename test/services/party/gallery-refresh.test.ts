import {
	closeSync,
	linkSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	statSync,
	writeSync,
} from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { FIRST_GENERATION } from '../../../src/core/face/gallery-digest.js';
import { PARTIES, type PartyIndex } from '../../../src/core/mpc/party-index.js';
import {
	distancesAt,
	enrollOnParties,
	freshTemplateId,
	refreshPiece,
	removeFromParties,
	settleOnParties,
} from '../../../src/services/client/gallery-on-parties.js';
import { settledStates } from '../../../src/services/client/gallery-states.js';
import { refreshGallery } from '../../../src/services/client/refresh-gallery.js';
import { openPartyGallery, type PartyGallery } from '../../../src/services/party/party-gallery.js';
import { int32 } from '../../core/mpc/three-parties.js';
import { until } from '../../helpers/http.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';
import { copyFiles, galleryFileIn, openThree, type ThreeGalleries, wordsIn } from './three-galleries.js';

const LENGTH = 128;
const TEMPLATES = 4;
const PIECE = 2;
const faces = Int32Array.from({ length: TEMPLATES * LENGTH }, (_, i) => ((i * 37) % 201) - 100);
const quiet = (): void => {};
const OPTIONS = { maxQueriesPerMinute: 1000, openDistances: true, nowMs: () => 0 };

async function enrolled(t: ExecutionContext, words = faces, freshLifeMs?: number) {
	const folder = await temporaryFolder(t);
	const three = await openThree(t, folder, freshLifeMs);
	const ids = Array.from({ length: words.length / LENGTH }, freshTemplateId);
	await enrollOnParties(three.client, 0, words, ids);
	return { folder, three, ids };
}

/** Squared and rooted distances of the first face to all, as the parties work them out. */
async function answersOf({ client, galleries }: ThreeGalleries): Promise<readonly number[]> {
	const { templates, digest } = galleries[0].state;
	const probe = { values: faces.slice(0, LENGTH) };
	const places = Array.from({ length: templates }, (_, place) => place);
	return (await distancesAt(client, { templates, digest }, probe, places)).distances;
}

function closeAll({ galleries }: ThreeGalleries): void {
	for (const gallery of galleries) gallery.close();
}

test('shares of two parties from before and after a refresh are no template, and those of one party are spread evenly', async (t) => {
	// whatever depends on the templates shows against zeros
	const { folder, three } = await enrolled(t, new Int32Array(64 * LENGTH));
	const answers = await answersOf(three);
	const old = PARTIES.map((party) => {
		const copy = join(folder, `old-${party}`);
		mkdirSync(copy);
		copyFiles(folder, party, copy);
		return wordsIn(galleryFileIn(copy, party));
	});
	await refreshGallery(three.client, FIRST_GENERATION, quiet, 20);
	t.deepEqual(await answersOf(three), answers);
	closeAll(three);
	const fresh = PARTIES.map((party) => wordsIn(galleryFileIn(folder, party)));

	const zerosIn = (...parts: readonly Int32Array[]): number =>
		parts[0].filter((_, i) => parts.reduce((sum, words) => (sum + words[i]) | 0, 0) === 0).length;
	for (const [mine, next] of [
		[0, 1],
		[1, 2],
		[2, 0],
	]) {
		// party N holds components N and N + 1; the next one adds N + 2
		t.is(zerosIn(old[mine].first, old[mine].second, old[next].second), 64 * LENGTH);
		t.is(zerosIn(fresh[mine].first, fresh[mine].second, fresh[next].second), 64 * LENGTH);
		t.is(zerosIn(old[mine].first, old[mine].second, fresh[next].second), 0);
		t.is(zerosIn(fresh[mine].first, fresh[mine].second, old[next].second), 0);
		const held = [old[mine].first, old[mine].second, fresh[mine].first, fresh[mine].second];
		for (let sum = 1; sum < 3 ** held.length; sum++) {
			const factors = held.map((_, at) => (Math.floor(sum / 3 ** at) % 3) - 1);
			if (factors.every((factor) => factor === 0)) continue;
			const mixed = held[0].map((_, i) => held.reduce((total, words, at) => total + factors[at] * words[i], 0));
			t.true(chiSquareOf(mixed) < 380, `party ${mine}, ${factors}: ${chiSquareOf(mixed)} with 255 degrees of freedom`);
		}
	}
});

/** Of the bytes, against all alike. */
function chiSquareOf(words: Int32Array): number {
	const counts = new Float64Array(256);
	for (const byte of new Uint8Array(words.buffer)) counts[byte]++;
	const expected = (words.length * 4) / 256;
	return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

test('after a refresh nothing of the old shares is left in the files, and they have not grown', async (t) => {
	const { folder, three } = await enrolled(t, new Int32Array(2500 * LENGTH));
	closeAll(three);
	const sizes = PARTIES.map((party) => statSync(galleryFileIn(folder, party)).size);
	const old = PARTIES.map((party) => wordsIn(galleryFileIn(folder, party)));
	const links = await temporaryFolder(t);
	for (const party of PARTIES) linkSync(galleryFileIn(folder, party), join(links, `old-${party}`));
	const again = await openThree(t, folder);
	const told: number[] = [];
	await refreshGallery(again.client, FIRST_GENERATION, (done) => told.push(done), 1000);
	t.deepEqual(told, [0, 1000, 2000, 2500]);
	closeAll(again);
	t.deepEqual(
		readdirSync(folder).toSorted(),
		PARTIES.map((party) => `party-${party}.gallery.db`),
	);
	for (const party of PARTIES) {
		const bytes = readFileSync(galleryFileIn(folder, party));
		for (const words of [old[party].first, old[party].second]) {
			for (let at = 0; at < words.length; at += 250 * LENGTH) {
				t.is(bytes.indexOf(Buffer.from(words.buffer, 4 * at, 64)), -1, `party ${party} still has word ${at}`);
			}
		}
		t.true(bytes.length < 1.05 * sizes[party]);
		t.is(statSync(join(links, `old-${party}`)).size, 0);
	}
});

/** A gallery that comes to `strike` before and after all that it does with others in a refreshing. */
function struck(gallery: PartyGallery, strike: () => Promise<void>): PartyGallery {
	const around =
		<Given, Result>(work: (given: Given) => Promise<Result>) =>
		async (given: Given): Promise<Result> => {
			await strike();
			const result = await work(given);
			await strike();
			return result;
		};
	const changed: Pick<PartyGallery, 'refresh' | 'settle'> = {
		refresh: (piece, agree, share) => gallery.refresh(piece, around(agree), around(share)),
		settle: (generation, agree, compare) => gallery.settle(generation, around(agree), around(compare)),
	};
	return Object.assign(Object.create(gallery), changed);
}

/** Kills a party at the n-th point, and gives how many points it came to. The others end as they can. */
async function killAt(t: ExecutionContext, victim: PartyIndex, point: number) {
	const { folder, three } = await enrolled(t);
	const answers = await answersOf(three);
	const disk = join(folder, 'disk');
	mkdirSync(disk);
	const [gallery] = three.galleries.splice(victim, 1);
	let points = 0;
	const dies = async (): Promise<void> => {
		if (points++ !== point) return;
		copyFiles(folder, victim, disk);
		throw new Error('killed');
	};
	three.galleries.splice(victim, 0, struck(gallery, dies));
	const failure = await refreshGallery(three.client, FIRST_GENERATION, quiet, PIECE).then(
		() => undefined,
		(error: unknown) => error,
	);
	return { three, answers, disk, points, failure };
}

test('a party killed at any point of a refresh comes back to the old shares or the new ones, with the others', async (t) => {
	let points = 1;
	for (let point = 0; point < points; point++) {
		const victim = PARTIES[point % PARTIES.length];
		const { three, disk, answers, failure, ...killed } = await killAt(t, victim, point);
		points = killed.points;
		if (failure === undefined) break;
		points = point + 2;
		three.galleries[victim] = await openPartyGallery({ ...OPTIONS, file: galleryFileIn(disk, victim) });
		const states = await settledStates(three.client);
		t.is(new Set(states.map(({ generation, digest }) => generation + digest)).size, 1, `point ${point}`);
		t.deepEqual(await answersOf(three), answers, `point ${point}`);
		if (point % 4 === 0) {
			await refreshGallery(three.client, states[0].generation, quiet, PIECE);
			t.not(three.galleries[victim].state.generation, states[0].generation);
			t.deepEqual(await answersOf(three), answers, `after point ${point}`);
		}
		closeAll(three);
	}
	// before and after all that a party does with others: two pieces, and the end
	t.is(points, 16);
});

test('a party killed while the new shares take the place of the old ones goes on at its start', async (t) => {
	const { folder, three } = await enrolled(t);
	const answers = await answersOf(three);
	const disk = join(folder, 'disk');
	mkdirSync(disk);
	three.galleries[1] = struck(three.galleries[1], async () => {
		if (three.galleries[1].state.pending !== null) copyFiles(folder, 1, disk);
	});
	await refreshGallery(three.client, FIRST_GENERATION, quiet, PIECE);
	const { digest } = three.galleries[0].state;
	three.galleries[1].close();
	const file = galleryFileIn(disk, 1);
	for (const overwritten of [false, true]) {
		const again = join(folder, `again-${overwritten}`);
		mkdirSync(again);
		copyFiles(disk, 1, again);
		const mine = galleryFileIn(again, 1);
		renameSync(`${mine}.ready`, `${mine}.next`);
		if (overwritten) {
			const handle = openSync(mine, 'r+');
			writeSync(handle, new Uint8Array(8192));
			closeSync(handle);
		}
		three.galleries[1] = await openPartyGallery({ ...OPTIONS, file: mine });
		t.is(three.galleries[1].state.digest, digest);
		t.deepEqual(await answersOf(three), answers);
		three.galleries[1].close();
		t.deepEqual(readdirSync(again), ['party-1.gallery.db']);
	}
	// one that has only heard that all are ready is told by the next client
	three.galleries[1] = await openPartyGallery({ ...OPTIONS, file });
	t.is(three.galleries[1].state.generation, FIRST_GENERATION);
	await t.throwsAsync(removeFromParties(three.client, [freshTemplateId()]), { code: 'not-settled' });
	await settledStates(three.client);
	t.is(three.galleries[1].state.digest, digest);
	t.deepEqual(await answersOf(three), answers);
	closeAll(three);
});

test('templates enrolled meanwhile are shared anew too, a removal begins again, another client ends it', async (t) => {
	const { three, ids } = await enrolled(t);
	const { client } = three;
	const told: string[] = [];
	await refreshGallery(
		client,
		FIRST_GENERATION,
		(done, total) => {
			told.push(`${done}/${total}`);
			if (told.length === 2) void enrollOnParties(client, TEMPLATES, faces.slice(0, LENGTH), [freshTemplateId()]);
			if (told.length === 3) void removeFromParties(client, [ids[1]]);
		},
		PIECE,
	);
	t.deepEqual(told, ['0/4', '2/4', '4/5', '0/4', '2/4', '4/4']);
	const [first, , , last] = await answersOf(three);
	t.deepEqual([first, last], [0, 0]);

	const { generation: base } = three.galleries[0].state;
	await t.throwsAsync(
		refreshGallery(
			client,
			base,
			(done) => {
				if (done === PIECE) void refreshPiece(client, { generation: 'a'.repeat(64), base, start: 0, count: 1 });
			},
			PIECE,
		),
		{ code: 'refresh-disturbed' },
	);
	await t.throwsAsync(settleOnParties(client, 'a'.repeat(64)), { code: 'not-refreshed' });
	await t.throwsAsync(
		refreshPiece(client, { generation: 'a'.repeat(64), base: FIRST_GENERATION, start: 0, count: 1 }),
		{
			code: 'galleries-differ',
		},
	);
	t.is(three.galleries[2].state.generation, base);
	closeAll(three);
});

test('new shares that nobody goes on with are dropped, and so are those of which the parties hold different ones', async (t) => {
	const { folder, three } = await enrolled(t, faces, 1);
	const piece = { generation: 'b'.repeat(64), base: FIRST_GENERATION, start: 0, count: TEMPLATES };
	await refreshPiece(three.client, piece);
	const names = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.fresh'));
	await until(async () => names().length === 0);
	closeAll(three);

	const again = await openThree(t, folder);
	const [gallery] = again.galleries;
	const changed: Pick<PartyGallery, 'refresh'> = {
		refresh: (given, agree, share) =>
			gallery.refresh(given, agree, async (first) => {
				const made = await share(first);
				return { ...made, second: int32(made.second).map((word, i) => word ^ Number(i === 7)) };
			}),
	};
	again.galleries[0] = Object.assign(Object.create(gallery), changed);
	await t.throwsAsync(refreshGallery(again.client, FIRST_GENERATION, quiet), { code: 'galleries-differ' });
	t.is((await settledStates(again.client))[0].generation, FIRST_GENERATION);
	closeAll(again);
});

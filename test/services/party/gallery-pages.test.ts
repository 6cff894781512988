import test from 'ava';
import { createGalleryDigest } from '../../../src/core/face/gallery-digest.js';
import { openFaceGallery } from '../../../src/services/client/face-gallery.js';
import { distancesAt, enrollOnParties, matchAt } from '../../../src/services/client/gallery-on-parties.js';
import { namesFile, readNames } from '../../../src/services/client/names-file.js';
import { openGalleryFile } from '../../../src/services/party/gallery-file.js';
import { MAX_ENROLLED_AT_ONCE } from '../../../src/services/party/gallery-program.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';
import { galleryFileIn, openThree } from './three-galleries.js';

const TEMPLATES = 2500;
const note = (): void => {};

test('a gallery of several pages keeps order, ids and names, through a removal and a start', async (t) => {
	const folder = await temporaryFolder(t);
	const three = await openThree(t, folder);
	const gallery = await openFaceGallery(three.client, folder, note);
	// one number tells a template from its neighbours
	const words = Int32Array.from({ length: TEMPLATES * 128 }, (_, i) =>
		i % 128 === 0 ? Math.floor(i / 128) % 1000 : 0,
	);
	const isGone = (place: number): boolean => place % 1024 === 0 || place === TEMPLATES - 1;
	const names = Array.from({ length: TEMPLATES }, (_, place) => (isGone(place) ? 'gone' : `n${place}`));
	await enrollOnParties(three.client, 0, words, await gallery.addAll(names));
	t.is(await gallery.remove('gone'), 4);
	const left = names.filter((name) => name !== 'gone');
	for (const party of three.galleries) party.close();

	const file = openGalleryFile(galleryFileIn(folder, 1));
	const pages = [...file.batches(1000)];
	t.deepEqual(
		pages.map(({ ids }) => ids.length),
		[1000, 1000, 496],
	);
	t.deepEqual(
		pages.flatMap(({ ids }) => ids),
		[...file.ids()],
	);
	t.deepEqual(
		[...file.batches(2000, pages[1].places[999])].flatMap(({ ids }) => ids),
		pages[2].ids,
	);
	file.close();

	const again = await openThree(t, folder);
	const reopened = await openFaceGallery(again.client, folder, note);
	t.deepEqual(
		reopened.templates.map(({ name }) => name),
		left,
	);
	const digest = createGalleryDigest(again.galleries[2].state.generation);
	digest.add(reopened.templates.map(({ id }) => id));
	t.is(again.galleries[2].state.digest, digest.value);
	const places = [0, 1021, 1022, 1023, 2040, 2047, TEMPLATES - 5];
	const { distances } = await distancesAt(again.client, reopened.known, { values: new Int32Array(128) }, places);
	t.deepEqual(
		distances.map((distance) => Math.round(distance * 1024)),
		places.map((place) => Number(left[place].slice(1)) % 1000),
	);
	// of more places than a job may name, in two
	const many = Array.from({ length: MAX_ENROLLED_AT_ONCE + places.length }, (_, i) => places[i % places.length]);
	const face = { values: Int32Array.from({ length: 128 }, (_, i) => (i === 0 ? 500 : 0)) };
	const { matches } = await matchAt(again.client, reopened.known, face, { places: many, threshold: 0.4 });
	const isNear = (place: number): boolean => Math.abs((Number(left[place].slice(1)) % 1000) - 500) < 0.4 * 1024;
	t.deepEqual(
		[...matches],
		many.map((place) => Number(isNear(place))),
	);
	t.is((await distancesAt(again.client, reopened.known, face, many)).distances.length, many.length);
	t.deepEqual(readNames(namesFile(folder)), reopened.templates);
	for (const party of again.galleries) party.close();
});

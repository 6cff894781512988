import test from 'ava';
import { signed } from '../../../src/core/image/compare.js';
import { readImage } from '../../../src/core/image/files.js';
import { resize, toGray } from '../../../src/core/image/geometry.js';
import type { Image } from '../../../src/core/image/image.js';
import { shuffle, shufflePlaces } from '../../../src/core/subtract/shuffle.js';
import { subtractShuffled } from '../../../src/core/subtract/shuffled-picture.js';
import { faces } from '../../helpers/fixtures.js';

// What docs/shuffle.md says: each attack has the shuffled pictures, and nothing of the key.

const KEY = 31_337;

function under(key: number, image: Image): Image {
	return shuffle(image, { key, block: null });
}

async function readGray(path: string): Promise<Image> {
	return toGray(await readImage(path));
}

/** How often each value from -255 to 255 occurs. */
function histogram(samples: ArrayLike<number>): number[] {
	const counts = new Array<number>(512).fill(0);
	for (let i = 0; i < samples.length; i++) counts[samples[i] + 255]++;
	return counts;
}

test('the histogram of a picture is read off its shuffled form', async (t) => {
	const image = await readImage(faces[0]);
	const shuffled = under(KEY, image);
	t.notDeepEqual(shuffled.samples, image.samples);
	t.deepEqual(histogram(shuffled.samples), histogram(image.samples));
});

test('how much changed between two pictures is read off their shuffled forms, gray level by gray level', async (t) => {
	const [before, after] = await Promise.all([readImage(faces[0]), readImage(faces[1])]);
	const seen = signed(under(KEY, after), under(KEY, before));
	t.deepEqual(histogram(seen.samples), histogram(signed(after, before).samples));
	// and that nothing changed is seen, too
	t.true(subtractShuffled(under(KEY, after), under(KEY, after)).samples.every((sample) => sample === 0));
});

test('three pictures of the attacker, shuffled under the key, undo every other picture of that size', async (t) => {
	const secret = under(KEY, await readImage(faces[0]));
	const { length } = secret.samples;
	// sample i of these is digit 0, 1 or 2 of i to the base of 256
	const chosen = [0, 8, 16].map((shift) => {
		const samples = Uint8Array.from({ length }, (_, i) => i >> shift);
		return under(KEY, { ...secret, samples }).samples;
	});
	const found = new Uint8Array(length);
	for (let place = 0; place < length; place++) {
		found[chosen[0][place] | (chosen[1][place] << 8) | (chosen[2][place] << 16)] = secret.samples[place];
	}
	t.deepEqual(found, (await readImage(faces[0])).samples);
});

test('fifteen ordinary photographs and their shuffled forms undo nearly all of another', async (t) => {
	const known = await Promise.all(faces.slice(1).map(readGray));
	const image = await readGray(faces[0]);
	const secret = under(KEY, image).samples;
	const shuffled = known.map((each) => under(KEY, each).samples);
	// what one sample is in all known pictures tells which it is
	const columns = (pictures: readonly Uint8Array[]): string[] =>
		Array.from(secret, (_, i) => String.fromCharCode(...pictures.map((samples) => samples[i])));
	const placesOf = new Map<string, number[]>();
	for (const [place, column] of columns(shuffled).entries()) {
		const places = placesOf.get(column);
		if (places === undefined) placesOf.set(column, [place]);
		else places.push(place);
	}
	let right = 0;
	for (const [i, column] of columns(known.map(({ samples }) => samples)).entries()) {
		const places = placesOf.get(column) ?? [];
		if (places.length === 1 && secret[places[0]] === image.samples[i]) right++;
	}
	t.log(`${((100 * right) / secret.length).toFixed(1)} % of the samples are certain`);
	t.true(right > 0.99 * secret.length);
});

/** Sum of the steps between neighbours in the rows of a gray picture: small for photographs, large for shuffled ones. */
function roughness(samples: Uint8Array, places: Uint32Array, width: number): number {
	let sum = 0;
	for (let i = 1; i < places.length; i++) {
		if (i % width !== 0) sum += Math.abs(samples[places[i]] - samples[places[i - 1]]);
	}
	return sum;
}

test('a key is found by trying keys until the picture is smooth: nothing else of it is known', async (t) => {
	const { width, samples } = under(2718, await resize(await readGray(faces[0]), { width: 32, height: 24 }));
	const tried = 4000;
	const startedMs = performance.now();
	const rough = Array.from({ length: tried }, (_, key) =>
		roughness(samples, shufflePlaces(key, samples.length), width),
	);
	const perKeyMs = (performance.now() - startedMs) / tried;
	t.log(`${perKeyMs.toFixed(3)} ms a key: all 2^32 in ${((perKeyMs * 2 ** 32) / 3_600_000).toFixed(0)} core hours`);
	const best = Math.min(...rough);
	t.is(rough.indexOf(best), 2718);
	// the right key stands out: no wrong one comes near
	t.true(rough.every((value, key) => key === 2718 || value > 1.5 * best));
});

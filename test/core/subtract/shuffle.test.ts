import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { decodeImage } from '../../../src/core/image/decode.js';
import type { Image, Size } from '../../../src/core/image/image.js';
import { shuffle, shufflePlaces, unshuffle } from '../../../src/core/subtract/shuffle.js';
import { shuffleMarkOf } from '../../../src/core/subtract/shuffle-mark.js';
import { encodeShuffled } from '../../../src/core/subtract/shuffled-picture.js';
import { packageRoot } from '../../helpers/fixtures.js';
import { noise, picture } from './small-vct.js';

interface Vector {
	readonly class: 'Rand' | 'RandBlock';
	readonly key: number;
	/** Height, width, channels. */
	readonly shape: readonly [number, number, 3];
	readonly sha256: string;
	/** Height, width. */
	readonly block?: readonly [number, number];
	readonly encrypted?: readonly number[];
}

// recorded from imageshuffle 0.2.2, the library that PICRYPT used
const file = join(packageRoot, 'fixtures', 'vectors', 'imageshuffle.json');
const { cases }: { cases: readonly Vector[] } = JSON.parse(readFileSync(file, 'utf8'));

function pictureOf([height, width, channels]: Vector['shape']): Image {
	return picture(width, height, channels, (i) => (i * 7919 + Math.floor(i / 3) * 104_729) % 256);
}

function blockOf({ block }: Vector): Size | null {
	return block === undefined ? null : { width: block[1], height: block[0] };
}

for (const vector of cases) {
	const { class: name, key, shape, block } = vector;
	test(`${name} ${block ?? ''} of ${shape} under ${key} is what imageshuffle makes, and comes back`, (t) => {
		const image = pictureOf(shape);
		const how = { key, block: blockOf(vector) };
		const shuffled = shuffle(image, how);
		t.is(createHash('sha256').update(shuffled.samples).digest('hex'), vector.sha256);
		if (vector.encrypted !== undefined) t.deepEqual([...shuffled.samples], [...vector.encrypted]);
		t.deepEqual(unshuffle(shuffled, how), image);
	});
}

test('the vectors hold both classes, four keys and blocks that leave an edge', (t) => {
	t.deepEqual(new Set(cases.map(({ class: name }) => name)), new Set(['Rand', 'RandBlock']));
	t.is(new Set(cases.map(({ key }) => key)).size, 4);
	t.true(cases.some(({ block, shape }) => block !== undefined && shape[0] % block[0] !== 0));
});

test('each place is taken once', (t) => {
	const places = shufflePlaces(1234, 1000);
	t.deepEqual(
		[...places].sort((a, b) => a - b),
		Array.from({ length: 1000 }, (_, i) => i),
	);
});

test('gray pictures are shuffled, too; a block larger than the picture is refused', (t) => {
	const image = noise(4, 31, 17, 1);
	const how = { key: 0, block: { width: 5, height: 17 } };
	const shuffled = shuffle(image, how);
	t.notDeepEqual(shuffled, image);
	t.deepEqual(unshuffle(shuffled, how), image);
	t.throws(() => shuffle(image, { key: 0, block: { width: 5, height: 18 } }), { code: 'block-too-large' });
});

test('the PNG of a shuffled picture is read by others, and says how it was shuffled', async (t) => {
	const image = noise(5, 23, 11, 3);
	for (const mark of [
		{ kind: 'frame', block: null },
		{ kind: 'difference', block: { width: 20_000, height: 12_345 } },
	] as const) {
		const png = await encodeShuffled(image, mark);
		t.deepEqual(shuffleMarkOf(png, 'x.png'), mark);
		t.deepEqual((await decodeImage(png, 'x.png')).samples, image.samples);
	}
	const png = await encodeShuffled(image, { kind: 'frame', block: null });
	const newer = Buffer.from(png);
	newer.write('2', newer.indexOf('shuffle 1') + 8, 'latin1');
	t.throws(() => shuffleMarkOf(newer, 'x.png'), { code: 'future-shuffle' });
	for (let length = 0; length < 45; length++) t.is(shuffleMarkOf(png.subarray(0, length), 'x.png'), null);
	t.is(shuffleMarkOf(Buffer.from('veil-vct'), 'x.vct'), null);
});

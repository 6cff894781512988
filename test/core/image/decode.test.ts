import test from 'ava';
import sharp, { type Sharp } from 'sharp';
import { decodeImage } from '../../../src/core/image/decode.js';
import { encodePng } from '../../../src/core/image/encode.js';
import { readImage } from '../../../src/core/image/files.js';
import type { Image } from '../../../src/core/image/image.js';
import { faces, pictureSize, scenes } from '../../helpers/fixtures.js';
import { picture, sharpOf, uneven } from './make-pictures.js';

/** Largest difference of two pictures of one shape. */
function largestError(a: Image, b: Image): number {
	return a.samples.reduce((worst, level, i) => Math.max(worst, Math.abs(level - (b.samples[i] ?? 0))), 0);
}

const image = uneven(24, 18);
const flat = picture(24, 18, 3, (i) => [200, 90, 30][i % 3] ?? 0);

const lossless = test.macro(async (t, encode: (source: Sharp) => Sharp) => {
	const decoded = await decodeImage(await encode(sharpOf(image)).toBuffer(), 'x');
	t.deepEqual(decoded, { ...image, droppedAlpha: false });
});

test('PNG is read exactly', lossless, (source) => source.png());
test('interlaced PNG is read exactly', lossless, (source) => source.png({ progressive: true }));
test('lossless WebP is read exactly', lossless, (source) => source.webp({ lossless: true }));
test('TIFF is read exactly', lossless, (source) => source.tiff({ compression: 'lzw' }));
test('16-bit RGB PNG is read as 8 bits', lossless, (source) => source.toColourspace('rgb16').png());

const lossy = test.macro(async (t, encode: (source: Sharp) => Sharp, tolerance: number) => {
	const decoded = await decodeImage(await encode(sharpOf(flat)).toBuffer(), 'x');
	t.is(decoded.channels, 3);
	t.true(largestError(decoded, flat) <= tolerance, `error ${largestError(decoded, flat)}`);
});

test('JPEG is read', lossy, (source) => source.jpeg({ quality: 95 }), 3);
test('progressive JPEG is read', lossy, (source) => source.jpeg({ quality: 95, progressive: true }), 3);
test('lossy WebP is read', lossy, (source) => source.webp({ quality: 95 }), 4);
test('AVIF is read', lossy, (source) => source.avif({ quality: 90 }), 4);
test('GIF is read', lossy, (source) => source.gif(), 1);
test('palette PNG is read', lossy, (source) => source.png({ palette: true }), 1);
// the profile of sharp that makes CMYK out of sRGB cannot hold each colour
test('CMYK JPEG is read as RGB', lossy, (source) => source.toColourspace('cmyk').jpeg({ quality: 95 }), 30);

test('gray pictures stay gray, and 16-bit ones are rounded to 8 bits', async (t) => {
	const levels = Uint16Array.from({ length: 256 }, (_, i) => i * 257);
	const png = await sharp(levels, { raw: { width: 16, height: 16, channels: 1 } })
		.toColourspace('grey16')
		.png()
		.toBuffer();
	t.is((await sharp(png).metadata()).depth, 'ushort');
	t.deepEqual(await decodeImage(png, 'x'), { ...picture(16, 16, 1, (i) => i), droppedAlpha: false });
});

test('gray becomes RGB, and RGB gray by its luma, where channels are asked for', async (t) => {
	const gray = picture(5, 3, 1, (i) => 17 * i);
	const asRgb = await decodeImage(await encodePng(gray), 'x', { channels: 3 });
	t.deepEqual(
		asRgb.samples,
		Uint8Array.from({ length: 45 }, (_, i) => 17 * Math.floor(i / 3)),
	);
	const asGray = await decodeImage(await encodePng(flat), 'x', { channels: 1 });
	t.is(asGray.channels, 1);
	// 0.299 * 200 + 0.587 * 90 + 0.114 * 30 = 116.05
	t.true(asGray.samples.every((level) => level === 116));
});

test('transparency is left out and reported, for colour and for gray', async (t) => {
	const rgba = await sharp(
		Uint8Array.from({ length: 4 * 12 }, (_, i) => (i % 4 === 3 ? 128 : 10 * (i % 4))),
		{ raw: { width: 4, height: 3, channels: 4 } },
	)
		.png()
		.toBuffer();
	const colour = await decodeImage(rgba, 'x');
	t.deepEqual(colour, { ...picture(4, 3, 3, (i) => 10 * (i % 3)), droppedAlpha: true });
	const grayAlpha = await sharp(
		Uint8Array.from({ length: 2 * 12 }, (_, i) => (i % 2 === 1 ? 254 : 77)),
		{ raw: { width: 4, height: 3, channels: 2 } },
	)
		.toColourspace('b-w')
		.png()
		.toBuffer();
	t.is((await sharp(grayAlpha).metadata()).channels, 2);
	t.deepEqual(await decodeImage(grayAlpha, 'x'), { ...picture(4, 3, 1, () => 77), droppedAlpha: true });
});

test('an alpha channel that hides nothing is not reported', async (t) => {
	const decoded = await decodeImage(await sharpOf(flat).ensureAlpha(1).png().toBuffer(), 'x');
	t.deepEqual(decoded, { ...flat, droppedAlpha: false });
});

/** Where pixel (x, y) of the upright 3x2 picture is stored, per EXIF orientation (CIPA DC-008, 4.6.4 A, tag 0x0112). */
const STORED: Readonly<Record<number, (x: number, y: number) => [number, number]>> = {
	1: (x, y) => [x, y],
	2: (x, y) => [2 - x, y],
	3: (x, y) => [2 - x, 1 - y],
	4: (x, y) => [x, 1 - y],
	5: (x, y) => [y, x],
	6: (x, y) => [y, 2 - x],
	7: (x, y) => [1 - y, 2 - x],
	8: (x, y) => [1 - y, x],
};

for (const [tag, stored] of Object.entries(STORED)) {
	test(`EXIF orientation ${tag} is turned upright`, async (t) => {
		const orientation = Number(tag);
		const upright = picture(3, 2, 1, (i) => 40 * i + 10);
		const width = orientation >= 5 ? 2 : 3;
		const samples = new Uint8Array(6);
		for (const [i, level] of upright.samples.entries()) {
			const [x, y] = stored(i % 3, Math.floor(i / 3));
			samples[y * width + x] = level;
		}
		const file = await sharpOf({ width, height: 6 / width, channels: 1, samples })
			.withMetadata({ orientation })
			.png()
			.toBuffer();
		t.is((await sharp(file).metadata()).orientation, orientation);
		t.deepEqual(await decodeImage(file, 'x', { channels: 1 }), { ...upright, droppedAlpha: false });
	});
}

test('every photograph of the fixtures is 320x240 RGB', async (t) => {
	for (const path of [...faces, ...Object.values(scenes)]) {
		const { width, height, channels } = await readImage(path);
		t.deepEqual({ width, height, channels }, { ...pictureSize, channels: 3 }, path);
	}
});

import test from 'ava';
import fc from 'fast-check';
import { psnr } from '../../../src/core/image/compare.js';
import { readImage } from '../../../src/core/image/files.js';
import { contain, crop, fit as fitTo, resize, toGray, toRgb } from '../../../src/core/image/geometry.js';
import { sideBySide } from '../../../src/core/image/side-by-side.js';
import { faces } from '../../helpers/fixtures.js';
import { picture, uneven } from './make-pictures.js';

test('crop takes the rows and columns asked for', (t) => {
	const image = picture(4, 3, 1, (i) => i);
	t.deepEqual(crop(image, { left: 1, top: 1, width: 2, height: 2 }), {
		width: 2,
		height: 2,
		channels: 1,
		samples: Uint8Array.of(5, 6, 9, 10),
	});
	const colour = picture(2, 2, 3, (i) => i);
	t.deepEqual([...crop(colour, { left: 1, top: 0, width: 1, height: 2 }).samples], [3, 4, 5, 9, 10, 11]);
});

for (const area of [
	{ left: 0, top: 0, width: 0, height: 1 },
	{ left: -1, top: 0, width: 1, height: 1 },
	{ left: 3, top: 0, width: 2, height: 1 },
	{ left: 0, top: 3, width: 1, height: 1 },
	{ left: 0.5, top: 0, width: 1, height: 1 },
]) {
	test(`crop refuses ${JSON.stringify(area)} of 4x3`, (t) => {
		t.throws(() => crop(uneven(4, 3), area), { instanceOf: RangeError });
	});
}

test('fit cuts the sides of a wide picture and the ends of a high one, evenly', async (t) => {
	const columns = picture(8, 2, 1, (i) => 10 * (i % 8));
	t.deepEqual([...(await fitTo(columns, { width: 2, height: 2 })).samples], [30, 40, 30, 40]);
	const rows = picture(2, 8, 1, (i) => 10 * Math.floor(i / 2));
	t.deepEqual([...(await fitTo(rows, { width: 2, height: 2 })).samples], [30, 30, 40, 40]);
});

test('fit and resize return a picture of the right size as it is', async (t) => {
	const image = uneven(6, 4);
	t.is(await fitTo(image, { width: 6, height: 4 }), image);
	t.is(await resize(image, { width: 6, height: 4 }), image);
});

test('every size that is asked for is what comes out', async (t) => {
	const side = fc.integer({ min: 1, max: 40 });
	await fc.assert(
		fc.asyncProperty(side, side, side, side, fc.constantFrom<1 | 3>(1, 3), async (w, h, width, height, channels) => {
			const image = picture(w, h, channels, () => 100);
			for (const work of [fitTo, contain, resize]) {
				const result = await work(image, { width, height });
				t.deepEqual(
					[result.width, result.height, result.channels, result.samples.length],
					[width, height, channels, width * height * channels],
				);
			}
			const { samples } = await fitTo(image, { width, height });
			t.true(samples.every((level) => level === 100));
		}),
		{ seed: 3, numRuns: 60 },
	);
});

test('contain keeps the whole picture and fills the rest', async (t) => {
	const wide = picture(4, 2, 1, () => 200);
	t.deepEqual(
		[...(await contain(wide, { width: 4, height: 4 }, 9)).samples],
		[9, 9, 9, 9, 200, 200, 200, 200, 200, 200, 200, 200, 9, 9, 9, 9],
	);
});

test('a photograph that is halved and doubled is still the photograph', async (t) => {
	const photograph = await readImage(faces[4] ?? '');
	const half = await resize(photograph, { width: 160, height: 120 });
	const back = await resize(half, { width: 320, height: 240 });
	t.true((psnr(photograph, back) ?? 99) > 28, String(psnr(photograph, back)));
});

test('sizes that are no sizes are refused', async (t) => {
	for (const size of [
		{ width: 0, height: 1 },
		{ width: 1.5, height: 1 },
		{ width: Number.NaN, height: 1 },
	]) {
		await t.throwsAsync(() => fitTo(uneven(4, 3), size), { instanceOf: RangeError });
		await t.throwsAsync(() => resize(uneven(4, 3), size), { instanceOf: RangeError });
	}
});

test('gray is the luma of Rec. 601, and exact for gray colours', (t) => {
	const primaries = picture(4, 1, 3, (i) => [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255][i] ?? 0);
	t.deepEqual([...toGray(primaries).samples], [76, 150, 29, 255]);
	const ramp = picture(256, 1, 1, (i) => i);
	t.deepEqual(toGray(toRgb(ramp)), ramp);
	t.is(toGray(ramp), ramp);
});

test('gray is within half a level and a bit of the real-valued luma', (t) => {
	fc.assert(
		fc.property(fc.nat(255), fc.nat(255), fc.nat(255), (r, g, b) => {
			const [gray = -1] = toGray({ width: 1, height: 1, channels: 3, samples: Uint8Array.of(r, g, b) }).samples;
			t.true(Math.abs(gray - (0.299 * r + 0.587 * g + 0.114 * b)) <= 0.51);
		}),
		{ seed: 1, numRuns: 500 },
	);
});

test('side by side: tops aligned, gaps and the rest white, colour wins', (t) => {
	const row = sideBySide([picture(2, 1, 1, () => 5), picture(1, 2, 1, () => 7)], 1);
	t.deepEqual(row, { width: 4, height: 2, channels: 1, samples: Uint8Array.of(5, 5, 255, 7, 255, 255, 255, 7) });
	t.is(sideBySide([picture(2, 1, 1, () => 5), uneven(1, 1)], 0).channels, 3);
	t.throws(() => sideBySide([], 1), { instanceOf: RangeError });
	t.throws(() => sideBySide([uneven(1, 1)], -1), { instanceOf: RangeError });
});

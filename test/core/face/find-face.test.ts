import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import test from 'ava';
import { DataError, UserError } from '../../../src/core/errors.js';
import { type FaceSearch, findFace, parseBox } from '../../../src/core/face/find-face.js';
import { sampleTurned } from '../../../src/core/image/align.js';
import { readImage } from '../../../src/core/image/files.js';
import { resize } from '../../../src/core/image/geometry.js';
import type { Image } from '../../../src/core/image/image.js';
import { faceEyes, faces, scenes } from '../../helpers/fixtures.js';
import { samplePicture, sharedFaceApi } from '../../helpers/sample-faces.js';

const ssd: FaceSearch = { detector: 'ssd', largest: false };

test('eyes are found where a person set them by hand', async (t) => {
	const byHand: Record<string, { leftEye: [number, number]; rightEye: [number, number] }> = JSON.parse(
		await readFile(faceEyes, 'utf8'),
	).faces;
	const api = await sharedFaceApi();
	for (const path of [faces[0], faces[3], faces[5], faces[12], faces[14]]) {
		const { eyes } = await findFace(api, await readImage(path), basename(path), ssd);
		const { leftEye, rightEye } = byHand[basename(path)];
		for (const [found, expected] of [[eyes.left, leftEye] as const, [eyes.right, rightEye] as const]) {
			const distance = Math.hypot(found.x - expected[0], found.y - expected[1]);
			t.true(distance < 8, `${basename(path)}: ${distance} pixels`);
		}
	}
});

test('of several faces the largest or one in a box is taken, and none without a word', async (t) => {
	const api = await sharedFaceApi();
	const picture = await readImage(samplePicture(1));
	const error = await t.throwsAsync(findFace(api, picture, 'group.jpg', ssd), { instanceOf: DataError });
	t.is(error?.code, 'several-faces');
	t.regex(error?.message ?? '', /^group\.jpg: 3 faces were found, at \d+,\d+,\d+,\d+ and /);
	const largest = await findFace(api, picture, 'group.jpg', { ...ssd, largest: true });
	t.true(Math.abs(largest.box.x - 1476) < 10);
	const other = await findFace(api, picture, 'group.jpg', { ...ssd, box: parseBox('838,421,186,228') });
	t.true(other.eyes.left.x > 838 && other.eyes.right.x < 838 + 186 && other.eyes.left.x < other.eyes.right.x - 30);
});

test('a face found in a large picture has its place in that picture', async (t) => {
	const api = await sharedFaceApi();
	const picture = await readImage(faces[0]);
	const small = await findFace(api, picture, 'face', ssd);
	const large = await findFace(api, await resize(picture, { width: 3200, height: 2400 }), 'face', ssd);
	t.true(Math.abs(large.eyes.left.x / 10 - small.eyes.left.x) < 3);
	t.true(Math.abs(large.eyes.right.y / 10 - small.eyes.right.y) < 3);
});

const refused: readonly {
	title: string;
	code: string;
	message?: RegExp;
	make: () => Promise<Image>;
	search?: FaceSearch;
}[] = [
	{ title: 'no face', code: 'no-face', make: () => readImage(scenes.rocket) },
	{
		title: 'a tiny face',
		code: 'tiny-face',
		make: async () => await resize(await readImage(faces[0]), { width: 80, height: 60 }),
	},
	{
		title: 'a dark face',
		code: 'dark-face',
		make: async () => {
			const image = await readImage(faces[0]);
			return { ...image, samples: image.samples.map((sample) => sample / 12) };
		},
		search: { ...ssd, box: { x: 130, y: 70, width: 90, height: 110 } },
	},
	{
		title: 'a dark face that is not found as it is',
		code: 'dark-face',
		message: /the face is too dark, gray level 10 of 255/,
		make: async () => {
			const image = await readImage(faces[0]);
			return { ...image, samples: image.samples.map((sample) => sample / 14) };
		},
	},
	{
		title: 'a face that lies on its side',
		code: 'turned-face',
		make: async () => {
			const image = await readImage(faces[0]);
			const size = { width: image.height, height: image.width };
			const from = { x: image.width / 2, y: image.height / 2 };
			return sampleTurned(image, { from, to: { x: size.width / 2, y: size.height / 2 }, a: 0, b: 1, size });
		},
	},
	{
		title: 'a face that stands on its head',
		code: 'turned-face',
		message: /only with the picture turned upside down/,
		make: async () => {
			const { samples, ...shape } = await readImage(faces[0]);
			const pixels = Array.from({ length: samples.length / 3 }, (_, i) => samples.subarray(3 * i, 3 * i + 3));
			return { ...shape, samples: Uint8Array.from(pixels.reverse().flatMap((pixel) => [...pixel])) };
		},
	},
	{
		title: 'a box that holds more than a face',
		code: 'turned-face',
		message: /what is at --box 0,0,320,240 does not look like an upright face/,
		make: () => readImage(faces[0]),
		search: { ...ssd, box: { x: 0, y: 0, width: 320, height: 240 } },
	},
	{
		title: 'a box outside the picture',
		code: 'box-outside',
		make: () => readImage(faces[0]),
		search: { ...ssd, box: { x: 300, y: 0, width: 100, height: 100 } },
	},
];

for (const { title, code, message = /^/, make, search } of refused) {
	test(`${title} is refused in a sentence`, async (t) => {
		const error = await t.throwsAsync(findFace(await sharedFaceApi(), await make(), 'a.jpg', search ?? ssd), {
			instanceOf: DataError,
		});
		t.is(error?.code, code, error?.message);
		t.regex(error?.message ?? '', /^a\.jpg: /);
		t.regex(error?.message ?? '', message);
		t.truthy(error?.hint);
	});
}

for (const text of ['1,2,3', '1,2,3,x', '-1,2,3,4', '1,2,0,4', '']) {
	test(`--box ${JSON.stringify(text)} is no box`, (t) => {
		t.throws(() => parseBox(text), { instanceOf: UserError });
	});
}

import test from 'ava';
import { DataError } from '../../../src/core/errors.js';
import { alignedFrames } from '../../../src/core/face/aligned-frames.js';
import { type FaceSearch, findFace } from '../../../src/core/face/find-face.js';
import { readImage } from '../../../src/core/image/files.js';
import type { Image } from '../../../src/core/image/image.js';
import { faces, scenes } from '../../helpers/fixtures.js';
import { sharedFaceApi } from '../../helpers/sample-faces.js';

const ssd: FaceSearch = { detector: 'ssd', largest: false };

test('aligned frames have their eyes at one place, and pictures without a face are left out', async (t) => {
	const api = await sharedFaceApi();
	const skipped: string[] = [];
	const pictures = await Promise.all([faces[0], scenes.rocket, faces[5]].map((path) => readImage(path)));
	async function* source(): AsyncGenerator<Image> {
		yield* pictures;
		// a file that comes again is told of once
		yield pictures[1];
	}
	const shape = {
		width: 640,
		height: 480,
		channels: 3,
		nameOf: (index: number) => `${index}.jpg`,
		onSkip: (reason: Error) => skipped.push(reason.message),
	} as const;
	const eyes: string[] = [];
	for await (const frame of alignedFrames(source(), api, ssd, shape)) {
		const { left, right } = (
			await findFace(api, frame, 'aligned', { ...ssd, box: { x: 150, y: 80, width: 340, height: 380 } })
		).eyes;
		t.true(Math.hypot(left.x - 233.6, left.y - 201.6) < 14, `${left.x} ${left.y}`);
		t.true(Math.hypot(right.x - 406.4, right.y - 201.6) < 14, `${right.x} ${right.y}`);
		eyes.push('found');
	}
	t.is(eyes.length, 2);
	t.deepEqual(skipped, ['1.jpg: no face was found']);
});

test('a source without any face that can be told is refused, unless it was interrupted', async (t) => {
	const api = await sharedFaceApi();
	const picture = await readImage(scenes.rocket);
	async function* source(): AsyncGenerator<Image> {
		yield picture;
		yield picture;
	}
	const ending = new AbortController();
	const shape = { width: 64, height: 48, channels: 1, nameOf: () => 'rocket.jpg', onSkip: () => {} } as const;
	const next = (): Promise<unknown> => alignedFrames(source(), api, ssd, { ...shape, signal: ending.signal }).next();
	await t.throwsAsync(next(), {
		instanceOf: DataError,
		code: 'no-face',
		message: 'none of 2 pictures has a face that can be told: rocket.jpg: no face was found',
	});
	ending.abort();
	t.deepEqual(await next(), { done: true, value: undefined });
});

import test from 'ava';
import { cropOf } from '../../src/web/crop.js';

const picture = { width: 320, height: 240 };

test('a portrait and a landscape frame are cut to the middle, in the shape of the picture', (t) => {
	t.deepEqual(cropOf({ width: 480, height: 640 }, picture, 1), { left: 0, top: 140, width: 480, height: 360 });
	t.deepEqual(cropOf({ width: 1280, height: 720 }, picture, 1), { left: 160, top: 0, width: 960, height: 720 });
});

test('closer is a smaller part about the same middle', (t) => {
	t.deepEqual(cropOf({ width: 640, height: 480 }, picture, 2), { left: 160, top: 120, width: 320, height: 240 });
	t.deepEqual(cropOf({ width: 640, height: 480 }, picture, 0.1), cropOf({ width: 640, height: 480 }, picture, 1));
});

test('a camera that has no frame yet is refused', (t) => {
	t.throws(() => cropOf({ width: 0, height: 0 }, picture, 1), { instanceOf: RangeError });
});

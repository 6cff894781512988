import test from 'ava';
import type { SignedImage } from '../../../src/core/image/compare.js';
import { displayDifference, rangeOf } from '../../../src/core/subtract/display.js';
import { maskOf, movedBoxes } from '../../../src/core/subtract/moved.js';

const gray: SignedImage = { width: 5, height: 1, channels: 1, samples: Int16Array.of(-255, -3, 0, 3, 255) };
const rgb: SignedImage = { width: 2, height: 1, channels: 3, samples: Int16Array.of(1, -7, 3, 0, 0, 9) };

test('signed: white is unchanged, red brighter, blue darker', (t) => {
	const { samples, channels } = displayDifference(gray, 'signed');
	t.is(channels, 3);
	t.deepEqual([...samples], [0, 0, 255, 252, 252, 255, 255, 255, 255, 255, 252, 252, 255, 0, 0]);
	t.deepEqual([...displayDifference(rgb, 'signed').samples], [248, 248, 255, 255, 246, 246]);
});

test('absolute and saturated keep the channels', (t) => {
	t.deepEqual([...displayDifference(gray, 'absolute').samples], [255, 3, 0, 3, 255]);
	t.deepEqual([...displayDifference(gray, 'saturated').samples], [0, 0, 0, 3, 255]);
	t.deepEqual([...displayDifference(rgb, 'saturated').samples], [1, 0, 3, 0, 0, 9]);
	t.deepEqual(rangeOf(gray), [-255, 255]);
});

test('a mask is white above the threshold, in any channel and either direction', (t) => {
	t.deepEqual([...maskOf(gray, 3).samples], [255, 0, 0, 0, 255]);
	t.deepEqual([...maskOf(gray, 2).samples], [255, 255, 0, 255, 255]);
	t.deepEqual([...maskOf(rgb, 8).samples], [0, 255]);
});

test('what touches, at corners too, is one box; the largest comes first', (t) => {
	const rows = ['#....#', '.#...#', '..#..#', '......', '###.#.', '#.#...'];
	const samples = Uint8Array.from(rows.join(''), (sign) => (sign === '#' ? 255 : 0));
	t.deepEqual(movedBoxes({ width: 6, height: 6, channels: 1, samples }), [
		{ x: 0, y: 4, width: 3, height: 2, pixels: 5 },
		{ x: 0, y: 0, width: 3, height: 3, pixels: 3 },
		{ x: 5, y: 0, width: 1, height: 3, pixels: 3 },
		{ x: 4, y: 4, width: 1, height: 1, pixels: 1 },
	]);
	t.deepEqual(movedBoxes({ width: 6, height: 6, channels: 1, samples: new Uint8Array(36) }), []);
	const all = new Uint8Array(200 * 100).fill(255);
	t.deepEqual(movedBoxes({ width: 200, height: 100, channels: 1, samples: all }), [
		{ x: 0, y: 0, width: 200, height: 100, pixels: 20_000 },
	]);
});

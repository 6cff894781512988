import test from 'ava';
import { alignByEyes, alignedEyes } from '../../../src/core/image/align.js';
import type { Image } from '../../../src/core/image/image.js';

/** A gray ramp, so that a sample tells where it came from: 2x + 3y. */
function ramp(width: number, height: number): Image {
	const samples = Uint8Array.from({ length: width * height }, (_, i) => 2 * (i % width) + 3 * Math.floor(i / width));
	return { width, height, channels: 1, samples };
}

test('a picture whose eyes lie where they should stays as it is', (t) => {
	const size = { width: 40, height: 30 };
	const image = ramp(40, 30);
	t.deepEqual(alignByEyes(image, alignedEyes(size), size), image);
});

test('eyes move to their places when the face is turned, small and off the centre', (t) => {
	const size = { width: 80, height: 60 };
	const image: Image = { width: 50, height: 50, channels: 3, samples: new Uint8Array(7500) };
	const dot = (x: number, y: number, channel: number) => {
		for (const [dx, dy] of [
			[0, 0],
			[-1, 0],
			[0, -1],
			[-1, -1],
		])
			image.samples[((y + dy) * 50 + x + dx) * 3 + channel] = 255;
	};
	dot(20, 30, 0);
	dot(30, 40, 1);
	const aligned = alignByEyes(image, { left: { x: 20, y: 30 }, right: { x: 30, y: 40 } }, size);
	const { left, right } = alignedEyes(size);
	const brightest = (channel: number) => {
		let [sum, x, y] = [0, 0, 0];
		for (let i = 0; i < 80 * 60; i++) {
			const value = aligned.samples[3 * i + channel];
			sum += value;
			x += value * ((i % 80) + 0.5);
			y += value * (Math.floor(i / 80) + 0.5);
		}
		return [x / sum, y / sum];
	};
	for (const [channel, eye] of [
		[0, left],
		[1, right],
	] as const) {
		const [x, y] = brightest(channel);
		t.true(Math.hypot(x - eye.x, y - eye.y) < 0.3, `${channel}: ${x}, ${y} instead of ${eye.x}, ${eye.y}`);
	}
});

test('what lies outside repeats the edge, and one place for both eyes is refused', (t) => {
	const image: Image = { width: 4, height: 4, channels: 1, samples: new Uint8Array(16).fill(77) };
	const aligned = alignByEyes(image, { left: { x: 1, y: 1 }, right: { x: 9, y: 1 } }, { width: 16, height: 12 });
	t.true(aligned.samples.every((sample) => sample === 77));
	const one = { x: 1, y: 1 };
	t.throws(() => alignByEyes(image, { left: one, right: one }, { width: 4, height: 4 }), { instanceOf: RangeError });
});

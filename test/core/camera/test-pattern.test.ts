import { createHash } from 'node:crypto';
import test from 'ava';
import { openSource } from '../../../src/core/camera/open-source.js';
import { testPattern } from '../../../src/core/camera/test-pattern.js';
import { toGray } from '../../../src/core/image/colour.js';
import { rmse } from '../../../src/core/image/compare.js';

const size = { width: 320, height: 240 };

test('frame number 3 is the same everywhere and always', (t) => {
	const { samples } = testPattern(3, size, 3);
	// recorded from this implementation: a change of the pattern must be meant
	t.is(
		createHash('sha256').update(samples).digest('hex'),
		'2bfe83d4f68d4050e20130fdfec4e12d5745b4a45b289559ac791ad937efffb8',
	);
});

test('each of a thousand frames differs from the one before', (t) => {
	let last = testPattern(0, { width: 32, height: 24 }, 1);
	for (let index = 1; index < 1000; index++) {
		const frame = testPattern(index, { width: 32, height: 24 }, 1);
		t.true(rmse(last, frame) > 1, `frame ${index}`);
		last = frame;
	}
});

test('gray is the luma of the colour pattern', (t) => {
	t.deepEqual(testPattern(9, size, 1), toGray(testPattern(9, size, 3)));
});

for (const [width, height] of [
	[1, 1],
	[2, 1],
	[1, 7],
	[8, 8],
] as const) {
	test(`a pattern of ${width}x${height} has its size and a disc inside`, (t) => {
		for (let index = 0; index < 50; index++) {
			const { samples } = testPattern(index, { width, height }, 1);
			t.is(samples.length, width * height);
			t.true(samples.includes(255));
		}
	});
}

test('the source gives frame 0, 1, 2 … until the count', async (t) => {
	const source = await openSource('test', { size, channels: 1, count: 3 });
	t.is(source.total, 3);
	let index = 0;
	for await (const frame of source) {
		t.deepEqual(frame, testPattern(index++, size, 1));
	}
	t.is(index, 3);
});

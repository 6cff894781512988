import test from 'ava';
import { blockSizes, outcomePlanes, productPlanes } from '../../../../src/core/mpc/steps/sign-blocks.js';

test('Blocks add up to the bits, hold at most as many as asked for, and need no more levels than the largest ones', (t) => {
	for (let bits = 1; bits <= 31; bits++) {
		for (const most of [1, 2, 3, 4]) {
			const sizes = blockSizes(bits, most);
			t.is(
				sizes.reduce((sum, size) => sum + size, 0),
				bits,
			);
			t.true(Math.max(...sizes) <= most && Math.min(...sizes) >= 1);
			t.is(Math.ceil(Math.log2(sizes.length)), Math.ceil(Math.log2(Math.ceil(bits / most))));
		}
	}
});

test('The blocks of 19, 16 and 31 bits, and their planes, are those that were worked out by hand', (t) => {
	const facts = [19, 16, 31].map((bits) => {
		const sizes = blockSizes(bits, 4);
		return [sizes.join(''), productPlanes(sizes), outcomePlanes(sizes)];
	});
	t.deepEqual(facts, [
		['433333', 50, 11],
		['4444', 60, 7],
		['44444443', 112, 15],
	]);
});

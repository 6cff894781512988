import test from 'ava';
import { seededNumbers, xoshiro } from '../../../src/core/nn/seeded-numbers.js';

test('the first words from the state 1, 2, 3, 4 are those that the program of its authors gives', (t) => {
	// The first two by hand: rotl(2 * 5, 7) * 9 = 11520; then the word that counts is 2 ^ 3 ^ 1 = 0.
	const numbers = xoshiro([1, 2, 3, 4]);
	t.deepEqual(
		Array.from({ length: 4 }, () => numbers.nextWord()),
		[11_520, 0, 5_927_040, 70_819_200],
	);
});

test('numbers are uniform within their bound', (t) => {
	const numbers = seededNumbers(7);
	const counts = new Float64Array(16);
	const draws = 32_000;
	for (let i = 0; i < draws; i++) {
		const value = numbers.nextWithin(2);
		if (!(value >= -2 && value < 2)) t.fail(`${value}`);
		counts[Math.floor((value + 2) * 4)] += 1;
	}
	const expected = draws / counts.length;
	const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
	// 15 degrees of freedom: above 37.7 in one of a thousand seeds.
	t.true(chiSquare < 37.7, `${chiSquare}`);
});

test('seeds next to each other have nothing in common', (t) => {
	const [a, b] = [0, 1].map((seed) => seededNumbers(seed));
	const pairs = Array.from({ length: 4000 }, () => [a.nextWithin(1), b.nextWithin(1)]);
	const correlation = (3 * pairs.reduce((sum, [x, y]) => sum + x * y, 0)) / pairs.length;
	t.true(Math.abs(correlation) < 4 / Math.sqrt(pairs.length), `${correlation}`);
});

import test from 'ava';
import fc from 'fast-check';
import { createOneBitTable } from '../../../src/core/average/one-bit-table.js';

const TWO_TO_32 = 2 ** 32;

test('epsilon ln 3 rounds to a table of quarters', (t) => {
	// e^1.098 = 2.998…: T[0] = ceil(2^32 / 3.998…), just above a quarter.
	const { thresholds, slope, epsilon } = createOneBitTable(1.098);
	t.is(thresholds[0], Math.ceil(TWO_TO_32 / (1 + Math.exp(1.098))));
	t.is(epsilon, 1.098);
	t.true(Math.abs(slope - 0.5) < 3e-4);
});

test('the middle of the table lies half a step beside one half', (t) => {
	const { thresholds, slope } = createOneBitTable(2);
	t.true(Math.abs(thresholds[127] - (0.5 - (0.5 / 255) * slope) * TWO_TO_32) <= 0.5);
	t.is(thresholds[127] + thresholds[128], TWO_TO_32);
});

test('every epsilon of the grid: symmetric, rising, never more than asked or reported, and no more than 1e-6 below', (t) => {
	for (let steps = 1; steps <= 16_000; steps++) {
		const asked = steps / 1000;
		const { thresholds, epsilon } = createOneBitTable(asked);
		for (let x = 0; x < 128; x++) {
			if (thresholds[x] + thresholds[255 - x] !== TWO_TO_32) t.fail(`${asked}: not symmetric at ${x}`);
			if (thresholds[x + 1] <= thresholds[x]) t.fail(`${asked}: does not rise at ${x}`);
		}
		// ln(high/low) = ln(1 + (high - low)/low) keeps its digits for a small epsilon.
		const [low, high] = [thresholds[0], thresholds[255]];
		const truth = Math.log1p((high - low) / low);
		if (truth > epsilon + 1e-15) t.fail(`${asked}: reported ${epsilon}, true ${truth}`);
		if (truth > asked + 1e-14) t.fail(`${asked}: true ${truth}`);
		if (epsilon > asked + 1e-6 || epsilon - truth > 1.001e-6) t.fail(`${asked}: reported ${epsilon}`);
		// One less would be beyond what was asked: the table gives nothing away.
		if (Math.log1p((high - low + 2) / (low - 1)) < asked - 1e-14) t.fail(`${asked}: lower than needed`);
	}
	t.pass();
});

test('everyday epsilons are reported as they were asked', (t) => {
	for (const asked of [0.1, 0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 8]) t.is(createOneBitTable(asked).epsilon, asked);
});

test('no pair of gray levels and no bit exceeds the reported ratio', (t) => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 16_000 }), fc.nat(255), fc.nat(255), (steps, x, y) => {
			const { thresholds, epsilon } = createOneBitTable(steps / 1000);
			const limit = epsilon + 1e-12;
			t.true(Math.log(thresholds[x] / thresholds[y]) <= limit);
			t.true(Math.log((TWO_TO_32 - thresholds[x]) / (TWO_TO_32 - thresholds[y])) <= limit);
		}),
		{ numRuns: 500, seed: 3 },
	);
});

test('the estimator’s slope is that of the table', (t) => {
	const { thresholds, slope } = createOneBitTable(2);
	t.is(slope, (thresholds[255] - thresholds[0]) / TWO_TO_32);
	t.true(Math.abs(slope - Math.tanh(1)) < 1e-9);
});

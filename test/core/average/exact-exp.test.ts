import test from 'ava';
import fc from 'fast-check';
import { floorExpNegative } from '../../../src/core/average/exact-exp.js';

test('1/e has its published digits', (t) => {
	// 1/e = 0.3678794411714423215955237701614608674458111310317678…
	const digits = 36_787_944_117_144_232_159_552_377_016_146_086_744_581_113_103n;
	const expected = (digits << 100n) / 10n ** 47n;
	t.is(floorExpNegative(1n, 1n, 100), expected);
});

test('e^0 is 1 and far exponents are 0', (t) => {
	t.is(floorExpNegative(0n, 7n, 32), 1n << 32n);
	t.is(floorExpNegative(10n ** 30n, 1n, 64), 0n);
	t.is(floorExpNegative(23n, 1n, 32), 0n);
	t.is(floorExpNegative(22n, 1n, 32), 1n);
});

test('a longer floor continues a shorter one', (t) => {
	fc.assert(
		fc.property(fc.bigInt(0n, 10n ** 9n), fc.bigInt(1n, 10n ** 8n), (p, q) => {
			t.is(floorExpNegative(p, q, 96) >> 64n, floorExpNegative(p, q, 32));
		}),
		{ numRuns: 300, seed: 1 },
	);
});

test('floors agree with floating point to its precision', (t) => {
	fc.assert(
		fc.property(fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 1, max: 5000 }), (p, q) => {
			const exact = Number(floorExpNegative(BigInt(p), BigInt(q), 200)) / 2 ** 200;
			const float = Math.exp(-p / q);
			t.true(Math.abs(exact - float) <= float * 1e-14 * (1 + p / q) + 2 ** -199);
		}),
		{ numRuns: 300, seed: 2 },
	);
});

test('e^-a e^-b = e^-(a+b) at a precision beyond floating point', (t) => {
	const product = (floorExpNegative(7n, 3n, 300) * floorExpNegative(5n, 11n, 300)) >> 300n;
	const difference = floorExpNegative(7n * 11n + 5n * 3n, 33n, 300) - product;
	t.true(difference >= 0n && difference <= 2n, String(difference));
});

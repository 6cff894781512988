import test from 'ava';
import {
	DESCRIPTOR_BITS,
	DESCRIPTOR_LENGTH,
	DISTANCE_SIGN,
	fixedDescriptor,
	fixedThreshold,
	squaredDistances,
} from '../../../src/core/face/fixed-match.js';
import { seededNumbers } from '../../../src/core/nn/seeded-numbers.js';

function descriptor(seed: number, norm: number): Float64Array {
	const numbers = seededNumbers(seed);
	const values = Float64Array.from({ length: DESCRIPTOR_LENGTH }, () => numbers.nextWithin(1));
	const length = Math.hypot(...values);
	return values.map((value) => (value * norm) / length);
}

test('the distance of rounded descriptors is that of the real ones within 0.011, and usually within 0.002', (t) => {
	const errors = Array.from({ length: 200 }, (_, i) => {
		const [a, b] = [descriptor(2 * i + 1, 1 + (i % 5) / 10), descriptor(2 * i + 2, 1.4)];
		const exact = Math.hypot(...a.map((value, k) => value - b[k]));
		const [square] = squaredDistances(fixedDescriptor(a, 'a'), fixedDescriptor(b, 'b'));
		return Math.abs(Math.sqrt(square) / 2 ** DESCRIPTOR_BITS - exact);
	});
	t.true(Math.max(...errors) < 0.011);
	t.true(errors.toSorted((x, y) => x - y)[190] < 0.002);
});

test('the worst pair of opposite descriptors stays within the bits that decide', (t) => {
	const most = descriptor(3, 1.993);
	const [square] = squaredDistances(
		fixedDescriptor(most, 'a'),
		fixedDescriptor(
			most.map((value) => -value),
			'b',
		),
	);
	t.true(square < 2 ** (DISTANCE_SIGN.to - 1));
	t.true(square > 2 ** (DISTANCE_SIGN.to - 1) * 0.98);
});

test('a threshold of the distance is one of its square: 0.6 is 377,487.36 parts of 2^20, and larger squares are no match', (t) => {
	t.is(fixedThreshold(0.6), 377_488);
	t.is(fixedThreshold(0.5), 262_144);
	for (const wrong of [0, -1, 4, Number.NaN]) t.throws(() => fixedThreshold(wrong), { code: 'bad-threshold' });
});

test('a vector of another length or size is refused by name', (t) => {
	for (const [values, name] of [
		[descriptor(1, 2.01), 'long'],
		[new Float64Array(64), 'short'],
		[descriptor(1, 1).fill(Number.NaN, 0, 1), 'nan'],
	] as const) {
		t.throws(() => fixedDescriptor(values, name), { code: 'bad-descriptor', message: new RegExp(name) });
	}
});

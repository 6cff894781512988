import test from 'ava';
import { formatCount, formatDuration, formatGray, formatRate } from '../../src/tui/format.js';

const reads = test.macro({
	exec: (t, actual: string, expected: string) => t.is(actual, expected),
	title: (_, _actual, expected) => `a number reads ${expected}`,
});

test(reads, formatCount(0), '0');
test(reads, formatCount(999), '999');
test(reads, formatCount(1_234_567), '1,234,567');
test(reads, formatRate(0), '0.0/s');
test(reads, formatRate(99.94), '99.9/s');
test(reads, formatRate(99.96), '100/s');
test(reads, formatRate(12_345), '12,345/s');
test(reads, formatRate(Number.NaN), '-');
test(reads, formatDuration(-5), '0 s');
test(reads, formatDuration(59_999), '59 s');
test(reads, formatDuration(200_000), '3 min 20 s');
test(reads, formatDuration(3_720_000), '1 h 02 min');
test(reads, formatDuration(183_600_000), '2 d 03 h');
test(reads, formatGray(3.214), '3.21');
test(reads, formatGray(21.56), '21.6');

import test from 'ava';
import fc from 'fast-check';
import { causeRows } from '../../../src/tui/components/cause-table.js';
import { meterText } from '../../../src/tui/components/meter.js';
import { sparklineText } from '../../../src/tui/components/sparkline.js';
import { warningLines } from '../../../src/tui/components/warnings.js';

const meter = test.macro({
	exec(t, done: number, total: number, width: number, expected: string) {
		const { full, empty } = meterText(done, total, width);
		t.is(`${full}|${empty}`, expected);
	},
	title: (_, done, total, width) => `a meter of ${done} of ${total} in ${width} columns`,
});

test(meter, 0, 5, 10, '|─╴─╴─╴─╴─╴');
test(meter, 2, 5, 11, '━╸━╸|─╴─╴─╴');
test(meter, 5, 5, 5, '╸╸╸╸╸|');
test(meter, 99, 100, 10, '━━━━━━━━━|─');
test(meter, 100, 100, 10, '━━━━━━━━━━|');
test(meter, 7, 5, 5, '╸╸╸╸╸|');
test(meter, 1, 0, 4, '|────');
test(meter, 1, 5, 0, '|');

test('a meter fits its width, and is full only when all is done', (t) => {
	fc.assert(
		fc.property(fc.nat(300), fc.integer({ min: 1, max: 300 }), fc.nat(120), (done, total, width) => {
			const { full, empty } = meterText(done, total, width);
			t.true(full.length + empty.length <= width);
			t.true(width === 0 || (empty === '') === done >= total);
		}),
	);
});

test('a sparkline shows the newest values that fit', (t) => {
	t.is(sparklineText([9, 9, 0, 7], 2, 'zero'), '▁█');
	t.is(sparklineText([1, 2, 3], 10, 'smallest'), '▁▅█');
	t.is(sparklineText([7, 14], 10, 'zero'), '▅█');
	t.is(sparklineText([5, 5], 10, 'smallest'), '▄▄');
	t.is(sparklineText([0, 0], 10, 'zero'), '▁▁');
	t.is(sparklineText([1, Number.NaN, Number.POSITIVE_INFINITY], 10, 'smallest'), '▄');
	t.is(sparklineText([], 10, 'zero'), '');
	t.is(sparklineText([1], 0, 'zero'), '');
});

test('causes are sorted, and the rarest are summed up where there is no room', (t) => {
	const causes = { overload: 1, conflict: 7, none: 0, 'wrong length': 7, slow: 2 };
	t.deepEqual(
		causeRows(causes, 9).map(({ cause }) => cause),
		['conflict', 'wrong length', 'slow', 'overload'],
	);
	t.deepEqual(causeRows(causes, 3), [
		{ cause: 'conflict', count: 7 },
		{ cause: 'wrong length', count: 7 },
		{ cause: '2 other causes', count: 3 },
	]);
	t.deepEqual(causeRows(causes, 0), []);
});

test('warnings that have no room are counted', (t) => {
	t.deepEqual(warningLines(['a', 'a', 'b'], 3), ['a', 'b']);
	t.deepEqual(warningLines(['a', 'b', 'c'], 2), ['a', 'and 2 more warnings']);
	t.deepEqual(warningLines(['a'], 0), []);
});

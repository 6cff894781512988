import test from 'ava';
import fc from 'fast-check';
import { clip, columnsOf } from '../../src/tui/clip.js';

const clips = test.macro({
	exec: (t, text: string, columns: number, expected: string) => t.is(clip(text, columns), expected),
	title: (_, text, columns, expected) => `"${text}" in ${columns} columns is "${expected}"`,
});

test(clips, 'abc', 3, 'abc');
test(clips, 'abcd', 3, 'ab…');
test(clips, 'abc', 1, '…');
test(clips, 'abc', 0, '');
test(clips, '', 0, '');
test(clips, '日本語', 6, '日本語');
test(clips, '日本語', 5, '日本…');
test(clips, '日本語', 4, '日…');
test(clips, '👩‍👩‍👧👩‍👩‍👧', 3, '👩‍👩‍👧…');

test('a clipped text never takes more columns than there are', (t) => {
	fc.assert(
		fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, columns) => {
			t.true(columnsOf(clip(text, columns)) <= columns);
		}),
	);
});

import test from 'ava';
import fc from 'fast-check';
import { safeColouredLines, safeLines, safeText } from '../../src/tui/safe-text.js';

const visible = test.macro({
	exec: (t, text: string, expected: string) => t.is(safeText(text), expected),
	title: (_, _text, expected) => `foreign text is shown as ${expected}`,
});

test(visible, 'photo.png', 'photo.png');
test(visible, 'Grüße, 日本, 👩‍👩‍👧, می‌خواهم', 'Grüße, 日本, 👩‍👩‍👧, می‌خواهم');
test(visible, 'C:\\new\\table', 'C:\\new\\table');
test(visible, 'a\nveilcam: all is well', 'a\\nveilcam: all is well');
test(visible, '\r\t\0\x7f', '\\r\\t\\x00\\x7f');
test(visible, '\x1b[2J\x1b]0;title\x07', '\\x1b[2J\\x1b]0;title\\x07');
test(visible, '\u009b2J', '\\x9b2J');
test(visible, 'gpj.\u202eexe', 'gpj.\\u{202e}exe');
test(visible, 'a\u2028b\ufeff\u200b', 'a\\u{2028}b\\u{feff}\\u{200b}');
test(visible, 'x\ud800y', 'x\\u{d800}y');
test(visible, 'flag\u{e0041}', 'flag\\u{e0041}');

test('safeText leaves nothing that a terminal acts on, and is done after one pass', (t) => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), (text) => {
			const safe = safeText(text);
			t.notRegex(safe, /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
			t.is(safeText(safe), safe);
		}),
	);
	t.pass();
});

test('safeLines keeps line breaks and tabs alone', (t) => {
	t.is(safeLines('a\n\tb\r\x1b[31m'), 'a\n\tb\\r\\x1b[31m');
});

test('safeColouredLines keeps colours, and no other sequence', (t) => {
	t.is(
		safeColouredLines('\x1b[38;2;1;2;3m▀\x1b[0m\n\x1b[2J\x1b[?1049h\x1b[5n'),
		'\x1b[38;2;1;2;3m▀\x1b[0m\n\\x1b[2J\\x1b[?1049h\\x1b[5n',
	);
});

import test from 'ava';
import fc from 'fast-check';
import { jsonLine, toJsonValue } from '../../../src/tui/reporters/json-value.js';

const becomes = test.macro({
	exec: (t, value: unknown, expected: unknown) =>
		t.deepEqual<unknown, unknown>(JSON.parse(jsonLine({ value })), { value: expected }),
	title: (name) => `${name}`,
});

test('a small bigint becomes decimal text', becomes, 7n, '7');
test('a large bigint keeps every digit', becomes, -(2n ** 70n), '-1180591620717411303424');
test('NaN becomes null', becomes, Number.NaN, null);
test(
	'Infinity becomes null, wherever it is',
	becomes,
	[{ psnr: Number.POSITIVE_INFINITY }, -Infinity],
	[{ psnr: null }, null],
);
test('a Uint8Array becomes lower-case hex', becomes, Uint8Array.of(0, 15, 255), '000fff');
test('a Buffer becomes the same hex, and only its own bytes', becomes, Buffer.from('xAy').subarray(1, 2), '41');
test('a Float32Array becomes an array, with null for NaN', becomes, Float32Array.of(0.5, Number.NaN), [0.5, null]);
test('a BigInt64Array becomes an array of text', becomes, BigInt64Array.of(-1n), ['-1']);
test('a Date becomes ISO text', becomes, new Date(0), '1970-01-01T00:00:00.000Z');
test('an Error becomes its message', becomes, new RangeError('too far'), 'too far');
test('a Map becomes an object and a Set an array', becomes, new Map([['a', new Set([1])]]), { a: [1] });
test('undefined in an array becomes null', becomes, [undefined, 1], [null, 1]);

test('undefined fields and functions are left out', (t) => {
	t.is(jsonLine({ a: undefined, b: () => 1, c: null }), '{"c":null}');
});

test('a bare undefined is null', (t) => {
	t.is(toJsonValue(undefined), null);
});

test('one line of JSON holds nothing that a terminal acts on, and parsing gives the text back', (t) => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (key, text) => {
			const line = jsonLine({ [key]: text });
			t.notRegex(line, /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u);
			t.deepEqual<unknown, unknown>(Object.entries(JSON.parse(line)), [[key, text]]);
		}),
	);
});

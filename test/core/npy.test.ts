import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { DataError } from '../../src/core/errors.js';
import { decodeNpy, decodeNpyFloat64, encodeNpy, isNpy, type NpyValues } from '../../src/core/npy.js';
import { packageRoot } from '../helpers/fixtures.js';

const folder = join(packageRoot, 'fixtures', 'npy');
const read = (name: string): Buffer => readFileSync(join(folder, name));

/** What fixtures/make-npy.py gave to `numpy.save`. */
const written: Record<string, { readonly values: NpyValues; readonly shape: readonly number[] }> = {
	u1: { values: Uint8Array.of(0, 1, 127, 128, 254, 255), shape: [1, 2, 3] },
	i2: { values: Int16Array.of(0, 1, -1, 32_767, -32_768, 258), shape: [1, 2, 3] },
	i4: { values: Int32Array.of(0, 1, -1, 2_147_483_647, -2_147_483_648, 16_909_060), shape: [1, 2, 3] },
	f4: { values: Float32Array.of(0, -0.5, 0.1, 3e38, Infinity, Number.NaN), shape: [1, 2, 3] },
	f8: { values: Float64Array.of(0, -0.5, 0.1, 1e308, -Infinity, Number.NaN), shape: [1, 2, 3] },
	scalar: { values: Float64Array.of(2.5), shape: [] },
	line: { values: Int32Array.of(0, 1, 2, 3, 4), shape: [5] },
	empty: { values: new Float32Array(0), shape: [0, 3] },
};

for (const [name, array] of Object.entries(written)) {
	test(`${name}.npy of NumPy is read, also from an odd place of a larger buffer, and written byte for byte`, (t) => {
		const file = read(`${name}.npy`);
		t.deepEqual(decodeNpy(file, name), array);
		const moved = new Uint8Array(file.length + 3);
		moved.set(file, 3);
		t.deepEqual(decodeNpy(moved.subarray(3), name), array);
		t.deepEqual(Buffer.from(encodeNpy(array)), file);
	});
}

test('version 2 of the format is read', (t) => {
	t.deepEqual(decodeNpy(read('version-2.npy'), 'a.npy'), { values: Int16Array.of(1, 2, 3, 4), shape: [2, 2] });
});

test('where float64 is wanted another type is refused', (t) => {
	t.deepEqual(decodeNpyFloat64(read('f8.npy'), 'a.npy').shape, [1, 2, 3]);
	t.throws(() => decodeNpyFloat64(read('f4.npy'), 'a.npy'), { code: 'bad-npy', message: /^a\.npy: .*<f4/ });
});

test('a shape that is not that of the values is no file', (t) => {
	t.throws(() => encodeNpy({ values: new Uint8Array(5), shape: [2, 3] }), { instanceOf: RangeError });
});

test('a .npy file is told by its first six bytes', (t) => {
	t.true(isNpy(read('u1.npy')));
	t.false(isNpy(read('u1.npy').subarray(0, 5)));
	t.false(isNpy(read('u1.npy').subarray(1)));
});

const foreign = readdirSync(folder).filter((name) => name.startsWith('refused-'));
const reasons: Record<string, RegExp> = { fortran: /Fortran/, 'big-endian': /big-endian/, bool: /\|b1/, i8: /<i8/ };

for (const name of foreign) {
	const kind = name.slice('refused-'.length, -'.npy'.length);
	test(`what NumPy wrote as ${kind} is refused by name`, (t) => {
		const error = t.throws(() => decodeNpy(read(name), 'a.npy'), { instanceOf: DataError, code: 'bad-npy' });
		t.regex(error.message, /^a\.npy: /);
		t.regex(error.message, reasons[kind] ?? /of type/);
	});
}

/** i2.npy with a piece of its header replaced by one of the same length. */
function altered(from: string, to: string): Buffer {
	const text = read('i2.npy').toString('latin1');
	const padded = to.padEnd(from.length);
	const changed = text.replace(from + ' '.repeat(padded.length - from.length), padded);
	if (changed === text || changed.length !== text.length) throw new Error(`${from}: not replaced`);
	return Buffer.from(changed, 'latin1');
}

const damaged: Record<string, Uint8Array> = {
	'an empty file': new Uint8Array(0),
	'a picture': Uint8Array.from(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')),
	'a truncated file': read('i2.npy').subarray(0, -1),
	'a file with a byte too many': Buffer.concat([read('i2.npy'), new Uint8Array(1)]),
	'a file of nothing but its magic': read('i2.npy').subarray(0, 6),
	'a file that ends before the length of its header': read('i2.npy').subarray(0, 9),
	'a file that ends in its header': read('i2.npy').subarray(0, 40),
	'a header that says it is longer than the file': altered('Y\u0001\u0000v\u0000', 'Y\u0001\u0000\u00ff\u00ff'),
	'a header of 4 GB': altered("Y\u0001\u0000v\u0000{'", 'Y\u0002\u0000\u00ff\u00ff\u00ff\u00ff'),
	'version 4': altered('Y\u0001', 'Y\u0004'),
	'version 1.1': altered('Y\u0001\u0000', 'Y\u0001\u0001'),
	'a header that is no dict': altered('{', '['),
	'a header with code in it': altered("'<i2'", 'f(1)+'),
	'a shape that does not fit': altered('(1, 2, 3)', '(1, 2, 4)'),
	'a shape below zero': altered('(1, 2, 3)', '(-1,2,-3)'),
	'a shape of astronomic size': altered('(1, 2, 3), }', '(999999999, 999999999), }'),
	'a shape whose size is zero but for a side of astronomic size': altered('(1, 2, 3), }', `(0, ${'9'.repeat(30)}), }`),
	'a side that wraps round 2^64': altered('(1, 2, 3), }', '(18446744073709551617, 6), }'),
};

for (const [what, file] of Object.entries(damaged)) {
	test(`${what} is refused by name`, (t) => {
		t.throws(() => decodeNpy(file, 'a.npy'), { instanceOf: DataError, code: 'bad-npy', message: /^a\.npy: / });
	});
}

test('no byte of the header can be changed so that anything but a refusal or an array comes out', (t) => {
	const file = read('i2.npy');
	for (let at = 0; at < 80; at++) {
		for (const change of [1, 2, 4, 8, 16, 32, 64, 128]) {
			const copy = Uint8Array.from(file);
			copy[at] ^= change;
			try {
				t.is(decodeNpy(copy, 'a.npy').values.byteLength, 12);
			} catch (error) {
				t.true(error instanceof DataError, String(error));
			}
		}
	}
});

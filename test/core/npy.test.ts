import test from 'ava';
import { DataError } from '../../src/core/errors.js';
import { decodeNpyFloat64, encodeNpyFloat64 } from '../../src/core/npy.js';

/** What `numpy.save` writes for `numpy.array([[1., -2.], [0.5, 255.]])`: worked out by hand from NEP 1. */
function byHand(): Buffer {
	const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }";
	// magic 6, version 2, length 2: with 118 bytes of header the values begin at 128, a multiple of 64
	return Buffer.concat([
		Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 0x01, 0x00, 0x76, 0x00]),
		Buffer.from(`${header}${' '.repeat(118 - header.length - 1)}\n`, 'latin1'),
		Buffer.from('000000000000f03f00000000000000c0000000000000e03f0000000000e06f40', 'hex'),
	]);
}

test('a file has the bytes that numpy would write', (t) => {
	t.deepEqual(Buffer.from(encodeNpyFloat64(Float64Array.of(1, -2, 0.5, 255), [2, 2])), byHand());
});

test('a file that numpy has written is read', (t) => {
	t.deepEqual(decodeNpyFloat64(byHand(), 'a.npy'), { values: Float64Array.of(1, -2, 0.5, 255), shape: [2, 2] });
});

for (const shape of [[5], [1], [240, 320], [3, 2, 3], [0]]) {
	test(`values of shape ${shape.join('x')} come back, and begin at a multiple of 64`, (t) => {
		const count = shape.reduce((product, side) => product * side, 1);
		const values = Float64Array.from({ length: count }, (_, i) => Math.sin(i) * 300);
		const file = encodeNpyFloat64(values, shape);
		t.is((file.length - 8 * count) % 64, 0);
		t.deepEqual(decodeNpyFloat64(file, 'a.npy'), { values, shape });
		// also from the middle of a larger buffer, at an odd offset
		const moved = new Uint8Array(file.length + 3);
		moved.set(file, 3);
		t.deepEqual(decodeNpyFloat64(moved.subarray(3), 'a.npy'), { values, shape });
	});
}

const refused: Record<string, Uint8Array> = {
	'an empty file': new Uint8Array(0),
	'a picture': Uint8Array.from(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')),
	'a truncated file': byHand().subarray(0, -1),
	'a file with a byte too many': Buffer.concat([byHand(), new Uint8Array(1)]),
	'a file that ends in its header': byHand().subarray(0, 40),
	'float32 values': Buffer.from(byHand().toString('latin1').replace('<f8', '<f4'), 'latin1'),
	'big-endian values': Buffer.from(byHand().toString('latin1').replace('<f8', '>f8'), 'latin1'),
	'Fortran order': Buffer.from(byHand().toString('latin1').replace('False,', 'True, '), 'latin1'),
	'another version': Buffer.from(byHand().toString('latin1').replace('Y\u0001', 'Y\u0002'), 'latin1'),
	'a shape that does not fit': Buffer.from(byHand().toString('latin1').replace('(2, 2)', '(2, 3)'), 'latin1'),
	'a shape of astronomic size': Buffer.from(
		byHand().toString('latin1').replace('(2, 2), }        ', '(999999999, 9), }'),
		'latin1',
	),
};

for (const [what, file] of Object.entries(refused)) {
	test(`${what} is refused by name`, (t) => {
		t.throws(() => decodeNpyFloat64(file, 'a.npy'), { instanceOf: DataError, code: 'bad-npy', message: /^a\.npy: / });
	});
}

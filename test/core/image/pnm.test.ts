import test from 'ava';
import fc from 'fast-check';
import { DataError } from '../../../src/core/errors.js';
import { decodeImage } from '../../../src/core/image/decode.js';
import { encodePnm } from '../../../src/core/image/pnm.js';
import { bytesOf, picture } from './make-pictures.js';

const reads = test.macro(async (t, text: string, channels: 1 | 3, levels: readonly number[]) => {
	const { samples, ...rest } = await decodeImage(bytesOf(text), 'x');
	t.deepEqual([...samples], levels);
	t.is(rest.channels, channels);
	t.is(rest.width * rest.height * channels, levels.length);
});

test('plain PGM', reads, 'P2\n3 2\n255\n0 1 2\n253 254 255\n', 1, [0, 1, 2, 253, 254, 255]);
test('plain PPM', reads, 'P3 1 2 255 1 2 3 4 5 6', 3, [1, 2, 3, 4, 5, 6]);
test('raw PGM', reads, 'P5 2 1 255\n\x07\xff', 1, [7, 255]);
test('raw PGM whose first level looks like a space', reads, 'P5 2 1 255\n\x0a\x20', 1, [10, 32]);
test('raw PPM', reads, 'P6\n1 1\n255\n\x01\x02\x03', 3, [1, 2, 3]);
test('comments anywhere in the header', reads, 'P5# a\n#b 9\n2 # c\n1\n#d\n255\n\x01\x02', 1, [1, 2]);
test('comments and any space in plain levels', reads, 'P2 2 1 255\t1 # one\r\n 2', 1, [1, 2]);
test('maxval 1 becomes black and white', reads, 'P2 2 1 1 0 1', 1, [0, 255]);
test('maxval 15 is scaled and rounded', reads, 'P2 4 1 15 0 1 8 15', 1, [0, 17, 136, 255]);
test('maxval 100 is scaled and rounded', reads, 'P2 3 1 100 1 50 99', 1, [3, 128, 252]);
test('two bytes for maxval 65535', reads, 'P5 3 1 65535\n\0\0\x80\x00\xff\xff', 1, [0, 128, 255]);
test('two bytes for maxval 256', reads, 'P5 2 1 256\n\x00\x80\x01\x00', 1, [128, 255]);
test('a line break after raw levels', reads, 'P5 1 1 255\n\x07\n', 1, [7]);

const refuses = test.macro(async (t, text: string, code: string, message: RegExp) => {
	const error = await t.throwsAsync(() => decodeImage(bytesOf(text), 'x.pgm'), { instanceOf: DataError, message });
	t.is(error?.code, code);
});

test('one raw level too few', refuses, 'P5 2 2 255\n123', 'truncated-picture', /ends early/);
test('one wide level too few', refuses, 'P5 2 1 65535\n123', 'truncated-picture', /ends early/);
test('one plain level too few', refuses, 'P2 2 2 9 1 2 33', 'truncated-picture', /ends early/);
test('a header without height', refuses, 'P5 2', 'truncated-picture', /ends early/);
test('a header that ends in a comment', refuses, 'P5 2 #', 'truncated-picture', /ends early/);
test('a width in words', refuses, 'P5 two 2 255\n', 'damaged-picture', /width is not a number/);
test('a negative height', refuses, 'P5 2 -2 255\n', 'damaged-picture', /height is not a number/);
test('no pixels', refuses, 'P5 0 2 255\n', 'damaged-picture', /0x2/);
test('maxval 0', refuses, 'P5 1 1 0\n1', 'damaged-picture', /maxval is 0/);
test('maxval 65536', refuses, 'P5 1 1 65536\n12', 'damaged-picture', /maxval is 65536/);
test('no space behind maxval', refuses, 'P5 1 1 255x', 'damaged-picture', /no space/);
test('a level over maxval', refuses, 'P5 1 1 100\n\x65', 'damaged-picture', /101, over its maxval 100/);
test('a second picture', refuses, 'P5 1 1 255\n7P5 1 1 255\n7', 'damaged-picture', /follow/);
test('a width of ten digits', refuses, 'P5 1000000000 1 255\n', 'damaged-picture', /9 digits/);

test('what is written is read back, gray and colour', async (t) => {
	const shape = fc.record({
		width: fc.integer({ min: 1, max: 9 }),
		height: fc.integer({ min: 1, max: 9 }),
		seed: fc.nat(999),
	});
	await fc.assert(
		fc.asyncProperty(shape, fc.constantFrom<1 | 3>(1, 3), async ({ width, height, seed }, channels) => {
			const image = picture(width, height, channels, (i) => (i + seed) * 89);
			t.deepEqual(await decodeImage(encodePnm(image), 'x'), { ...image, droppedAlpha: false });
		}),
		{ seed: 7, numRuns: 100 },
	);
});

test('whatever the bytes, the answer is a picture or a DataError', async (t) => {
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom('P2', 'P3', 'P5', 'P6'),
			fc.string({ unit: 'binary-ascii', maxLength: 40 }),
			async (word, rest) => {
				try {
					const image = await decodeImage(bytesOf(`${word} ${rest}`), 'x');
					t.is(image.samples.length, image.width * image.height * image.channels);
				} catch (error) {
					t.true(error instanceof DataError);
				}
			},
		),
		{ seed: 7, numRuns: 300 },
	);
});

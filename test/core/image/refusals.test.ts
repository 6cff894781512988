import test from 'ava';
import type { Sharp } from 'sharp';
import { DataError } from '../../../src/core/errors.js';
import { decodeImage } from '../../../src/core/image/decode.js';
import {
	animation,
	bytesOf,
	jpegOfClaimedSize,
	picture,
	pngHeader,
	pngWithChunk,
	sharpOf,
	uneven,
} from './make-pictures.js';

const refused = test.macro(async (t, make: () => Uint8Array | Promise<Uint8Array>, code: string, text: RegExp) => {
	const bytes = await make();
	const error = await t.throwsAsync(() => decodeImage(bytes, 'holiday.xyz'), { instanceOf: DataError, message: text });
	t.is(error?.code, code);
	t.regex(error?.message ?? '', /^holiday\.xyz: /);
	t.truthy(error?.hint);
});

const image = uneven(40, 30);

test('an empty file', refused, () => new Uint8Array(), 'empty-file', /empty/);
test('text', refused, () => bytesOf('Dear Sir or Madam'), 'not-a-picture', /not a picture/);
test('one byte', refused, () => bytesOf('\xff'), 'not-a-picture', /not a picture/);
test('a program', refused, () => bytesOf('\x7fELF\x02\x01\x01'), 'not-a-picture', /not a picture/);
test('a web page', refused, () => bytesOf('<!DOCTYPE html><html></html>'), 'not-a-picture', /not a picture/);
test('SVG', refused, () => bytesOf('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'svg-picture', /SVG/);
test(
	'SVG behind a declaration',
	refused,
	() => bytesOf('<?xml version="1.0"?>\n<!-- x -->\n<svg/>'),
	'svg-picture',
	/SVG/,
);
test('PDF', refused, () => bytesOf('%PDF-1.7\n'), 'pdf-document', /PDF/);
test('HEIC', refused, () => bytesOf('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), 'heic-picture', /HEIC/);
test(
	'HEIC by a compatible brand',
	refused,
	() => bytesOf('\0\0\0\x18ftypxxxx\0\0\0\0mif1heic'),
	'heic-picture',
	/HEIC/,
);
test('a film', refused, () => bytesOf('\0\0\0\x18ftypisom\0\0\0\0isommp42'), 'not-a-picture', /not a picture/);

test('an animated GIF', refused, () => animation('gif'), 'animated-picture', /animated/);
test('an animated WebP', refused, () => animation('webp'), 'animated-picture', /animated/);
test(
	'an animated PNG',
	refused,
	() => pngWithChunk(image, 'acTL', bytesOf('\0\0\0\x02\0\0\0\0')),
	'animated-picture',
	/animated/,
);
test('an AVIF sequence', refused, () => bytesOf('\0\0\0\x18ftypavis\0\0\0\0avismsf1'), 'animated-picture', /animated/);

test('a PNG header of 101 megapixels', refused, () => pngHeader(10_100, 10_000), 'picture-too-large', /10100x10000/);
test(
	'a PNG header of 2^31 by 2^31',
	refused,
	() => pngHeader(2 ** 31 - 1, 2 ** 31 - 1),
	'picture-too-large',
	/100 mega/,
);
test('a PNG header without width', refused, () => pngHeader(0, 10), 'damaged-picture', /0x10/);
test(
	'a JPEG that claims 65000x65000',
	refused,
	() => jpegOfClaimedSize(65_000, 65_000),
	'picture-too-large',
	/65000x65000/,
);
test(
	'a GIF screen of 65535x65535',
	refused,
	() => bytesOf('GIF89a\xff\xff\xff\xff\0\0\0;'),
	'picture-too-large',
	/65535/,
);
test(
	'a PGM of 10^9 by 10^9 pixels',
	refused,
	() => bytesOf('P5 999999999 999999999 255\n'),
	'picture-too-large',
	/mega/,
);

test('float samples', refused, floatTiff, 'unsupported-picture', /float/);

test('exactly 100 megapixels are not refused for their size', async (t) => {
	const error = await t.throwsAsync(() => decodeImage(pngHeader(10_000, 10_000), 'x'), { instanceOf: DataError });
	t.is(error?.code, 'truncated-picture');
});

const cutAnywhere = test.macro(async (t, encode: (source: Sharp) => Sharp, codes: readonly string[]) => {
	const whole = await encode(sharpOf(image)).toBuffer();
	await t.notThrowsAsync(() => decodeImage(whole, 'x'));
	for (let length = 16; length < whole.length; length += Math.ceil((whole.length - length) / 20)) {
		const error = await t.throwsAsync(() => decodeImage(whole.subarray(0, length), 'x'), { instanceOf: DataError });
		t.true(codes.includes(error?.code ?? ''), `${length} of ${whole.length} bytes: ${error?.code}`);
	}
});

test('a JPEG cut anywhere', cutAnywhere, (source) => source.jpeg(), ['truncated-picture']);
test('a progressive JPEG cut anywhere', cutAnywhere, (source) => source.jpeg({ progressive: true }), [
	'truncated-picture',
]);
test('a PNG cut anywhere', cutAnywhere, (source) => source.png(), ['truncated-picture']);
test('a WebP cut anywhere', cutAnywhere, (source) => source.webp(), ['truncated-picture']);
test('a GIF cut anywhere', cutAnywhere, (source) => source.gif(), ['truncated-picture']);
test('an AVIF cut anywhere', cutAnywhere, (source) => source.avif(), ['truncated-picture']);
// the directory of a TIFF may lie at its end: only decoding shows that something is missing
test('a TIFF cut anywhere', cutAnywhere, (source) => source.tiff(), ['damaged-picture', 'truncated-picture']);

test('a JPEG that ends in its thumbnail is not taken for whole', async (t) => {
	const whole = await sharpOf(image).jpeg().toBuffer();
	const thumbnail = Buffer.concat([bytesOf('\xff\xd8\xff\xe1\0\x0aExif\xff\xd9'), Buffer.from([0, 0])]);
	const cut = Buffer.concat([thumbnail, whole.subarray(2, whole.length - 40)]);
	const error = await t.throwsAsync(() => decodeImage(cut, 'x'), { instanceOf: DataError });
	t.is(error?.code, 'truncated-picture');
});

test('a PNG whose pixels are overwritten is damaged, not truncated', async (t) => {
	const png = await sharpOf(picture(64, 64, 3, (i) => i * i))
		.png()
		.toBuffer();
	png.fill(0, png.indexOf('IDAT') + 20, png.indexOf('IDAT') + 60);
	const error = await t.throwsAsync(() => decodeImage(png, 'x'), { instanceOf: DataError });
	t.is(error?.code, 'damaged-picture');
	t.truthy(error?.cause);
});

test('a refusal of the size allocates nothing of that size', async (t) => {
	const before = process.memoryUsage().rss;
	for (let i = 0; i < 20; i++) {
		await t.throwsAsync(() => decodeImage(bytesOf('P6 99999 99999 65535\n'), 'x'));
		await t.throwsAsync(() => decodeImage(bytesOf('P6 9999 9999 255\n123'), 'x'), { message: /truncated/ });
	}
	t.true(process.memoryUsage().rss - before < 100e6);
});

/** 1x1 gray, one 32-bit float sample (TIFF 6.0, tags 256 to 339). */
function floatTiff(): Uint8Array {
	const entries: readonly (readonly [tag: number, type: number, value: number])[] = [
		[256, 3, 1],
		[257, 3, 1],
		[258, 3, 32],
		[259, 3, 1],
		[262, 3, 1],
		[273, 4, 8],
		[277, 3, 1],
		[278, 3, 1],
		[279, 4, 4],
		[339, 3, 3],
	];
	const file = Buffer.alloc(12 + 2 + 12 * entries.length + 4);
	file.write('II*\0', 'latin1');
	file.writeUInt32LE(12, 4);
	file.writeFloatLE(0.5, 8);
	file.writeUInt16LE(entries.length, 12);
	for (const [i, [tag, type, value]] of entries.entries()) {
		file.writeUInt16LE(tag, 14 + 12 * i);
		file.writeUInt16LE(type, 16 + 12 * i);
		file.writeUInt32LE(1, 18 + 12 * i);
		file.writeUInt32LE(value, 22 + 12 * i);
	}
	return file;
}

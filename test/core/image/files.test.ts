import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { DataError, UserError } from '../../../src/core/errors.js';
import { rmse } from '../../../src/core/image/compare.js';
import { encodeFor, encodeJpeg } from '../../../src/core/image/encode.js';
import { readImage, writeImage } from '../../../src/core/image/files.js';
import { faces } from '../../helpers/fixtures.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';
import { picture, uneven } from './make-pictures.js';

const gray = picture(7, 5, 1, (i) => 7 * i);
const colour = uneven(7, 5);

const keeps = test.macro(async (t, name: string) => {
	const path = join(await temporaryFolder(t), name);
	for (const image of [gray, colour]) {
		await writeImage(path, image);
		const { samples } = await readImage(path, { channels: image.channels });
		t.deepEqual(samples, image.samples);
	}
});

test('PNG keeps every level', keeps, 'a.png');
test('the extension may be in capitals', keeps, 'A.PNG');
test('WebP keeps every level', keeps, 'a.webp');
test('TIFF keeps every level', keeps, 'a.tiff');

test('PNG and TIFF and JPEG keep gray gray', async (t) => {
	const folder = await temporaryFolder(t);
	for (const name of ['a.png', 'a.tif', 'a.jpg', 'a.pgm']) {
		await writeImage(join(folder, name), gray);
		t.is((await readImage(join(folder, name))).channels, 1, name);
	}
});

test('PGM takes the luma, PPM repeats gray', async (t) => {
	const folder = await temporaryFolder(t);
	await writeImage(join(folder, 'a.pgm'), colour);
	t.is((await readImage(join(folder, 'a.pgm'))).channels, 1);
	await writeImage(join(folder, 'a.ppm'), gray);
	t.is((await readImage(join(folder, 'a.ppm'))).channels, 3);
});

test('JPEG of a photograph is near, and nearer with more quality', async (t) => {
	const folder = await temporaryFolder(t);
	const photograph = await readImage(faces[0] ?? '');
	const errorAt = async (quality: number) => {
		const path = join(folder, `${quality}.jpg`);
		await writeFile(path, await encodeJpeg(photograph, quality));
		return rmse(photograph, await readImage(path));
	};
	const [low, high] = [await errorAt(50), await errorAt(95)];
	t.true(high < 2 && low > high && low < 10, `${low} ${high}`);
});

test('an unknown extension is refused before anything is written', async (t) => {
	const folder = await temporaryFolder(t);
	await t.throwsAsync(() => writeImage(join(folder, 'a.bmp'), gray), { instanceOf: UserError, message: /"\.bmp"/ });
	t.throws(() => encodeFor('picture'), { instanceOf: UserError });
	t.deepEqual(await readdir(folder), []);
});

test('writing replaces a file and leaves nothing else behind', async (t) => {
	const folder = await temporaryFolder(t);
	const path = join(folder, 'a.png');
	await writeFile(path, 'old');
	await writeImage(path, gray);
	t.deepEqual((await readImage(path)).samples, gray.samples);
	t.deepEqual(await readdir(folder), ['a.png']);
});

test('exclusive writing never replaces', async (t) => {
	const folder = await temporaryFolder(t);
	const path = join(folder, 'a.png');
	await writeImage(path, gray, { exclusive: true });
	const before = await readFile(path);
	const error = await t.throwsAsync(() => writeImage(path, colour, { exclusive: true }), { instanceOf: DataError });
	t.is(error?.code, 'file-exists');
	t.deepEqual(await readFile(path), before);
	t.deepEqual(await readdir(folder), ['a.png']);
});

test('of twenty exclusive writers of one name one wins, and its picture is whole', async (t) => {
	const path = join(await temporaryFolder(t), 'a.png');
	const outcomes = await Promise.allSettled(
		Array.from({ length: 20 }, () => writeImage(path, gray, { exclusive: true })),
	);
	t.is(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
	t.deepEqual((await readImage(path)).samples, gray.samples);
});

const readRefused = test.macro(async (t, code: string, make: (folder: string) => Promise<string>) => {
	const path = await make(await temporaryFolder(t));
	const error = await t.throwsAsync(() => readImage(path), { instanceOf: DataError });
	t.is(error?.code, code);
	t.true(error?.message.startsWith(`${path}: `));
	t.truthy(error?.hint);
});

test('a missing file', readRefused, 'missing-file', async (folder) => join(folder, 'none.png'));
test('a folder', readRefused, 'not-a-file', async (folder) => folder);
test('a device', readRefused, 'not-a-file', async () => '/dev/zero');
test('an empty file', readRefused, 'empty-file', async (folder) => {
	await writeFile(join(folder, 'a.png'), '');
	return join(folder, 'a.png');
});
test('a path through a file', readRefused, 'unreadable-file', async (folder) => {
	await writeFile(join(folder, 'a'), 'x');
	return join(folder, 'a', 'b.png');
});
test('a loop of links', readRefused, 'unreadable-file', async (folder) => {
	await symlink('a.png', join(folder, 'a.png'));
	return join(folder, 'a.png');
});
test('a file of two gigabytes is not read', readRefused, 'file-too-large', async (folder) => {
	await writeFile(join(folder, 'a.png'), 'x');
	await truncate(join(folder, 'a.png'), 2 ** 31);
	return join(folder, 'a.png');
});
test('a pipe does not block', readRefused, 'not-a-file', async (folder) => {
	await promisify(execFile)('mkfifo', [join(folder, 'a.png')]);
	return join(folder, 'a.png');
});

test('a file without read permission is named', async (t) => {
	if (process.getuid?.() === 0) {
		t.log('root reads everything: the loop of links covers the message');
		t.pass();
		return;
	}
	const path = join(await temporaryFolder(t), 'a.png');
	await writeImage(path, gray);
	await chmod(path, 0);
	const error = await t.throwsAsync(() => readImage(path), { instanceOf: DataError, message: /EACCES/ });
	t.is(error?.code, 'unreadable-file');
});

test('writing into a missing folder or over a folder is a DataError', async (t) => {
	const folder = await temporaryFolder(t);
	const missing = await t.throwsAsync(() => writeImage(join(folder, 'no', 'a.png'), gray), { instanceOf: DataError });
	t.is(missing?.code, 'missing-folder');
	await mkdir(join(folder, 'a.png'));
	const over = await t.throwsAsync(() => writeImage(join(folder, 'a.png'), gray), { instanceOf: DataError });
	t.is(over?.code, 'unwritable-file');
	t.deepEqual(await readdir(folder), ['a.png']);
});

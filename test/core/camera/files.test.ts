import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { openSource, type SourceOptions } from '../../../src/core/camera/open-source.js';
import { DataError, UserError } from '../../../src/core/errors.js';
import { writeImage } from '../../../src/core/image/files.js';
import type { Image } from '../../../src/core/image/image.js';
import { faces, picturesFolder } from '../../helpers/fixtures.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

/** A 4x3 picture of one level, to be told from others. */
function flat(level: number): Image {
	return { width: 4, height: 3, channels: 1, samples: new Uint8Array(12).fill(level) };
}

async function levels(spec: string | readonly string[], options?: SourceOptions): Promise<number[]> {
	const found: number[] = [];
	for await (const frame of await openSource(spec, options)) {
		found.push(frame.samples[0] ?? -1);
	}
	return found;
}

test('a folder gives its pictures by name, 2 before 10, and reports the rest', async (t) => {
	const folder = await temporaryFolder(t);
	await writeImage(join(folder, 'frame-10.png'), flat(10));
	await writeImage(join(folder, 'frame-2.pgm'), flat(2));
	await writeImage(join(folder, 'frame-1.tif'), flat(1));
	await writeImage(join(folder, '.hidden.png'), flat(99));
	await writeFile(join(folder, 'notes.png'), 'no picture');
	await writeFile(join(folder, 'empty.png'), '');
	await mkdir(join(folder, 'deeper.png'));
	const skipped: [string, string][] = [];
	const onSkip = (path: string, reason: DataError) => skipped.push([path.slice(folder.length + 1), reason.code]);
	const source = await openSource(folder, { onSkip });
	t.is(source.total, 3);
	t.is(source.describe, '3 pictures');
	t.deepEqual(await levels(folder), [1, 2, 10]);
	t.deepEqual(skipped, [
		['deeper.png', 'not-a-file'],
		['empty.png', 'empty-file'],
		['notes.png', 'not-a-picture'],
	]);
});

test('count cycles the files, or stops early', async (t) => {
	const folder = await temporaryFolder(t);
	const paths = [5, 6, 7].map((level) => join(folder, `${level}.png`));
	for (const [i, path] of paths.entries()) await writeImage(path, flat(5 + i));
	t.deepEqual(await levels(folder, { count: 7 }), [5, 6, 7, 5, 6, 7, 5]);
	t.deepEqual(await levels(folder, { count: 2 }), [5, 6]);
	t.deepEqual(await levels(folder, { count: 0 }), []);
	t.deepEqual(await levels([paths[2] ?? '', folder, paths[0] ?? '']), [7, 5, 6, 7, 5]);
});

test('frames get the size and the channels asked for', async (t) => {
	const source = await openSource(faces.slice(0, 2), { size: { width: 33, height: 44 }, channels: 1 });
	for await (const { width, height, channels, samples } of source) {
		t.deepEqual([width, height, channels, samples.length], [33, 44, 1, 33 * 44]);
	}
});

test('a single file is described by its name', async (t) => {
	const source = await openSource(faces[0] ?? '');
	t.is(source.describe, `picture ${faces[0]}`);
	t.is(source.total, 1);
	await source.close();
});

test('a folder of photographs next to a JSON file gives the photographs', async (t) => {
	const skipped: string[] = [];
	const source = await openSource(picturesFolder, { onSkip: (path) => skipped.push(path) });
	t.is(source.total, 19);
	t.deepEqual(skipped, [join(picturesFolder, 'faces.json')]);
	await source.close();
});

const refused = test.macro(async (t, code: string, make: (folder: string) => Promise<string | readonly string[]>) => {
	const spec = await make(await temporaryFolder(t));
	const error = await t.throwsAsync(() => levels(spec), { any: true });
	t.true(error instanceof DataError || error instanceof UserError);
	t.is(error instanceof DataError || error instanceof UserError ? error.code : '', code);
});

test('an empty folder', refused, 'no-pictures', async (folder) => folder);
test('a folder without pictures', refused, 'no-pictures', async (folder) => {
	await writeFile(join(folder, 'a.txt'), 'x');
	return folder;
});
test('a missing path', refused, 'missing-file', async (folder) => join(folder, 'none'));
test('no path', refused, 'no-source', async () => []);
test('the webcam among files', refused, 'mixed-sources', async (folder) => [folder, 'webcam']);
test('the test pattern among files', refused, 'mixed-sources', async (folder) => ['test', folder]);
test('a file that is no picture, named by itself', refused, 'not-a-picture', async (folder) => {
	await writeFile(join(folder, 'a.txt'), 'x');
	return join(folder, 'a.txt');
});
test('a damaged picture in a folder is not passed over in silence', refused, 'truncated-picture', async (folder) => {
	await writeFile(join(folder, 'a.png'), '\x89PNG\r\n\x1a\n', 'latin1');
	return folder;
});

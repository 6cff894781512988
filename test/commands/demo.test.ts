import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { alignedEyes } from '../../src/core/image/align.js';
import { readImage } from '../../src/core/image/files.js';
import { endingOf, runCli, startCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

test('the demo writes its pictures, and its average is as near as theory says', async (t) => {
	const cwd = await temporaryFolder(t);
	const result = await runCli(t, ['demo', '--count', '200', '--out', 'room', '--json'], { cwd });
	t.is(result.code, 0, result.stderr);
	const { files, count, rmse, expectedRmse, moved, faces } = endingOf(t, result);
	t.is(count, 200);
	t.deepEqual(
		files,
		[...['one-picture', 'one-upload', 'one-upload-reconstructed', 'average', 'all-four'], 'without-and-with-the-oval']
			.map((name) => `room/${name}.png`)
			.concat(['before.vct', 'after.vct', 'moved.vct'].map((name) => `room/${name}`))

			.concat(
				['before-after-moved', 'face-and-sharpened-on-shares', 'enrolled-asked-and-a-stranger'].map(
					(name) => `room/${name}.png`,
				),
			),
	);
	t.is((await readdir(join(cwd, 'room'))).length, 12);
	t.like(faces, { found: 'eileen', stranger: null });
	// where the visitor was put
	t.deepEqual(moved, { x: 200, y: 24, width: 96, height: 72 });
	const { width, height } = await readImage(join(cwd, 'room', 'average.png'));
	t.deepEqual([width, height], [320, 240]);
	// with the oval the eyes are dark spots at its marks, without it they are spread over the face
	const oval = await readImage(join(cwd, 'room', 'without-and-with-the-oval.png'), { channels: 1 });
	t.deepEqual([oval.width, oval.height], [2 * 320 + 4, 240]);
	const grayAt = (x: number, y: number): number => oval.samples[Math.round(y) * oval.width + Math.round(x)];
	const { left, right } = alignedEyes({ width: 320, height: 240 });
	const depth = (offset: number): number =>
		[left, right].reduce((sum, { x, y }) => sum + grayAt(offset + x, y + 30) - grayAt(offset + x, y), 0) / 2;
	t.true(depth(324) > 2 * Math.abs(depth(0)), `${depth(324)} against ${depth(0)}`);
	// expected is the error of 200 pictures that are all like their average; these differ, which makes theirs smaller
	const ratio = Number(rmse) / Number(expectedRmse);
	t.true(ratio > 0.9 && ratio < 1.02, `${String(rmse)} against ${String(expectedRmse)}`);
});

test('without --json the picture is shown, and the files are named last', async (t) => {
	const cwd = await temporaryFolder(t);
	const { code, stdout } = await runCli(t, ['demo', '--count', '20'], { cwd });
	t.is(code, 0);
	t.regex(stdout, /the third is what it could guess from one\.\n/);
	t.regex(
		stdout,
		/decrypted, it is exact: .*\n.*opened, it is exact\.\n.*found eileen .* nobody on one of a stranger.*\nWritten:\n( {2}\S*veilcam-demo\/[\w-]+\.\w+\n){12}$/,
	);
	t.true(stdout.split('\n').length > 15);
});

test('Ctrl-C ends the demo with 130', async (t) => {
	const cwd = await temporaryFolder(t);
	const run = startCli(t, ['demo', '--count', '1000000', '--json'], { cwd });
	await run.until('progress');
	const result = await run.end();
	t.is(result.code, 130);
	endingOf(t, result);
});

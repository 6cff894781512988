import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { readImage, writeImage } from '../../src/core/image/files.js';
import type { Image } from '../../src/core/image/image.js';
import { seededRandom } from '../core/average/keystream.js';
import { startTestCollector } from '../helpers/collector.js';
import { putReport, send, startServer } from '../helpers/http.js';
import { onePixel, reportId } from '../helpers/reports.js';
import { endingOf, runCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

function gray(samples: ArrayLike<number>): Image {
	return { width: 8, height: 8, channels: 1, samples: Uint8Array.from(samples) };
}

test('a collector and its store give the same average, refused before the first release', async (t) => {
	const { url, collector, storeFile } = await startTestCollector(t, { minBatch: 4 });
	const cwd = await temporaryFolder(t);
	const average = (from: string, ...more: string[]) =>
		runCli(t, ['average', '--from', from, '--json', ...more], { cwd });
	for (const n of [0, 1, 2]) await putReport(url, reportId(n), onePixel(0));
	for (const from of [url, storeFile]) {
		const early = await average(from);
		t.is(early.code, 5);
		t.like(endingOf(t, early), { code: 'minimum-batch', message: 'no average yet: 3 of 4 reports have come' });
	}
	t.deepEqual(await readdir(cwd), []);
	for (const n of [3, 4]) await putReport(url, reportId(n), onePixel(0));
	const [byUrl, byStore] = [await average(url, '--out', 'url.png'), await average(storeFile, '--out', 'store.png')];
	const { out, ...fields } = endingOf(t, byUrl);
	t.is(out, 'url.png');
	t.like(fields, { event: 'result', count: 4 });
	t.is(byUrl.code, 0);
	t.deepEqual({ ...endingOf(t, byStore), out }, { ...fields, out });
	t.deepEqual(await readFile(join(cwd, 'url.png')), await readFile(join(cwd, 'store.png')));
	t.deepEqual([...(await readImage(join(cwd, 'url.png'))).samples], [255, ...Array.from({ length: 63 }, () => 0)]);
	// the store of a collector that has ended is read as well, and is not changed
	await collector.close();
	const before = await readFile(storeFile);
	t.is((await average(storeFile, '--out', 'again.png')).code, 0);
	t.deepEqual(await readFile(storeFile), before);
});

test('a bad average from a server is the failure of the server: 4, and nothing is written', async (t) => {
	const { url, collector } = await startTestCollector(t, { minBatch: 1 });
	await putReport(url, reportId(1), onePixel(0));
	t.is(collector.count, 1);
	const good = await send(url, 'GET', '/v1/sessions/room/average.npy');
	const notANumber = Buffer.from(good.body);
	notANumber.writeDoubleLE(Number.NaN, notANumber.length - 8);
	const bad: [Buffer, string][] = [
		[Buffer.from('<html>hello</html>'), '1'],
		[good.body.subarray(0, 200), '1'],
		[notANumber, '1'],
		[good.body, '0.5'],
		[good.body, 'many'],
	];
	const cwd = await temporaryFolder(t);
	for (const [body, count] of bad) {
		const from = await startServer(t, async (path) => {
			if (!path.endsWith('.npy')) return { body: (await send(url, 'GET', path)).body };
			return { body, headers: { 'x-veilcam-count': count } };
		});
		const result = await runCli(t, ['average', '--from', from, '--json'], { cwd });
		t.is(result.code, 4, result.stdout);
		t.like(endingOf(t, result), { event: 'error', code: 'no-average' });
	}
	t.deepEqual(await readdir(cwd), []);
});

test('the plain result is said in lines', async (t) => {
	const { url } = await startTestCollector(t, { minBatch: 1 });
	await putReport(url, reportId(1), onePixel(0));
	const cwd = await temporaryFolder(t);
	const { code, stdout } = await runCli(t, ['average', '--from', url], { cwd });
	t.is(code, 0);
	t.regex(
		stdout,
		/^average\.png: the average of 1 pictures?\nexpected error at most \d+\.\d\d gray levels \(RMSE\)\n$/,
	);
});

test('what cannot be averaged ends with 3 or 4, and writes nothing', async (t) => {
	const cwd = await temporaryFolder(t);
	await mkdir(join(cwd, 'empty'));
	await writeFile(join(cwd, 'diary.txt'), 'Dear diary\n'.repeat(1000));
	const cases: [string, number, string][] = [
		['none.db', 3, 'missing-file'],
		['diary.txt', 3, 'not-a-store'],
		['empty', 3, 'no-pictures'],
		['http://127.0.0.1:1', 4, 'unreachable'],
	];
	for (const [from, exitCode, code] of cases) {
		const result = await runCli(t, ['average', '--from', from, '--json'], { cwd });
		t.is(result.code, exitCode, from);
		t.is(endingOf(t, result).code, code);
	}
	t.deepEqual(
		(await readdir(cwd)).sort((a, b) => a.localeCompare(b)),
		['diary.txt', 'empty'],
	);
});

test('a folder of clamped pictures is averaged with a warning, and un-squeezed to the truth with --amplitude', async (t) => {
	const cwd = await temporaryFolder(t);
	await mkdir(join(cwd, 'noisy'));
	const truth = gray(Array.from({ length: 64 }, (_, i) => i * 4));
	await writeImage(join(cwd, 'truth.png'), truth);
	const amplitude = 255;
	const random = seededRandom(255);
	const bytes = new Uint8Array(4 * 64);
	const pictures = 600;
	for (let n = 0; n < pictures; n++) {
		random.fillInto(bytes);
		const words = new DataView(bytes.buffer);
		const noisy = Array.from(truth.samples, (x, i) => {
			const noise = Math.floor((words.getUint32(4 * i) / 2 ** 32) * (2 * amplitude + 1)) - amplitude;
			return Math.min(255, Math.max(0, x + noise));
		});
		await writeImage(join(cwd, 'noisy', `${n}.png`), gray(noisy));
	}
	const args = ['average', '--from', 'noisy', '--json', '--reference', 'truth.png'];
	const squeezed = await runCli(t, args, { cwd });
	t.like(endingOf(t, squeezed), { count: pictures, expectedRmse: null, privacy: null });
	t.true(
		squeezed.events.some(({ event, message }) => event === 'warning' && /biased.*--amplitude/.test(String(message))),
	);
	// half the contrast is gone: RMSE (x - 127.5) / 2, about 37 over this ramp
	t.true(Number(endingOf(t, squeezed).rmse) > 30);

	const whole = await runCli(t, [...args, '--amplitude', '255', '--out', 'whole.png'], { cwd });
	t.false(whole.events.some(({ event }) => event === 'warning'));
	// a clamped sample deviates by at most 127.5, doubled by un-squeezing
	const expected = (2 * 127.5) / Math.sqrt(pictures);
	const { rmse, psnr } = endingOf(t, whole);
	t.true(Number(rmse) > 0 && Number(rmse) < 1.2 * expected, `${String(rmse)} against ${expected}`);
	t.true(Math.abs(Number(psnr) - 20 * Math.log10(255 / Number(rmse))) < 1e-9);
	const { samples } = await readImage(join(cwd, 'whole.png'));
	const bias = truth.samples.reduce((sum, x, i) => sum + samples[i] - x, 0) / 64;
	t.true(Math.abs(bias) < 5);
});

test('a picture compared with itself has RMSE 0 and PSNR null; a folder stands for its average', async (t) => {
	const cwd = await temporaryFolder(t);
	await mkdir(join(cwd, 'two'));
	await writeImage(join(cwd, 'two', 'a.png'), gray(new Uint8Array(64).fill(10)));
	await writeImage(join(cwd, 'two', 'b.png'), gray(new Uint8Array(64).fill(21)));
	const run = (...more: string[]) => runCli(t, ['average', '--from', 'two', '--json', ...more], { cwd });
	t.like(endingOf(t, await run('--reference', 'two')), { count: 2, rmse: 0, psnr: null });
	// unclamped and unrounded: 15.5 against 10
	t.like(endingOf(t, await run('--reference', 'two/a.png')), { rmse: 5.5 });
	const missing = await run('--reference', 'none.png', '--out', 'x.png');
	t.is(missing.code, 3);
	const kind = await run('--out', 'average.txt');
	t.is(kind.code, 2);
	await writeImage(join(cwd, 'two', 'c.png'), { width: 4, height: 4, channels: 1, samples: new Uint8Array(16) });
	const differ = await run();
	t.is(differ.code, 3);
	t.regex(String(endingOf(t, differ).message), /^two: picture 3 is 4x4 gray, the first is 8x8 gray$/);
});

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { noiseFor } from '../../src/core/average/release-noise.js';
import { readImage } from '../../src/core/image/files.js';
import { endingOf, type Fields, runCli, startCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

function rowsOf({ rows }: Fields): Fields[] {
	return Array.isArray(rows) ? rows : [];
}

test('privacy plan tells people for an error, for every mechanism and size, and draws them', async (t) => {
	const cwd = await temporaryFolder(t);
	const args = ['privacy', 'plan', '--epsilon', '2', '--error', '5', '--size', '80x60'];
	const result = await runCli(t, [...args, '--out', 'plan.png', '--json'], { cwd });
	t.is(result.code, 0, result.stdout);
	const ending = endingOf(t, result);
	t.deepEqual([...new Set(rowsOf(ending).map(({ size }) => size))], ['80x60', '40x30', '20x15']);
	const shares = rowsOf(ending).find(
		({ mechanism, size }) => mechanism === 'shares, 8 bits with noise' && size === '80x60',
	);
	const { totalSigma } = noiseFor({ epsilon: 2, delta: 1e-6, picturesPerPerson: 1 }, 8, 4800);
	t.is(shares?.people, Math.ceil(totalSigma / 5));
	const { width, height, samples } = await readImage(join(cwd, 'plan.png'));
	t.deepEqual([width, height], [1040, 600]);
	// white, the lines of the grid, and curves of several colours
	t.true(
		new Set(Array.from({ length: samples.length / 3 }, (_, i) => samples.slice(3 * i, 3 * i + 3).join())).size > 20,
	);

	const { code, stdout } = await runCli(t, [...args, '--out', 'plan.svg'], { cwd });
	t.is(code, 0);
	t.regex(stdout, /People for an RMSE of 5 gray levels at epsilon 2, delta 1e-6, one picture each/);
	t.regex(stdout, new RegExp(`shares, 8 bits with noise +${Math.ceil(totalSigma / 5).toLocaleString('en')} `));
	t.true(stdout.split('\n').every((line) => line.length <= 100));
	t.regex(await readFile(join(cwd, 'plan.svg'), 'utf8'), /^<svg (?:.|\n)*<\/svg>\n$/);
});

test('a plot on a machine without fonts comes with a warning, an .svg with none', async (t) => {
	const cwd = await temporaryFolder(t);
	await writeFile(join(cwd, 'fonts.conf'), '<?xml version="1.0"?><fontconfig></fontconfig>');
	const env = { FONTCONFIG_FILE: join(cwd, 'fonts.conf') };
	const args = ['privacy', 'plan', '--size', '16x16'];
	const png = await runCli(t, [...args, '--out', 'plan.png'], { cwd, env });
	t.is(png.code, 0);
	t.regex(png.stderr, /^veilcam: warning: plan\.png: this machine has no font/m);
	const svg = await runCli(t, [...args, '--out', 'plan.svg'], { cwd, env });
	t.deepEqual([svg.code, svg.stderr], [0, '']);
});

test('privacy plan tells the error for people', async (t) => {
	const result = await runCli(t, ['privacy', 'plan', '--people', '1000', '--pictures-per-person', '3', '--json']);
	t.is(result.code, 0);
	const rows = rowsOf(endingOf(t, result));
	t.true(rows.length > 20);
	const { totalSigma } = noiseFor({ epsilon: 2, delta: 1e-6, picturesPerPerson: 3 }, 8, 76_800);
	t.is(rows[0].expectedRmse, totalSigma / 3000);
	for (const { people, setting } of rows) t.is(people, setting === null ? null : 1000);
});

test('privacy audit gives a bound for every mechanism beside its claim', async (t) => {
	const result = await runCli(t, ['privacy', 'audit', '--trials', '4000', '--json']);
	t.is(result.code, 0, result.stdout);
	const { results, trials, confidence } = endingOf(t, result);
	t.deepEqual([trials, confidence], [4000, 0.999]);
	const found = Array.isArray(results) ? results.map(({ name, verdict }) => [name, verdict]) : [];
	t.deepEqual(found, [
		['gaussian', 'not contradicted'],
		['laplace', 'not contradicted'],
		['one-bit', 'not contradicted'],
		['uniform, amplitude 128', 'no claim'],
		['shares of 8 bits with noise, to one server', 'not contradicted'],
		['shares of 8 bits with noise, to others', 'not contradicted'],
		['shares of 1 bit with noise, to one server', 'not contradicted'],
		['shares of 1 bit with noise, to others', 'not contradicted'],
		['shares, exact sums', 'no claim'],
	]);
	t.is(result.events.filter(({ event }) => event === 'audited').length, 9);
	const alone = await runCli(t, ['privacy', 'audit', '--trials', '2000', '--mechanism', 'one-bit']);
	t.regex(alone.stdout, /one-bit +a sample +epsilon 2 +1\.\d\d +not contradicted/);
	t.notRegex(alone.stdout, /laplace/);
	t.regex(alone.stdout, /^What ran: the mechanism salted one sample/m);
	t.notRegex(alone.stdout, /three parties/);
});

test('privacy audit ends at once on Ctrl-C', async (t) => {
	const running = startCli(t, ['privacy', 'audit', '--trials', '10000000', '--json']);
	await running.until('progress');
	t.is((await running.end()).code, 130);
});

test('what privacy cannot answer ends with 2, and writes nothing', async (t) => {
	const cwd = await temporaryFolder(t);
	for (const [args, code] of [
		[['guess'], 'bad-argument'],
		[['plan', '--error', '5', '--people', '9'], 'unused-option'],
		[['plan', '--trials', '5000'], 'unused-option'],
		[['audit', '--error', '5'], 'unused-option'],
		[['audit', '--colour', 'rgb'], 'unused-option'],
		[['plan', '--out', 'plan.gif'], 'unknown-drawing-extension'],
		[['plan', '--size', 'huge'], 'bad-option'],
		[['plan', '--size', '19999x19999'], 'bad-option'],
		[['plan', '--epsilon', '0'], 'bad-option'],
	] as const) {
		const result = await runCli(t, ['privacy', ...args, '--json'], { cwd });
		t.is(result.code, 2, args.join(' '));
		t.is(endingOf(t, result).code, code, args.join(' '));
	}
	t.deepEqual(await readdir(cwd), []);
});

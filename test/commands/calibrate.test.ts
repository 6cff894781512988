import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { readImage, writeImage } from '../../src/core/image/files.js';
import { resize } from '../../src/core/image/geometry.js';
import { encodeNpy } from '../../src/core/npy.js';
import { faces, scenes } from '../helpers/fixtures.js';
import { endingOf, runCli, startCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

/** Faces on one axis of the descriptor, so that distances are differences. */
function describe(cwd: string, people: Readonly<Record<string, readonly number[]>>): void {
	for (const [person, places] of Object.entries(people)) {
		mkdirSync(join(cwd, 'people', person), { recursive: true });
		const values = new Float32Array(128 * places.length);
		for (const [row, place] of places.entries()) values[128 * row] = place;
		writeFileSync(join(cwd, 'people', person, 'faces.npy'), encodeNpy({ values, shape: [places.length, 128] }));
	}
}

test('rates, threshold and worst pairs of three people, by hand, with a drawing', async (t) => {
	const cwd = await temporaryFolder(t);
	describe(cwd, { ada: [0, 0.25], bob: [0.75, 1], cleo: [1.5] });
	const args = ['match', '--calibrate', 'people', '--far', '0.2', '--out', 'rates.svg'];
	const found = endingOf(t, await runCli(t, [...args, '--json'], { cwd }));
	t.like(found, {
		event: 'result',
		people: 3,
		faces: 5,
		pairs: { same: 2, different: 8 },
		eer: 0,
		eerThreshold: 0.375,
		// one in eight may be wrong, and 0.5 is there twice: below it none is
		threshold: 0.5,
		far: 0,
		frr: 0,
		isMeasured: false,
		pairsWanted: 14,
		asked: { threshold: 0.6, falseAccepts: 2, far: 0.25, falseRejects: 0, frr: 0 },
		files: ['rates.svg'],
	});
	t.deepEqual(Object(found.worst).different[0], {
		names: ['people/ada/faces.npy, row 2', 'people/bob/faces.npy, row 1'],
		distance: 0.5,
	});
	const svg = readFileSync(join(cwd, 'rates.svg'), 'utf8');
	t.regex(svg, /^<svg .*<polyline.*ROC.*<\/svg>\n$/s);
	t.false(/NaN|Infinity|undefined/.test(svg));

	const { code, stdout } = await runCli(t, ['match', '--calibrate', 'people', '--out', 'rates.png'], { cwd });
	t.is(code, 0);
	t.regex(stdout, /5 faces of 3 people: 2 pairs of one person, 8 pairs of different people/);
	t.regex(stdout, /0\.60 {4}25\.0 % ━━━━━ /);
	t.regex(
		stdout,
		/A rate of 0\.1 % IS NOT MEASURED: none in 8 pairs tells only .* 31\.2 % \(rule of three\); it takes 2995/,
	);
	const { width, height, channels } = await readImage(join(cwd, 'rates.png'));
	t.deepEqual([width, height, channels], [920, 380, 3]);
});

test('pictures are described, and those without a face that can be told are named and left out', async (t) => {
	const cwd = await temporaryFolder(t);
	for (const [person, picture] of [
		['ada', faces[0]],
		['bob', faces[5]],
	] as const) {
		mkdirSync(join(cwd, 'people', person), { recursive: true });
		copyFileSync(picture, join(cwd, 'people', person, '1.jpg'));
		await writeImage(
			join(cwd, 'people', person, '2.png'),
			await resize(await readImage(picture), { width: 280, height: 210 }),
		);
	}
	copyFileSync(scenes.rocket, join(cwd, 'people', 'ada', 'rocket.jpg'));
	writeFileSync(join(cwd, 'people', 'bob', 'notes.txt'), 'no picture');
	mkdirSync(join(cwd, 'people', 'nobody'));
	const result = await runCli(t, ['match', '--calibrate', 'people', '--json'], { cwd });
	const { skipped, eer, pairs, worst } = endingOf(t, result);
	t.deepEqual(
		Object(skipped).map(({ file, code }: { file: string; code: string }) => [file, code]),
		[
			['people/bob/notes.txt', 'not-a-picture'],
			['people/nobody', 'no-pictures'],
			['people/ada/rocket.jpg', 'no-face'],
		],
	);
	t.deepEqual(pairs, { same: 2, different: 4 });
	t.is(eer, 0);
	t.true(Object(worst).same[0].distance < 0.3 && Object(worst).different[0].distance > 0.6);
});

test('a folder that tells nothing is refused in a sentence', async (t) => {
	const cwd = await temporaryFolder(t);
	describe(cwd, { ada: [0, 0.25] });
	const one = await runCli(t, ['match', '--calibrate', 'people'], { cwd });
	t.is(one.code, 3);
	t.regex(one.stderr, /people: holds faces of 1 person, which tells nothing of a threshold\n.*two people or more/s);
	describe(cwd, { ada: [0], bob: [1] });
	const single = await runCli(t, ['match', '--calibrate', 'people'], { cwd });
	t.is(single.code, 3);
	t.regex(single.stderr, /people: holds nobody with two faces/);
	const missing = await runCli(t, ['match', '--calibrate', 'nowhere'], { cwd });
	t.is(missing.code, 3);
	t.regex(missing.stderr, /nowhere: no such file/);
	const parties = await runCli(t, ['match', '--calibrate', 'people', '--where', 'parties', '--json'], { cwd });
	t.is(parties.code, 3);
	t.like(endingOf(t, parties), { code: 'file-not-read' });
	const drawing = await runCli(t, ['match', '--calibrate', 'people', '--out', 'nowhere/rates.png', '--json'], { cwd });
	t.is(drawing.code, 3);
	t.deepEqual(
		drawing.events.map(({ code }) => code),
		['missing-folder'],
	);
});

test('people who look alike to the network leave no threshold, and are named', async (t) => {
	const cwd = await temporaryFolder(t);
	describe(cwd, { ada: [0.3, 0.5], twin: [0.3, 0.9] });
	const { code, stdout } = await runCli(t, ['match', '--calibrate', 'people'], { cwd });
	t.is(code, 0);
	t.regex(stdout, /No threshold keeps false accepts at 0\.1 %/);
	t.regex(stdout, /0\.000 {2}people\/ada\/faces\.npy, row 1 and people\/twin\/faces\.npy, row 1/);
});

const wrong: Readonly<Record<string, RegExp>> = {
	match: /picture is missing/,
	'match a.jpg --calibrate people': /"a\.jpg" is one argument too many/,
	'match a.jpg --far 0.1': /--far has no meaning without --calibrate/,
	'match a.jpg --out a.png': /--out has no meaning without --calibrate/,
	'match --calibrate people --as ada': /--as has no meaning with --calibrate/,
	'match --calibrate people --box 1,2,3,4': /--box has no meaning with --calibrate/,
	'match --calibrate people --open distance': /--open has no meaning with --calibrate/,
	'match --calibrate people --far 2': /--far: expected a number from 0\.000001 to 0\.5/,
	'match --calibrate people --out rates.gif': /rates\.gif: a drawing is a \.png or an \.svg file/,
	'match --calibrate people --private-model': /--private-model has no meaning/,
	'match a.jpg --threshold 0': /--threshold: expected a number from 0\.01 to 2/,
	'match a.jpg --threshold near': /--threshold: expected a number/,
	'match a.jpg --open distance': /name whose distance with --as/,
};
for (const [line, message] of Object.entries(wrong)) {
	test(`\`${line}\` is a mistake of the command line`, async (t) => {
		const { code, stderr } = await runCli(t, line.split(' '), { cwd: await temporaryFolder(t) });
		t.is(code, 2, stderr);
		t.regex(stderr, message);
	});
}

test('Ctrl-C ends a calibration with 130', async (t) => {
	const cwd = await temporaryFolder(t);
	mkdirSync(join(cwd, 'people', 'ada'), { recursive: true });
	for (let i = 0; i < 40; i++) copyFileSync(faces[0], join(cwd, 'people', 'ada', `${i}.jpg`));
	const run = startCli(t, ['match', '--calibrate', 'people', '--json'], { cwd });
	await run.until('progress', ({ done }) => Number(done) >= 1);
	t.is((await run.end()).code, 130);
});

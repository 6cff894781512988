import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import test, { type ExecutionContext } from 'ava';
import { askForRelease } from '../../src/commands/average-release.js';
import { noiseFor, rmseOfRelease } from '../../src/core/average/release-noise.js';
import type { SessionParameters } from '../../src/core/average/session.js';
import { readImage } from '../../src/core/image/files.js';
import { openConnection } from '../../src/services/client/connection.js';
import { fetchSession } from '../../src/services/client/fetch-session.js';
import { startTestCollector } from '../helpers/collector.js';
import { type CliResult, endingOf, type Fields, runCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temp-folder.js';
import { startHolders } from '../services/shares/three-holders.js';

const BUDGET = { epsilon: 4, delta: 1e-6 };

function sessionWith(mechanism: object): SessionParameters {
	return {
		...{ name: 'room', width: 16, height: 12, channels: 1, minBatch: 10 },
		mechanism: { kind: 'shares', bits: 8, budget: BUDGET, ...mechanism },
	};
}

/** A room on three parties of this process, and the program in a folder of its own. */
async function startRoom(t: ExecutionContext, mechanism: object = {}) {
	const session = sessionWith(mechanism);
	const holders = await startHolders(t, session);
	const { url, storeFile } = await startTestCollector(t, session, { parties: holders.client });
	const cwd = await temporaryFolder(t);
	const average = (...args: string[]): Promise<CliResult> => runCli(t, ['average', ...args, '--json'], { cwd });
	const contribute = (...args: string[]): Promise<CliResult> =>
		runCli(t, ['contribute', 'test', '--to', url, ...args, '--json'], { cwd });
	return { url, storeFile, cwd, holders, average, contribute };
}

test('a session without a budget: average ends, compared with the test pattern it is exact', async (t) => {
	const { url, storeFile, average, contribute } = await startRoom(t, { budget: null });
	t.is((await contribute('--count', '30')).code, 0);
	for (;;) {
		const result = await average('--from', url, '--reference', 'test');
		const ending = endingOf(t, result);
		if (ending.count !== 30) continue;
		t.like(ending, { rmse: 0, psnr: null, expectedRmse: 0 });
		break;
	}
	const stored = endingOf(t, await average('--from', storeFile, '--reference', 'test'));
	t.like(stored, { count: 30, rmse: 0 });
	t.is(Reflect.get(Object(stored.privacy), 'release'), null);
	const refused = await average('--from', url, '--epsilon', '1');
	t.is(refused.code, 5);
	t.is(endingOf(t, refused).code, 'no-budget');
});

test('a noisy release says its error and its cost before, and its guarantee after; the budget ends it with 5', async (t) => {
	const { url, storeFile, cwd, average, contribute } = await startRoom(t);
	t.is((await contribute('--count', '200')).code, 0);
	const early = await average('--from', url);
	t.is(early.code, 5);
	t.is(endingOf(t, early).code, 'noise-required');
	t.deepEqual(await readdir(cwd), []);

	const result = await average('--from', url, '--epsilon', '3', '--reference', 'test', '--out', 'noisy.png');
	t.is(result.code, 0, result.stdout);
	const notes = result.events.filter(({ event }) => event === 'note').map(({ message }) => String(message));
	const { totalSigma, rho } = noiseFor({ epsilon: 3, delta: 1e-6, picturesPerPerson: 1 }, 8, 192);
	const expected = rmseOfRelease(8, 200, totalSigma);
	t.true(notes[0].includes(`expected error ${expected.toFixed(1)} gray levels (RMSE) from 200 pictures`), notes[0]);
	t.true(
		notes.includes('test stands for frames 1 to 200, as one run sends them; further runs send the first ones again'),
	);
	t.true(notes.some((note) => /it costs 0\.\d+ of the 0\.\d+ that is left/.test(note)));
	const ending = endingOf(t, result);
	t.true(Math.abs(Number(ending.expectedRmse) - expected) < 1e-9);
	// four standard errors of a root mean square over 192 samples
	t.true(Math.abs(Number(ending.rmse) / expected - 1) < 4 / Math.sqrt(2 * 192), String(ending.rmse));
	const release = releaseOf(ending);
	t.like(release, {
		unit: 'picture',
		picturesPerPerson: 1,
		perRelease: { guarantee: 'epsilon', epsilon: 3, delta: 1e-6, meaningful: true },
		rho: { latest: rho, spent: rho },
	});
	t.regex(String(release.trust), /noise of the two others only/);
	const raw = await readImage(join(cwd, 'noisy.png'));
	const denoised = await readImage(join(cwd, 'noisy-denoised.png'));
	t.notDeepEqual(raw.samples, denoised.samples);

	t.is((await contribute('--count', '20')).code, 0);
	const beyond = await average('--from', url, '--epsilon', '3');
	t.is(beyond.code, 5);
	t.is(endingOf(t, beyond).code, 'budget-spent');
	t.regex(String(endingOf(t, beyond).hint), /Nothing of the budget was spent/);
	const stored = endingOf(t, await average('--from', storeFile));
	t.is(stored.count, 200);
	t.deepEqual(releaseOf(stored), release);
});

test('a session of 5 pictures a person: a sixth is refused before it is sent, runs with one --person count together', async (t) => {
	const { url, average, contribute } = await startRoom(t, { picturesPerPerson: 5 });
	const many = await contribute('--count', '6');
	t.is(many.code, 5);
	t.like(endingOf(t, many), { code: 'too-many-pictures' });
	t.like(endingOf(t, await contribute('--count', '5', '--person', 'me')), { accepted: 5 });
	const again = await contribute('--count', '5', '--person', 'me');
	t.is(again.code, 5);
	t.is(endingOf(t, again).code, 'all-refused');
	t.like(endingOf(t, await contribute('--count', '5')), { accepted: 5, rejected: 0 });
	const result = await average('--from', url, '--epsilon', '3');
	t.is(result.code, 0, result.stdout);
	const ending = endingOf(t, result);
	t.like(releaseOf(ending), { unit: 'person', picturesPerPerson: 5 });
	const { totalSigma } = noiseFor({ epsilon: 3, delta: 1e-6, picturesPerPerson: 5 }, 8, 192);
	t.true(Math.abs(Number(ending.noiseRmse) - totalSigma / 10) < 1e-9);
});

test('what cannot be written or compared is refused before anything of a budget is spent', async (t) => {
	const { url, cwd, holders, average, contribute } = await startRoom(t);
	t.is((await contribute('--count', '10')).code, 0);
	for (const [args, code] of [
		[['--out', 'a.gif'], 'unknown-picture-extension'],
		[['--reference', 'webcam'], 'bad-reference'],
	] as const) {
		const result = await average('--from', url, '--epsilon', '1', ...args);
		t.is(result.code, 2);
		t.is(endingOf(t, result).code, code);
	}
	const alone = await average('--from', url, '--pictures-per-person', '2');
	t.is(endingOf(t, alone).code, 'unused-option');
	t.deepEqual(
		(await holders.front.status()).map(({ spentRho }) => spentRho),
		[0, 0, 0],
	);
	t.deepEqual(await readdir(cwd), []);
	const person = await contribute('--count', '1', '--person', 'me');
	t.is(endingOf(t, person).code, 'unused-option');
});

test('on a terminal the question is asked with the figures that it is about, with --quiet too; no is a refusal', async (t) => {
	const { url, holders } = await startRoom(t);
	await holders.send(10, 1);
	const connection = await openConnection({ url });
	t.teardown(() => connection.close());
	const ask = async (quiet: boolean): Promise<{ asked: string; notes: readonly string[] }> => {
		const notes: string[] = [];
		const [stdin, stderr] = [new PassThrough(), new PassThrough({ encoding: 'utf8' })];
		stdin.end('n\n');
		const context = {
			...{ stdin: Object.assign(stdin, { isTTY: true }), stdout: { isTTY: true }, stderr, quiet, json: false },
			...{ abort: new AbortController(), reporter: { note: (line: string) => notes.push(line) } },
		};
		const wanted = { epsilon: 1, delta: 1e-6, picturesPerPerson: undefined, yes: false };
		const session = await fetchSession(connection, 'room');
		const refused = await t.throwsAsync(askForRelease(connection, session, wanted, context));
		t.is(refused?.message, 'nothing was released, and nothing of the budget was spent');
		return { asked: String(stderr.read()), notes };
	};
	const { asked, notes } = await ask(false);
	t.is(asked, 'Spend that? [y/N] ');
	t.regex(notes.join('\n'), /expected error [\d.]+ gray levels \(RMSE\) from 10 pictures[\s\S]*it costs [\d.]+ of the/);
	t.is((await ask(true)).asked, `${notes.join('\n')}\nSpend that? [y/N] `);
	for (const { spentRho } of await holders.front.status()) t.is(spentRho, 0);
});

function releaseOf({ privacy }: Fields): Fields {
	return Object(Reflect.get(Object(privacy), 'release'));
}

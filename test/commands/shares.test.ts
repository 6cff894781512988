import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readImage, writeImage } from '../../src/core/image/files.js';
import type { Image } from '../../src/core/image/image.js';
import { type CliResult, endingOf, type RunningCli, runCli, startCli } from '../helpers/run-cli.js';
import { startSharesRoom } from '../helpers/shares-room.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

const SIZE = { width: 16, height: 12 };

/** Numbers that differ from sample to sample, and whose mean with those of another even seed is whole. */
function picture(seed: number): Image {
	const samples = Uint8Array.from({ length: SIZE.width * SIZE.height }, (_, i) => (i * 34 + seed * 2) % 256);
	return { ...SIZE, channels: 1, samples };
}

async function collectOnShares(t: ExecutionContext, cwd: string, ...more: string[]) {
	const options = ['--mechanism', 'shares', '--parties', 'parties', '--port', '0', '--size', '16x12', '--json'];
	const run: RunningCli = startCli(t, ['collect', ...options, ...more], { cwd });
	const { url, count } = await run.until('listening');
	return { run, url: String(url), count };
}

async function describeServers(folder: string, parties: readonly unknown[]): Promise<void> {
	await mkdir(folder);
	await writeFile(join(folder, 'client.json'), JSON.stringify({ parties }));
}

/** Asks for the average until it is of so many pictures: the collector asks its servers a few times a second. */
async function averageOf(count: number, ask: () => Promise<CliResult>): Promise<CliResult> {
	for (;;) {
		const result = await ask();
		if (result.events.at(-1)?.count === count) return result;
	}
}

test('three servers, a collector and cameras, each a process: exact averages, and one with noise of one-bit pictures', async (t) => {
	t.timeout(300_000);
	const cwd = await temporaryFolder(t);
	const parties = startCli(t, ['parties', 'up', '--base-port', '0', '--json'], { cwd });
	// by a signal: its servers would outlive it otherwise
	t.teardown(() => parties.end());
	await parties.until('ready');
	const run = (...args: string[]): Promise<CliResult> => runCli(t, [...args, '--json'], { cwd });
	for (const seed of [0, 40]) await writeImage(join(cwd, `${seed}.png`), picture(seed));

	const exact = await collectOnShares(t, cwd, '--min-batch', '4', '--token', 'sesame');
	const send = ['contribute', '--to', exact.url];
	const stranger = await run(...send, '0.png');
	t.is(stranger.code, 5);
	t.like(endingOf(t, stranger), { code: 'token' });
	const camera = [...send, '--token', 'sesame'];
	// the three servers as somebody who may not use their token knows them, and with the certificate of another
	const servers = JSON.parse(await readFile(join(cwd, 'parties', 'client.json'), 'utf8'));
	await describeServers(join(cwd, 'known'), servers.parties);
	await describeServers(join(cwd, 'foreign'), [servers.parties[0], servers.parties[2], servers.parties[2]]);
	const foreign = await run(...camera, '0.png', '--parties', 'foreign');
	t.is(foreign.code, 5);
	t.like(endingOf(t, foreign), { code: 'other-servers' });
	t.regex(String(endingOf(t, foreign).message), /another party 1 than foreign: .*; nothing was sent/);
	t.like(endingOf(t, await run(...camera, '0.png', '--parties', 'known')), { accepted: 1, rejected: 0 });
	t.like(endingOf(t, await run(...camera, '0.png', '40.png', '40.png')), { accepted: 3, rejected: 0 });
	const ask = ['average', '--from', exact.url, '--token', 'sesame', '--out', 'exact.png'];
	const average = endingOf(t, await averageOf(4, () => run(...ask)));
	t.like(average, { expectedRmse: 0, out: 'exact.png' });
	t.is(Reflect.get(Object(average.privacy), 'release'), null);
	const [a, b] = [picture(0).samples, picture(40).samples];
	t.deepEqual(
		(await readImage(join(cwd, 'exact.png'))).samples,
		a.map((x, i) => (x + b[i]) / 2),
	);
	const said = await runCli(t, ask, { cwd });
	t.regex(said.stdout, /^guarantee: none, for sums are exact/m);
	const ended = await exact.run.end();
	t.is(ended.code, 130);
	t.like(endingOf(t, ended), { count: 4, store: './room.db' });
	const again = await collectOnShares(t, cwd, '--min-batch', '4');
	t.is(again.count, 4);
	await again.run.end();
	const other = await run('collect', '--mechanism', 'shares', '--parties', 'parties', '--port', '0', '--size', '8x8');
	t.is(other.code, 3);
	t.regex(String(endingOf(t, other).message), /another session: size 16x12 \(asked for 8x8\)/);

	const bits = ['--session', 'bits', '--bits', '1', '--epsilon', '4', '--delta', '1e-5'];
	const noisy = await collectOnShares(t, cwd, ...bits, '--store', 'bits.db', '--min-batch', '10');
	const inBits = ['--session', 'bits'];
	const sent = endingOf(t, await run('contribute', '0.png', '--to', noisy.url, ...inBits, '--count', '40'));
	t.like(sent, { accepted: 40 });
	const spend = ['average', '--from', noisy.url, ...inBits, '--epsilon', '4', '--delta', '1e-5', '--yes'];
	const release = endingOf(t, await run(...spend, '--out', 'noisy.png', '--reference', '0.png'));
	t.is(release.count, 40);
	// dithered bits and noise together, by four standard errors
	const ratio = Number(release.rmse) / Number(release.expectedRmse);
	t.true(ratio < 1 + 4 / Math.sqrt(2 * a.length) && ratio > 0.6, String(ratio));
	const early = await run(...spend);
	t.deepEqual([early.code, endingOf(t, early).code], [5, 'minimum-batch']);
	t.like(endingOf(t, await run('contribute', '0.png', '--to', noisy.url, ...inBits, '--count', '10')), {
		accepted: 10,
	});
	const beyond = await runCli(t, spend, { cwd });
	t.is(beyond.code, 5);
	t.regex(beyond.stderr, /^that is refused: at delta 1e-5 what is left allows at most --epsilon 0\.0\d+$/m);
	t.regex(beyond.stderr, /Nothing of the budget was spent/);

	t.is((await parties.end()).code, 130);
	const gone = await run('contribute', '0.png', '--to', noisy.url, ...inBits, '--retry-for', '0');
	t.is(gone.code, 4);
	t.like(endingOf(t, gone), { code: 'unreachable' });
	t.is((await noisy.run.end()).code, 130);
});

test('a camera waits for a server that is away when it begins, and says for which', async (t) => {
	const room = await startSharesRoom(t);
	await room.stop(1);
	const camera = startCli(t, ['contribute', 'test', '--to', room.url, '--count', '5', '--json']);
	const { message } = await camera.until('note', ({ message: said }) => /next try in/.test(String(said)));
	t.regex(String(message), /^party 1: .*no answer \(ECONNREFUSED\)/);
	await room.start(1);
	t.like(endingOf(t, await camera.ended), { accepted: 5, rejected: 0 });
});

test('Ctrl-C ends a camera with 130, and tells what was accepted', async (t) => {
	const room = await startSharesRoom(t);
	const camera = startCli(t, ['contribute', 'test', '--to', room.url, '--count', '100000', '--json']);
	await camera.until('progress', ({ done }) => Number(done) >= 20);
	const result = await camera.end();
	t.is(result.code, 130);
	const { event, accepted } = endingOf(t, result);
	t.is(event, 'result', result.stdout);
	t.true(Number(accepted) >= 20);
});

test('what a session on shares cannot be is refused with 2, and writes nothing', async (t) => {
	const cwd = await temporaryFolder(t);
	for (const [args, code] of [
		[['--mechanism', 'shares'], 'missing-option'],
		[['--parties', 'parties'], 'unused-option'],
		[['--bits', '1'], 'unused-option'],
		[['--mechanism', 'shares', '--amplitude', '9'], 'unused-option'],
		[['--mechanism', 'shares', '--delta', '1e-5'], 'unused-option'],
		[['--mechanism', 'shares', '--pictures-per-person', '3', '--room'], 'unused-option'],
	] as const) {
		const result = await runCli(t, ['collect', '--port', '0', ...args, '--json'], { cwd });
		t.deepEqual([result.code, endingOf(t, result).code], [2, code], args.join(' '));
	}
	const nowhere = await runCli(t, ['collect', '--mechanism', 'shares', '--parties', 'none', '--json'], { cwd });
	t.is(nowhere.code, 3);
	t.regex(String(endingOf(t, nowhere).message), /^none\/client\.json: there is no such file/);
});

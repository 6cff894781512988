import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { testPattern } from '../../src/core/camera/test-pattern.js';
import { toChannels } from '../../src/core/image/colour.js';
import { signed } from '../../src/core/image/compare.js';
import { largestChanges } from '../../src/core/subtract/display.js';
import { freePorts } from '../../src/services/free-ports.js';
import { endingOf, type Fields, type RunningCli, runCli, startCli } from '../helpers/run-cli.js';
import { startTestSubtractor } from '../helpers/subtractor.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

const SIZE = { width: 64, height: 48 };
const SMALL = ['--size', '64x48', '--interval-ms', '0', '--json'];

async function desk(t: ExecutionContext): Promise<{ cwd: string; url: string; folder: string }> {
	const cwd = await temporaryFolder(t);
	t.is((await runCli(t, ['keygen', '--out', 'owner'], { cwd })).code, 0);
	const { url, folder } = await startTestSubtractor(t);
	return { cwd, url, folder };
}

/** Pixels by which picture `index` of the test pattern differs from the one before by more than 30 gray levels. */
function expectedPixels(index: number): number {
	const [a, b] = [index, index - 1].map((at) => toChannels(testPattern(at, SIZE, 1), 1));
	return largestChanges(signed(a, b)).filter((change) => Math.abs(change) > 30).length;
}

function motions({ events }: { readonly events: readonly Fields[] }): Fields[] {
	return events.filter(({ event }) => event === 'motion');
}

test('a camera with the secret key uploads, and tells exactly how many pixels moved', async (t) => {
	const { cwd, url, folder } = await desk(t);
	const args = ['watch', '--server', url, '--source', 'test', '--count', '4', '--key', 'owner.key', ...SMALL];
	const result = await runCli(t, args, { cwd });
	t.is(result.code, 0, result.stderr);
	t.deepEqual(
		motions(result).map(({ movedPixels }) => movedPixels),
		[1, 2, 3].map(expectedPixels),
	);
	t.true(expectedPixels(1) > 0);
	t.like(endingOf(t, result), { event: 'result', uploaded: 4, compared: 3, moved: 3, refused: 0, missed: 0 });
	const names = await readdir(join(folder, 'frames', 'camera'));
	t.is(names.length, 4);
	// what lies there is encrypted: the pattern's rows are nowhere in it
	const frame = await readFile(join(folder, 'frames', 'camera', names[0]));
	t.is(frame.indexOf(testPattern(0, SIZE, 1).samples.subarray(0, 32)), -1);
});

test('a camera with the public key uploads, and the owner follows it from another place', async (t) => {
	const { cwd, url } = await desk(t);
	const camera = (count: string): string[] => [
		...['watch', '--server', url, '--source', 'test', '--camera', 'hall', '--count', count, '--to', 'owner.pub'],
		...SMALL,
	];
	// what was there before is no news
	t.is((await runCli(t, camera('3'), { cwd })).code, 0);
	const owner = startCli(
		t,
		[
			'watch',
			'--server',
			url,
			'--camera',
			'hall',
			'--untagged',
			'--key',
			'owner.key',
			'--interval-ms',
			'20',
			'--count',
			'2',
			'--json',
		],
		{ cwd },
	);
	await owner.until('following');
	const sent = await runCli(t, camera('2'), { cwd });
	t.like(endingOf(t, sent), { uploaded: 2, compared: 0 });
	t.is(motions(sent).length, 0);
	const followed = await owner.ended;
	t.is(followed.code, 0, followed.stderr);
	t.like(endingOf(t, followed), { uploaded: 0, compared: 2 });
	t.is(motions(followed)[1].movedPixels, expectedPixels(1));
	t.true(followed.events.some(({ event, message }) => event === 'warning' && /nothing proves/.test(String(message))));
});

test('a camera waits for a subtractor that is away, and Ctrl-C ends it with what was done', async (t) => {
	const { cwd } = await desk(t);
	const serve = async (port: string): Promise<{ run: RunningCli; url: string }> => {
		const run = startCli(t, ['subtractor', '--json', '--port', port], { cwd });
		return { run, url: String((await run.until('listening')).url) };
	};
	const [port] = (await freePorts(1)).map(String);
	const first = await serve(port);
	const args = ['watch', '--server', first.url, '--source', 'test', '--key', 'owner.key', '--size', '64x48'];
	const camera = startCli(t, [...args, '--interval-ms', '20', '--json'], { cwd });
	await camera.until('motion');
	await first.run.end();
	await camera.until('note', ({ message }) => /next try in/.test(String(message)));
	const before = camera.child.exitCode;
	await serve(port);
	let later = 0;
	await camera.until('motion', ({ number }) => {
		later = Math.max(later, Number(number));
		return later >= 3;
	});
	const result = await camera.end('SIGINT');
	t.is(before, null);
	t.is(result.code, 130);
	const ending = endingOf(t, result);
	t.is(ending.event, 'result');
	t.is(ending.compared, motions(result).length);
});

test('what a watch lacks is told in a sentence', async (t) => {
	const { cwd, url } = await desk(t);
	const refused = async (code: number, ...args: string[]): Promise<Fields> => {
		const result = await runCli(t, ['watch', '--server', url, '--json', ...args], { cwd });
		t.is(result.code, code, result.stdout);
		return endingOf(t, result);
	};
	t.like(await refused(2, '--source', 'test'), { code: 'key-needed' });
	t.like(await refused(2, '--to', 'owner.pub'), { code: 'key-needed' });
	t.like(await refused(2, '--key', 'owner.key', '--to', 'owner.pub'), { code: 'key-needed' });
	t.like(await refused(2, '--key', 'owner.key', '--camera', '../x'), { code: 'bad-option' });
	t.like(await refused(3, '--key', 'owner.key', '--source', 'none.png'), { code: 'missing-file' });
	t.like(await refused(3, '--key', 'owner.pub', '--source', 'test'), { event: 'error' });
});

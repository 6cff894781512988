import { copyFile, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { faces } from '../helpers/fixtures.js';
import { startServer } from '../helpers/http.js';
import { endingOf, type Fields, type RunningCli, runCli, startCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

interface Desk {
	readonly cwd: string;
	ok(line: string): Promise<Fields>;
	refused(line: string, exitCode: number): Promise<Fields>;
	listen(line: string): Promise<{ readonly run: RunningCli; readonly fields: Fields; readonly url: string }>;
}

/** A folder with two encrypted pictures and their owner's key. */
async function desk(t: ExecutionContext): Promise<Desk> {
	const cwd = await temporaryFolder(t);
	const run = async (line: string, exitCode: number): Promise<Fields> => {
		const result = await runCli(t, [...line.split(' '), '--json'], { cwd });
		t.is(result.code, exitCode, `${line}\n${result.stdout}${result.stderr}`);
		return endingOf(t, result);
	};
	await copyFile(faces[0], join(cwd, 'one.jpg'));
	await copyFile(faces[1], join(cwd, 'two.jpg'));
	await run('keygen --out owner', 0);
	await run('encrypt one.jpg two.jpg --key owner.key', 0);
	return {
		cwd,
		ok: (line) => run(line, 0),
		refused: run,
		async listen(line) {
			const server = startCli(t, [...line.split(' '), '--json', '--port', '0'], { cwd });
			const fields = await server.until('listening');
			return { run: server, fields, url: String(fields.url) };
		},
	};
}

test('subtract --server gives the very difference that subtract gives, and the owner decrypts it', async (t) => {
	const { cwd, ok, listen } = await desk(t);
	const { url, run } = await listen('subtractor');
	const there = await ok(`subtract one.vct two.vct --server ${url} --out there.vct`);
	t.is(there.bytes, (await stat(join(cwd, 'there.vct'))).size);
	await ok('subtract one.vct two.vct --out here.vct');
	t.deepEqual(await readFile(join(cwd, 'there.vct')), await readFile(join(cwd, 'here.vct')));
	t.like(await ok('decrypt there.vct --key owner.key --of one.vct,two.vct'), { verified: true });
	const ended = await run.end('SIGTERM');
	t.is(ended.code, 130);
	t.like(endingOf(t, ended), { event: 'result', differences: 1, uploads: 0, frames: 0, store: './frames' });
});

test('over TLS with a token: the pinned certificate and the right token are wanted, and the token is shown nowhere', async (t) => {
	const { cwd, ok, refused, listen } = await desk(t);
	const { url, fields, run } = await listen('subtractor --tls self --token open-sesame --store hall');
	t.regex(url, /^https:/);
	const ask = `subtract one.vct two.vct --server ${url} --out there.vct`;
	t.is((await stat(join(cwd, 'hall', 'tls.pem'))).mode & 0o777, 0o600);
	await ok(`${ask} --fingerprint ${String(fields.fingerprint)} --token open-sesame`);
	await ok(`${ask} --ca hall/tls.pem --token open-sesame`);
	t.like(await refused(`${ask} --fingerprint ${String(fields.fingerprint)}`, 5), { code: 'token' });
	t.like(await refused(`${ask} --token open-sesame`, 5), { code: 'certificate' });
	t.like(await refused(`${ask} --fingerprint ${'0'.repeat(64)} --token open-sesame`, 5), { code: 'other-certificate' });
	const { stdout, stderr } = await run.end();
	t.notRegex(stdout + stderr, /sesame/);
});

test('what cannot be subtracted is told before anything is sent, and a failing server leaves no file behind', async (t) => {
	const { cwd, refused, listen } = await desk(t);
	const { url, run } = await listen('subtractor');
	t.like(await refused(`subtract one.vct one.vct --server ${url}`, 3), { code: 'same-frame' });
	t.like(await refused(`subtract one.vct missing.vct --server ${url}`, 3), { code: 'missing-file' });
	t.like(await refused('subtract one.vct two.vct --server here', 2), { code: 'bad-url' });
	t.like(await refused('subtract one.vct two.vct --token x', 2), { code: 'unused-option' });
	await run.end();
	t.like(await refused(`subtract one.vct two.vct --server ${url} --retry-for 0`, 4), { code: 'unreachable' });
	t.like(await refused('subtract one.vct two.vct --retry-for 5', 2), { code: 'unused-option' });
	t.false((await readdir(cwd)).includes('difference.vct'));
});

test('subtract --server waits for a subtractor that has no place, as long as it says', async (t) => {
	const { cwd, ok, refused } = await desk(t);
	await ok('subtract one.vct two.vct --out here.vct');
	const difference = await readFile(join(cwd, 'here.vct'));
	let asked = 0;
	const url = await startServer(t, async () => {
		asked++;
		if (asked > 2) return { body: difference };
		return { status: 429, headers: { 'retry-after': '0.3' }, body: Buffer.from('{"message":"too many"}') };
	});
	const startedMs = performance.now();
	await ok(`subtract one.vct two.vct --server ${url} --out there.vct`);
	t.true(performance.now() - startedMs >= 600);
	t.is(asked, 3);
	t.deepEqual(await readFile(join(cwd, 'there.vct')), difference);
	asked = 0;
	t.like(await refused(`subtract one.vct two.vct --server ${url} --retry-for 0.1`, 4), { code: 'overload' });
	t.is(asked, 1);
	t.false((await readdir(cwd)).includes('difference.vct'));
});

test('a port or a folder that is taken ends with a sentence', async (t) => {
	const { refused, listen } = await desk(t);
	const { url } = await listen('subtractor');
	const { port } = new URL(url);
	t.like(await refused(`subtractor --port ${port} --store other`, 4), { code: 'port-in-use' });
	t.like(await refused('subtractor --port 0', 3), { code: 'store-in-use' });
	t.like(await refused('subtractor --port 0 --store one.jpg', 3), { code: 'store-not-opened' });
	t.like(await refused('subtractor --port 0 --keep 0', 2), { code: 'bad-option' });
});

import { X509Certificate } from 'node:crypto';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { generate } from 'selfsigned';
import { startTestCollector } from '../helpers/collector.js';
import { openRaw, putReport } from '../helpers/http.js';
import { onePixel, reportId } from '../helpers/reports.js';
import { type CliOptions, endingOf, type RunningCli, runCli, startCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

const SMALL = ['collect', '--json', '--port', '0', '--size', '8x8', '--min-batch', '2'];

async function listen(t: ExecutionContext, args: readonly string[], options: CliOptions = {}) {
	const cwd = options.cwd ?? (await temporaryFolder(t));
	const run: RunningCli = startCli(t, args, { ...options, cwd });
	const fields = await run.until('listening');
	return { run, cwd, fields, url: String(fields.url) };
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	test(`${signal} ends a collector with 130 and one result; what was accepted is there the next time`, async (t) => {
		const { run, cwd, url, fields } = await listen(t, SMALL);
		t.like(fields, { count: 0, session: 'room', fingerprint: undefined });
		t.is(fields.page, `${url}/`);
		for (const n of [1, 2, 3]) await putReport(url, reportId(n), onePixel(n));
		const idle = await openRaw(t, url);
		idle.socket.write('GET /healthz HTTP/1.1\r\nhost: here\r\n');
		const result = await run.end(signal);
		t.is(result.code, 130);
		t.deepEqual(endingOf(t, result), { event: 'result', count: 3, duplicates: 0, store: './room.db' });
		// all of it lies in the one file; that of the lock is empty, and stays
		t.deepEqual(await readdir(cwd), ['room.db', 'room.db.lock']);
		const again = await listen(t, SMALL, { cwd });
		t.is(again.fields.count, 3);
		t.is((await putReport(again.url, reportId(3), onePixel(3))).status, 200);
		await again.run.end();
	});
}

test('a second SIGINT ends a collector at once', async (t) => {
	const { run } = await listen(t, SMALL);
	run.child.kill('SIGINT');
	const { code } = await run.end('SIGINT');
	t.is(code, 130);
});

test('without --json the address is told on stderr, and stdout carries the result alone', async (t) => {
	const cwd = await temporaryFolder(t);
	const run = startCli(t, ['collect', '--port', '0'], { cwd });
	await new Promise<void>((resolve) => {
		run.child.stderr?.on('data', (chunk: Buffer) => {
			if (/listening: url http:\/\/127\.0\.0\.1:\d+/.test(chunk.toString())) resolve();
		});
	});
	const { code, stdout } = await run.end();
	t.is(code, 130);
	t.is(stdout, 'the sums of 0 pictures are kept in ./room.db\n');
});

test('a port that is taken ends with 4 and leaves the store usable', async (t) => {
	const { url } = await startTestCollector(t);
	const cwd = await temporaryFolder(t);
	const { port } = new URL(url);
	const args = SMALL.map((arg) => (arg === '0' ? port : arg));
	const result = await runCli(t, args, { cwd });
	t.is(result.code, 4);
	t.like(endingOf(t, result), {
		code: 'port-in-use',
		message: `127.0.0.1:${port}: another program is listening there`,
	});
	// a store that this run has made for nothing is not left behind
	t.deepEqual(await readdir(cwd), []);
	const { run } = await listen(t, SMALL, { cwd });
	await run.end();
	const kept = await readFile(join(cwd, 'room.db'));
	t.is((await runCli(t, args, { cwd })).code, 4);
	t.deepEqual(await readdir(cwd), ['room.db', 'room.db.lock']);
	t.deepEqual(await readFile(join(cwd, 'room.db')), kept);
});

test('an address that is not of this machine ends with 4', async (t) => {
	const cwd = await temporaryFolder(t);
	const result = await runCli(t, ['collect', '--json', '--port', '0', '--host', '192.0.2.1'], { cwd });
	t.is(result.code, 4);
	t.like(endingOf(t, result), { code: 'no-such-address' });
});

test('a store that cannot be used ends with 3, in a sentence', async (t) => {
	const cwd = await temporaryFolder(t);
	await writeFile(join(cwd, 'diary.txt'), 'Dear diary\n'.repeat(1000));
	const first = await listen(t, SMALL, { cwd });
	const stores: [string[], string][] = [
		[['--store', 'diary.txt'], 'not-a-store'],
		[['--store', 'none/room.db'], 'store-not-opened'],
		[['--store', '.'], 'store-not-opened'],
		[[], 'store-in-use'],
	];
	for (const [args, code] of stores) {
		const result = await runCli(t, [...SMALL, ...args], { cwd });
		t.is(result.code, 3, result.stdout);
		t.is(endingOf(t, result).code, code);
	}
	await first.run.end();
	const other = await runCli(t, [...SMALL, '--epsilon', '1'], { cwd });
	t.is(other.code, 3);
	t.regex(
		String(endingOf(t, other).message),
		/^\.\/room\.db: the store of another session: mechanism .*2.* \(asked for .*1/,
	);
	t.is((await readFile(join(cwd, 'diary.txt'), 'utf8')).length, 11_000);
});

test('listening wider than this machine without TLS or token is warned of', async (t) => {
	const { run } = await listen(t, [...SMALL, '--host', '0.0.0.0']);
	const warnings = (await run.end()).events
		.filter(({ event }) => event === 'warning')
		.map(({ message }) => String(message));
	t.is(warnings.length, 2);
	t.regex(warnings.join('\n'), /without TLS.*--tls self.*\n.*without a token.*--token/);
	const safe = await listen(t, [...SMALL, '--host', '0.0.0.0', '--tls', 'self', '--token', 'secret']);
	t.deepEqual(
		(await safe.run.end()).events.filter(({ event }) => event === 'warning'),
		[],
	);
});

test('the token may come from the environment, and is shown nowhere', async (t) => {
	const { run, url } = await listen(t, SMALL, { env: { VEILCAM_TOKEN: 'open-sesame' } });
	t.is((await putReport(url, reportId(1), onePixel(1))).status, 401);
	t.is((await putReport(url, reportId(1), onePixel(1), { authorization: 'Bearer open-sesame' })).status, 201);
	const { stdout, stderr } = await run.end();
	t.notRegex(stdout + stderr, /sesame/);
});

test('a self-signed certificate is kept with its key in a file of mode 0600, and pinned by clients', async (t) => {
	const cwd = await temporaryFolder(t);
	const args = [...SMALL, '--tls', 'self'];
	const first = await listen(t, args, { cwd });
	const fingerprint = String(first.fields.fingerprint);
	t.regex(fingerprint, /^[0-9a-f]{64}$/);
	t.regex(first.url, /^https:/);
	const file = join(cwd, 'room.db.tls.pem');
	t.is((await stat(file)).mode & 0o777, 0o600);
	const pem = await readFile(file, 'utf8');
	t.is(new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase(), fingerprint);
	await first.run.end();

	const second = await listen(t, args, { cwd });
	t.is(second.fields.fingerprint, fingerprint);
	const contribute = (...more: string[]) =>
		runCli(t, ['contribute', 'test', '--to', second.url, '--count', '2', '--retry-for', '0', '--json', ...more], {
			cwd,
		});

	const colons = fingerprint.toUpperCase().replace(/..(?=.)/g, '$&:');
	const wrong = await contribute(
		'--fingerprint',
		fingerprint.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
	);
	t.is(wrong.code, 5);
	t.like(endingOf(t, wrong), { code: 'other-certificate' });
	const untrusted = await contribute();
	t.is(untrusted.code, 5);
	t.like(endingOf(t, untrusted), { code: 'certificate' });
	t.regex(String(endingOf(t, untrusted).hint), /--fingerprint.*--ca/);
	const noPem = await contribute('--ca', 'room.db');
	t.is(noPem.code, 3, noPem.stdout);
	const pinned = await contribute('--fingerprint', colons);
	t.is(pinned.code, 0, pinned.stdout);
	t.like(endingOf(t, pinned), { accepted: 2 });
	const byFile = await contribute('--ca', 'room.db.tls.pem');
	t.like(endingOf(t, byFile), { accepted: 2 });

	const average = await runCli(t, ['average', '--from', second.url, '--json', '--fingerprint', fingerprint], { cwd });
	t.like(endingOf(t, average), { event: 'result', count: 4 });
	const refused = await runCli(t, ['average', '--from', second.url, '--json'], { cwd });
	t.is(refused.code, 5);
	const { events } = await second.run.end();
	// only what was pinned or vouched for was sent
	t.like(events.at(-1) ?? {}, { count: 4 });
});

test('a certificate of its own, signed by an authority, is trusted by --ca and by its fingerprint', async (t) => {
	const cwd = await temporaryFolder(t);
	const authority = await generate([{ name: 'commonName', value: 'Test authority' }], {
		keyType: 'ec',
		algorithm: 'sha256',
		extensions: [
			{ name: 'basicConstraints', cA: true, critical: true },
			{ name: 'keyUsage', keyCertSign: true, critical: true },
		],
	});
	const server = await generate([{ name: 'commonName', value: 'localhost' }], {
		keyType: 'ec',
		algorithm: 'sha256',
		ca: { key: authority.private, cert: authority.cert },
		extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
	});
	const files = { 'ca.pem': authority.cert, 'cert.pem': server.cert, 'key.pem': server.private };
	for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
	await chmod(join(cwd, 'key.pem'), 0o600);

	for (const [pair, code] of [
		['key.pem,cert.pem', 'not-a-certificate'],
		['ca.pem,key.pem', 'not-its-key'],
		['cert.pem,cert.pem', 'not-its-key'],
		['none.pem,key.pem', 'file-not-read'],
	]) {
		const result = await runCli(t, [...SMALL, '--tls', pair], { cwd });
		t.is(result.code, 3, pair);
		t.is(endingOf(t, result).code, code);
	}

	const { run, url, fields } = await listen(t, [...SMALL, '--tls', 'cert.pem,key.pem'], { cwd });
	const contribute = (...more: string[]) =>
		runCli(t, ['contribute', 'test', '--to', url, '--retry-for', '0', '--json', ...more], { cwd });
	t.like(endingOf(t, await contribute('--ca', 'ca.pem')), { accepted: 1 });
	t.like(endingOf(t, await contribute('--fingerprint', String(fields.fingerprint))), { accepted: 1 });
	const untrusted = await contribute();
	t.is(untrusted.code, 5);
	t.like(endingOf(t, untrusted), { code: 'certificate' });
	t.like((await run.end()).events.at(-1) ?? {}, { count: 2 });
});

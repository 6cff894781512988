import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readImage, writeImage } from '../../src/core/image/files.js';
import { freePorts } from '../../src/services/free-ports.js';
import { startTestCollector } from '../helpers/collector.js';
import { send, startServer, until } from '../helpers/http.js';
import { needs } from '../helpers/needs.js';
import { endingOf, runCli, startCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

const contribute = (url: string, ...more: string[]): string[] => ['contribute', 'test', '--to', url, '--json', ...more];

test('pictures are accepted, and what protects them is said before', async (t) => {
	const { url, collector } = await startTestCollector(t, { width: 32, height: 24 });
	const cwd = await temporaryFolder(t);
	const result = await runCli(t, contribute(url, '--count', '30', '--preview', 'preview.png'), { cwd });
	t.is(result.code, 0);
	t.like(endingOf(t, result), { event: 'result', accepted: 30, duplicates: 0, rejected: 0, preview: 'preview.png' });
	const [first] = result.events;
	t.is(first.event, 'privacy');
	t.is(collector.count, 30);
	const { width, height } = await readImage(join(cwd, 'preview.png'));
	t.true(width >= 3 * 32 && height === 24, 'original, upload and reconstruction stand side by side');
	const progress = result.events.filter(({ event }) => event === 'progress');
	t.like(progress.at(-1) ?? {}, { done: 30, total: 30 });
	t.is(result.stderr, '');
});

test('--dry-run sends nothing', async (t) => {
	const { url, collector } = await startTestCollector(t, { width: 32, height: 24 });
	const result = await runCli(t, contribute(url, '--count', '30', '--dry-run'));
	t.is(result.code, 0);
	t.like(endingOf(t, result), { accepted: 0 });
	t.is(collector.count, 0);
});

test('files and folders are sent once each, and over again with --count; what is no picture is left out with a note', async (t) => {
	const { url, collector } = await startTestCollector(t, { width: 8, height: 8 });
	const cwd = await temporaryFolder(t);
	await mkdir(join(cwd, 'room'));
	const gray = { width: 8, height: 8, channels: 1, samples: new Uint8Array(64).fill(90) } as const;
	for (const name of ['room/a.png', 'room/b.png', 'c.png']) await writeImage(join(cwd, name), gray);
	await writeFile(join(cwd, 'room', 'broken.png'), 'Dear diary');
	const run = (...more: string[]) => runCli(t, ['contribute', ...more, '--to', url, '--json'], { cwd });
	const once = await run('room', 'c.png');
	t.like(endingOf(t, once), { accepted: 3 });
	t.true(once.events.some(({ event, message }) => event === 'note' && /left out .*broken\.png/.test(String(message))));
	t.like(endingOf(t, await run('c.png', '--count', '5')), { accepted: 5 });
	t.is(collector.count, 8);
	const missing = await run('none.png');
	t.is(missing.code, 3);
	t.regex(String(endingOf(t, missing).message), /^none\.png: /);
	const diary = await run('room/broken.png');
	t.is(diary.code, 3);
	t.is(collector.count, 8);
});

for (const seconds of ['0', '1']) {
	test(`a collector that is not there ends with 4 after --retry-for ${seconds}`, async (t) => {
		const { url, collector } = await startTestCollector(t);
		await collector.close();
		const startedMs = performance.now();
		const result = await runCli(t, contribute(url, '--retry-for', seconds));
		t.is(result.code, 4);
		t.like(endingOf(t, result), { event: 'error', code: 'unreachable' });
		t.regex(String(endingOf(t, result).message), /^127\.0\.0\.1:\d+: no answer \(ECONNREFUSED\)/);
		t.true(performance.now() - startedMs < 30_000);
		t.is(
			result.events.some(({ event }) => event === 'note'),
			seconds === '1',
		);
	});
}

test('a collector that comes while it is waited for gets everything', async (t) => {
	const [port] = await freePorts(1);
	const first = await startTestCollector(t, {}, { port });
	await first.collector.close();
	const { storeFile, url } = first;
	const run = startCli(t, contribute(url, '--count', '5'));
	await run.until('note', ({ message }) => /next try in/.test(String(message)));
	const again = await startTestCollector(t, {}, { storeFile, port });
	const result = await run.ended;
	t.is(result.code, 0);
	t.like(endingOf(t, result), { accepted: 5, duplicates: 0 });
	t.is(again.collector.count, 5);
});

test('a session that is too weak is refused with 5, and nothing is sent', async (t) => {
	const cases = [
		{ mechanism: { kind: 'one-bit', epsilon: 2 }, floor: ['--at-least-epsilon', '1'] },
		{ mechanism: { kind: 'uniform', amplitude: 128 }, floor: ['--at-least-amplitude', '200'] },
		{ mechanism: { kind: 'uniform', amplitude: 128 }, floor: ['--at-least-epsilon', '100'] },
		{ mechanism: { kind: 'one-bit', epsilon: 2 }, floor: ['--at-least-amplitude', '1'] },
	] as const;
	for (const { mechanism, floor } of cases) {
		const { url, collector } = await startTestCollector(t, { mechanism });
		const result = await runCli(t, contribute(url, ...floor, '--preview', '/nowhere/x.png'));
		t.is(result.code, 5);
		t.like(endingOf(t, result), { code: 'session-too-weak' });
		t.regex(String(endingOf(t, result).message), /nothing was sent$/);
		t.is(collector.count, 0);
	}
	const { url } = await startTestCollector(t);
	t.is((await runCli(t, contribute(url, '--at-least-epsilon', '2.1'))).code, 0);
});

test('a missing or wrong token ends with 5, a wrong session with 4', async (t) => {
	const { url, collector } = await startTestCollector(t, {}, { token: 'open-sesame' });
	for (const more of [[], ['--token', 'open']]) {
		const result = await runCli(t, contribute(url, ...more));
		t.is(result.code, 5);
		t.like(endingOf(t, result), { code: 'token' });
		t.regex(String(endingOf(t, result).hint), /--token.*VEILCAM_TOKEN/);
	}
	const session = await runCli(t, contribute(url, '--token', 'open-sesame', '--session', 'hall'));
	t.is(session.code, 4);
	t.like(endingOf(t, session), { code: 'no-such-session' });
	t.is(collector.count, 0);
	t.is((await runCli(t, contribute(url), { env: { VEILCAM_TOKEN: 'open-sesame' } })).code, 0);
	t.is(collector.count, 1);
});

test('a server that is no collector ends with 4', async (t) => {
	const { createServer: createHttpServer } = await import('node:http');
	const server = createHttpServer((_request, response) => response.end('<html>hello</html>'));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.teardown(() => server.close());
	const { port } = server.address() as AddressInfo;
	const result = await runCli(t, contribute(`http://127.0.0.1:${port}`, '--retry-for', '0'));
	t.is(result.code, 4);
	t.like(endingOf(t, result), { code: 'not-a-collector' });
});

test('a collector that describes another session than the asked one gets nothing: 4', async (t) => {
	const { url, collector } = await startTestCollector(t, { name: 'hall' });
	const asked: string[] = [];
	const proxy = await startServer(t, (path, method) => {
		asked.push(method);
		return send(url, method, path.replace('/room/', '/hall/'));
	});
	const result = await runCli(t, contribute(proxy, '--retry-for', '0'));
	t.is(result.code, 4, result.stdout);
	t.like(endingOf(t, result), { code: 'other-session' });
	t.regex(String(endingOf(t, result).message), /asked for session "room", it describes "hall"$/);
	t.deepEqual(asked, ['GET']);
	t.is(collector.count, 0);
});

test('an upload that is answered with 500 is sent again, the same bytes, within --retry-for', async (t) => {
	const { url, collector } = await startTestCollector(t);
	const sent: string[] = [];
	let failures = 2;
	const proxy = await startServer(t, async (path, method, body) => {
		if (method === 'PUT') sent.push(`${path} ${body.toString('hex')}`);
		if (method === 'PUT' && failures-- > 0) return { status: 500, body: Buffer.from('oops') };
		return send(url, method, path, { body });
	});
	const result = await runCli(t, contribute(proxy, '--count', '1'));
	t.is(result.code, 0, result.stdout);
	t.like(endingOf(t, result), { accepted: 1, rejected: 0 });
	t.is(sent.length, 3);
	t.is(new Set(sent).size, 1);
	t.is(collector.count, 1);
	failures = 1_000_000;
	const never = await runCli(t, contribute(proxy, '--retry-for', '0'));
	t.is(never.code, 4);
	t.like(endingOf(t, never), { code: 'gave-up' });
});

/** Forwards connections; `fateOf` decides for each piece of an answer what becomes of it. */
async function startProxy(t: ExecutionContext, target: string, fateOf: () => 'pass' | 'break' | 'swallow') {
	const open = new Set<Socket>();
	const { port: targetPort } = new URL(target);
	const server = createServer((near) => {
		const far = connect(Number(targetPort), '127.0.0.1');
		for (const socket of [near, far]) {
			open.add(socket);
			socket.on('error', () => {});
			socket.on('close', () => {
				near.destroy();
				far.destroy();
			});
		}
		near.on('data', (chunk) => far.write(chunk));
		far.on('data', (chunk) => {
			const fate = fateOf();
			if (fate === 'break') near.destroy();
			else if (fate === 'pass') near.write(chunk);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	t.teardown(() => {
		for (const socket of open) socket.destroy();
		server.close();
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('reports whose answers are lost are sent again, and counted once', async (t) => {
	const { url, collector } = await startTestCollector(t);
	let answers = 0;
	// the first answer describes the session; then every third is lost
	const proxy = await startProxy(t, url, () => (++answers > 1 && answers % 3 === 0 ? 'break' : 'pass'));
	const result = await runCli(t, contribute(proxy, '--count', '40'));
	t.is(result.code, 0, result.stdout);
	t.like(endingOf(t, result), { accepted: 40, duplicates: 0, rejected: 0 });
	t.is(collector.count, 40);
	t.true(collector.duplicates >= 5);
});

test('a run that was killed goes on with --resume: everything is counted once, and its secret is removed at the end', async (t) => {
	const { url, collector } = await startTestCollector(t);
	const cwd = await temporaryFolder(t);
	const file = join(cwd, 'run.json');
	const args = contribute(url, '--count', '400', '--resume', file);
	const first = startCli(t, args);
	await until(() => collector.count >= 50);
	first.child.kill('SIGKILL');
	await first.ended;
	t.is((await stat(file)).mode & 0o777, 0o600);
	const { settledCount } = JSON.parse(await readFile(file, 'utf8'));
	const other = await runCli(t, contribute(url, '--count', '401', '--resume', file));
	t.is(other.code, 3);
	t.like(endingOf(t, other), { code: 'other-run' });
	// by now what the first run had on its way has been counted
	const held = collector.count;
	t.true(held < 400 && settledCount <= held);

	const second = await runCli(t, args);
	t.is(second.code, 0);
	t.is(collector.count, 400);
	t.like(endingOf(t, second), { accepted: 400 - held, duplicates: held - Number(settledCount), rejected: 0 });
	t.false(existsSync(file));
});

test('a run that is sent again with the same ids reports duplicates', async (t) => {
	const { url, collector } = await startTestCollector(t);
	const cwd = await temporaryFolder(t);
	const file = join(cwd, 'run.json');
	const args = contribute(url, '--count', '200', '--resume', file);
	const run = startCli(t, args);
	await until(() => existsSync(file));
	const state = JSON.parse(await readFile(file, 'utf8'));
	t.is((await run.ended).code, 0);
	await writeFile(file, JSON.stringify({ ...state, settledCount: 0 }));
	const again = await runCli(t, args);
	t.like(endingOf(t, again), { accepted: 0, duplicates: 200 });
	t.is(collector.count, 200);
});

test('a collector that is restarted during an upload counts what the client says', async (t) => {
	const [port] = await freePorts(1);
	const first = await startTestCollector(t, {}, { port });
	const { storeFile, url } = first;
	const run = startCli(t, contribute(url, '--count', '600'));
	await until(() => first.collector.count >= 60);
	await first.collector.close();
	const second = await startTestCollector(t, {}, { storeFile, port });
	const result = await run.ended;
	t.is(result.code, 0, result.stdout);
	t.like(endingOf(t, result), { accepted: 600, duplicates: 0, rejected: 0 });
	t.is(second.collector.count, 600);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	test(`${signal} ends a run with 130, and accepted reports stay`, async (t) => {
		const { url, collector } = await startTestCollector(t, { width: 64, height: 64 });
		const run = startCli(t, contribute(url, '--count', '100000'));
		await until(() => collector.count >= 20);
		const result = await run.end(signal);
		t.is(result.code, 130);
		const ending = endingOf(t, result);
		t.is(ending.event, 'result');
		t.is(Number(ending.accepted), collector.count);
	});
}

test('SIGINT ends a run that waits for a collector', async (t) => {
	const { url, collector } = await startTestCollector(t);
	await collector.close();
	const run = startCli(t, contribute(url));
	await run.until('note');
	const result = await run.end();
	t.is(result.code, 130);
	t.like(endingOf(t, result), { code: 'interrupted' });
});

for (const silentAfter of [0, 1]) {
	test(`SIGINT ends a run whose collector falls silent after ${silentAfter} answers`, async (t) => {
		const { url } = await startTestCollector(t);
		let answers = 0;
		let isAsked: () => void = () => {};
		const asked = new Promise<void>((resolve) => {
			isAsked = resolve;
		});
		const proxy = await startProxy(t, url, () => {
			if (++answers <= silentAfter) return 'pass';
			isAsked();
			return 'swallow';
		});
		const run = startCli(t, contribute(proxy, '--count', '40', '--retry-for', '3600'));
		await asked;
		const startedMs = performance.now();
		const result = await run.end();
		t.is(result.code, 130);
		t.like(endingOf(t, result), { code: 'interrupted' });
		t.true(performance.now() - startedMs < 15_000);
	});
}

test('--source webcam takes pictures with the program of this machine, and is a source like the others', async (t) => {
	if (!needs(t, 'fswebcam')) return;
	const { url, collector } = await startTestCollector(t, { width: 32, height: 24 });
	const camera = ['--source', 'webcam', '--device', 'TEST'];
	const result = await runCli(t, ['contribute', ...camera, '--to', url, '--count', '3', '--json']);
	t.is(result.code, 0, result.stderr);
	t.like(endingOf(t, result), { event: 'result', accepted: 3 });
	t.is(collector.count, 3);
	const mixed = await runCli(t, ['contribute', 'test', ...camera, '--to', url, '--json']);
	t.like(endingOf(t, mixed), { event: 'error', code: 'mixed-sources' });
});

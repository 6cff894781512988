import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { endParties } from '../../../src/services/party/end-parties.js';
import { identityOf, isAlive } from '../../../src/services/party/process-identity.js';
import { claimFolder, readRunning } from '../../../src/services/party/running-file.js';
import { faces } from '../../helpers/fixtures.js';
import { until } from '../../helpers/http.js';
import { endingOf, type Fields, runCli, startCli } from '../../helpers/run-cli.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

const never = new AbortController().signal;

function numbersOf(value: unknown): number[] {
	return Array.isArray(value) ? value.map(Number) : [];
}

/** Three parties in the background of a fresh folder, gone with the test. */
async function startBackground(t: ExecutionContext): Promise<{ cwd: string; dir: string; fields: Fields }> {
	const cwd = await temporaryFolder(t);
	const dir = join(cwd, 'parties');
	t.teardown(() => endParties(dir, never));
	const up = await runCli(t, ['parties', 'up', '--detach', '--base-port', '0', '--json'], { cwd });
	t.is(up.code, 0, up.stdout + up.stderr);
	const ready = up.events.find(({ event }) => event === 'ready') ?? {};
	t.like(up.events.at(-1), { ...ready, event: 'result' });
	return { cwd, dir, fields: ready };
}

/** A process of this test's that lives until it is told. */
function startBystander(t: ExecutionContext): number {
	const child = spawn('sleep', ['600'], { stdio: 'ignore' });
	t.teardown(() => void child.kill('SIGKILL'));
	return child.pid ?? 0;
}

test('up --detach returns when jobs can come, its parties outlive it, and down ends them all', async (t) => {
	t.timeout(300_000);
	const { cwd, dir, fields } = await startBackground(t);
	const pids = [Number(fields.supervisor), ...numbersOf(fields.pids)];
	t.is(new Set(pids).size, 4);
	const filtered = await runCli(t, ['filter', 'edges', faces[0], '--out', 'edges.png'], { cwd });
	t.is(filtered.code, 0, filtered.stderr);
	for (const name of ['parties.log', 'running.json']) t.is(statSync(join(dir, name)).mode & 0o777, 0o600);
	const secret = Object.assign({ token: '' }, JSON.parse(readFileSync(join(dir, 'client.json'), 'utf8'))).token;
	t.true(secret.length > 16);
	for (const name of ['parties.log', 'running.json']) t.false(readFileSync(join(dir, name), 'utf8').includes(secret));

	const second = await runCli(t, ['parties', 'up', '--base-port', '0', '--json'], { cwd });
	t.is(second.code, 2);
	t.like(endingOf(t, second), { code: 'already-running' });
	const third = await runCli(t, ['parties', 'up', '--detach', '--base-port', '0', '--json'], { cwd });
	t.is(third.code, 2);
	t.like(endingOf(t, third), { code: 'already-running' });

	const down = await runCli(t, ['parties', 'down', '--json'], { cwd });
	t.is(down.code, 0, down.stderr);
	t.deepEqual(numbersOf(endingOf(t, down).pids), pids);
	for (const pid of pids) t.is(identityOf(pid), null);
	t.false(existsSync(join(dir, 'running.json')));
	const again = await runCli(t, ['parties', 'down'], { cwd });
	t.is(again.code, 0);
	t.is(again.stdout, 'no parties of ./parties run\n');
	const status = await runCli(t, ['parties', 'status'], { cwd });
	t.is(status.code, 4);
	t.regex(status.stderr, /none of the three parties of \.\/parties answers/);
});

test('parties whose watcher was killed end, and up may start them again', async (t) => {
	t.timeout(300_000);
	const { dir, fields } = await startBackground(t);
	process.kill(Number(fields.supervisor), 'SIGKILL');
	await until(() => numbersOf(fields.pids).every((pid) => identityOf(pid) === null));
	t.is(readRunning(dir), null);
	claimFolder(dir).release();
});

test('a party that outlives its watcher holds up off, until down ends it', async (t) => {
	const dir = await temporaryFolder(t);
	const [watcher, party] = [startBystander(t), startBystander(t)];
	const record = { supervisor: identityOf(watcher), parties: [identityOf(party)] };
	writeFileSync(join(dir, 'running.json'), JSON.stringify(record));
	process.kill(watcher, 'SIGKILL');
	await until(() => identityOf(watcher) === null);
	t.throws(() => claimFolder(dir), { code: 'already-running' });
	t.deepEqual(await endParties(dir, never), [party]);
	t.is(identityOf(party), null);
	claimFolder(dir).release();
});

test('down ends parties that run in the foreground of another terminal', async (t) => {
	t.timeout(300_000);
	const cwd = await temporaryFolder(t);
	const up = startCli(t, ['parties', 'up', '--base-port', '0', '--json'], { cwd });
	await up.until('ready');
	t.is((await runCli(t, ['parties', 'down'], { cwd })).code, 0);
	const { code, events } = await up.ended;
	t.is(code, 130);
	t.like(events.at(-1), { event: 'result', restarts: 0 });
});

test('a process that has the number of one of ours, but is another, is left alone', async (t) => {
	const dir = await temporaryFolder(t);
	const stranger = startBystander(t);
	const record = { supervisor: { pid: stranger, started: 'long ago' }, parties: [{ pid: stranger, started: '1' }] };
	writeFileSync(join(dir, 'running.json'), JSON.stringify(record));
	t.is(readRunning(dir), null);
	t.deepEqual(await endParties(dir, never), []);
	t.not(identityOf(stranger), null);
	t.false(existsSync(join(dir, 'running.json')));
});

test('what is no record of running parties is none', async (t) => {
	const dir = await temporaryFolder(t);
	for (const text of ['', '[', '[]', 'null', '{"supervisor":{"pid":-1,"started":"x"}}', '{"supervisor":{"pid":"1"}}']) {
		writeFileSync(join(dir, 'running.json'), text);
		t.is(readRunning(dir), null, text);
		claimFolder(dir).release();
	}
	t.is(identityOf(2 ** 30), null);
	const self = identityOf(process.pid);
	t.true(self !== null && isAlive(self));
});

test('a claim stands while its process lives, and tells which parties do', async (t) => {
	const dir = await temporaryFolder(t);
	const claim = claimFolder(dir);
	t.throws(() => claimFolder(dir), { code: 'already-running', message: new RegExp(`process ${process.pid}`) });
	claim.update([process.pid, undefined, 2 ** 30], true);
	const running = readRunning(dir);
	t.true(running?.isReady);
	t.deepEqual(
		running?.parties.map((party) => party?.pid),
		[process.pid, undefined, undefined],
	);
	claim.release();
	t.is(readRunning(dir), null);
});

test('up --detach says why it could not start, and leaves nothing behind', async (t) => {
	t.timeout(300_000);
	const cwd = await temporaryFolder(t);
	const taken = createServer().listen(0, '127.0.0.1');
	t.teardown(() => void taken.close());
	await once(taken, 'listening');
	const { port } = Object.assign({ port: 0 }, taken.address());
	const args = ['parties', 'up', '--detach', '--base-port', String(Math.min(port, 65_530)), '--json'];
	const { code, events } = await runCli(t, args, { cwd });
	t.is(code, 4);
	t.regex(String(events.at(-1)?.message), /^party \d: 127\.0\.0\.1:\d+: cannot listen for/);
	t.regex(String(events.at(-1)?.hint), /--base-port/);
	t.is(readRunning(join(cwd, 'parties')), null);
});

test('--detach belongs to up alone', async (t) => {
	const { code, stderr } = await runCli(t, ['parties', 'down', '--detach']);
	t.is(code, 2);
	t.regex(stderr, /--detach: it belongs to `parties up`/);
});

import { join } from 'node:path';
import test from 'ava';
import { identityOf } from '../../src/services/party/process-identity.js';
import { readRunning } from '../../src/services/party/running-file.js';
import { faces } from '../helpers/fixtures.js';
import { needs } from '../helpers/needs.js';
import { cliPath, runCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temp-folder.js';
import { openPane } from '../tui/fixtures/tmux-pane.js';

const linked = (screen: string): number => screen.match(/^ +\d +linked/gm)?.length ?? 0;

test('the dashboard of parties follows their jobs and a party that is killed, in any window, and q ends them', async (t) => {
	if (!needs(t, 'tmux')) {
		return;
	}
	const cwd = await temporaryFolder(t);
	const dir = join(cwd, 'parties');
	const command = `sh -c 'cd "${cwd}"; echo before; "${process.execPath}" "${cliPath}" parties up --base-port 0; echo code=$?; exec cat'`;
	const pane = await openPane(t, command, 120, 40);
	t.timeout(300_000);
	const first = await pane.until((screen) => linked(screen) === 3);
	t.regex(first, /^veilcam parties {2}\.\/parties .*up \d+ s$/m);
	t.regex(first, /^jobs +0 done, 0 running, 0 queued$/m);
	t.regex(first, /^questions +none to the gallery$/m);

	const filtered = await runCli(t, ['filter', 'edges', faces[0], '--out', 'edges.png'], { cwd });
	t.is(filtered.code, 0, filtered.stderr);
	const after = await pane.until((screen) => screen.includes('last jobs') && /^jobs +1 done/m.test(screen));
	t.regex(after, /^\d+ s ago +[\d.]+ ms +filter +1 round, 160 B$/m);
	t.is(after.match(/^ +\d +linked +\d+ +[\d.]+ MB +0 +0 +1 +0 /gm)?.length, 3, after);

	const pids = readRunning(dir)?.parties.map((party) => party?.pid ?? 0) ?? [];
	process.kill(pids[1], 'SIGKILL');
	await pane.until((screen) =>
		screen.includes('party 1 has ended (it was ended by SIGKILL); it is started again in 0.2 s'),
	);
	const restarted = await pane.until((screen) => linked(screen) === 3 && /^ +1 .* 1$/m.test(screen));
	t.regex(restarted, /^party +state .* restarts$/m);
	t.is((await runCli(t, ['filter', 'edges', faces[0], '--out', 'more.png'], { cwd })).code, 0);

	for (const [columns, rows] of [
		[80, 24],
		[40, 12],
	]) {
		await pane.resize(columns, rows);
		const screen = await pane.until((text) => linked(text) === 3 && text.split('\n')[rows - 1] === 'q end the parties');
		t.true(screen.startsWith('veilcam parties'), screen);
	}
	await pane.press('q');
	const end = await pane.until((screen) => screen.includes('code='));
	t.regex(end, /code=130/);
	const ended = pids.toSpliced(1, 1);
	t.deepEqual(ended.map(identityOf), [null, null]);
	t.is(readRunning(dir), null);
});

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { encodeNpy } from '../../src/core/npy.js';
import { readClientConfig } from '../../src/services/party/party-config.js';
import { type CliResult, endingOf, runCli, startCli } from '../helpers/run-cli.js';
import { samplePicture } from '../helpers/sample-faces.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

/** More than a party reads at once. */
const MANY = 1100;

test('a gallery of two clients: names go from one to the other, and parties tell who asks, and nothing more', async (t) => {
	t.timeout(300_000);
	const cwd = await temporaryFolder(t);
	const run = (...args: string[]): Promise<CliResult> => runCli(t, [...args, '--json'], { cwd });
	const up = startCli(t, ['parties', 'up', '--base-port', '0', '--json', '--clients', 'door,desk'], { cwd });
	await up.until('ready');
	const values = Float32Array.from({ length: MANY * 128 }, (_, i) => Math.sin(7.3 * i) / 10);
	writeFileSync(join(cwd, 'many.npy'), encodeNpy({ values, shape: [MANY, 128] }));
	t.is((await run('enroll', 'marie-curie', 'many.npy')).code, 0);

	const door = join('parties', 'clients', 'door');
	const stranger = endingOf(t, await run('gallery', 'list', '--parties', door));
	t.deepEqual(stranger.people, [{ name: null, templates: MANY }]);
	const unsure = await run('gallery', 'remove', '--nameless', '--parties', door);
	t.is(unsure.code, 5);
	t.like(endingOf(t, unsure), { code: 'not-confirmed' });
	t.like(endingOf(t, await run('gallery', 'export', join('nowhere', 'names'))), { code: 'missing-folder' });
	t.is((await run('gallery', 'export', 'names')).code, 0);
	t.is(statSync(join(cwd, 'names')).mode & 0o777, 0o600);
	t.like(endingOf(t, await run('gallery', 'export', 'names')), { code: 'file-exists' });
	t.is((await run('gallery', 'export', 'names', '--force')).code, 0);
	t.like(endingOf(t, await run('gallery', 'import', 'names', '--parties', door)), { learnt: MANY });
	t.like(endingOf(t, await run('gallery', 'import', 'many.npy')), {
		code: 'bad-names',
		hint: '`veilcam gallery export` writes such a file.',
	});
	t.like(endingOf(t, await run('gallery', 'remove', 'nobody')), { code: 'not-enrolled' });

	const question = ['match', samplePicture(1), '--largest', '--where', 'client', '--as', 'marie-curie'];
	t.like(endingOf(t, await run(...question, '--parties', door)), { match: false, name: null });
	const refused = await run(...question, '--open', 'distance');
	t.is(refused.code, 5);
	t.like(endingOf(t, refused), { code: 'no-distances' });
	const status = await runCli(t, ['parties', 'status'], { cwd });
	t.is(status.stdout.match(/questions to the gallery: 1 by door,/g)?.length, 3, status.stdout);
	t.like(endingOf(t, await run('gallery', 'remove', 'marie-curie')), { removed: MANY });

	const { stdout, code } = await up.end();
	t.is(code, 130);
	const told = stdout.split('\n').filter((line) => line.startsWith('{"event":"question"'));
	const asked = told.map((line) => JSON.parse(line)).filter(({ client }) => client === 'door');
	t.deepEqual(asked.map(({ party }) => party).sort(), [0, 1, 2]);
	for (const { at, party: _, generation, ...one } of asked) {
		t.deepEqual(one, { event: 'question', client: 'door', kind: 'matches', templates: MANY, count: 1 });
		t.regex(at, /^20\d\d-\d\d-\d\dT[\d:.]+Z$/);
		t.regex(generation, /^[0-9a-f]{64}$/);
	}
	t.true(told.some((line) => JSON.parse(line).refused === 'no-distances'));
	const folders = [join(cwd, 'parties'), join(cwd, door)];
	const secrets = folders.map((folder) => readClientConfig(folder).token);
	const ids: readonly { id: string }[] = JSON.parse(readFileSync(join(cwd, 'names'), 'utf8')).templates;
	for (const secret of [...secrets, ...ids.map(({ id }) => id), 'marie']) t.false(stdout.includes(secret), secret);

	const away = await run('gallery', 'list');
	t.is(away.code, 4);
	t.like(endingOf(t, away), { code: 'unreachable' });
});

const MISTAKES: Readonly<Record<string, RegExp>> = {
	'gallery remove': /the name is missing/,
	'gallery list ada': /"ada" is one argument too many: gallery list takes none/,
	'gallery remove ada --force': /--force: it belongs to `gallery export` and `gallery remove --nameless`/,
	'gallery remove ada --nameless': /expected a name or --nameless, got both/,
	'parties up --clients Door': /--clients: expected different labels such as door,desk, got "Door"/,
	'parties up --clients door,door --detach': /--clients/,
	'parties status --clients door': /--clients: it belongs to `parties up`/,
};
for (const [line, message] of Object.entries(MISTAKES)) {
	test(`\`${line}\` is a mistake of the command line`, async (t) => {
		const cwd = await temporaryFolder(t);
		const { code, stderr } = await runCli(t, line.split(' '), { cwd });
		t.is(code, 2, stderr);
		t.regex(stderr, message);
		t.false(existsSync(join(cwd, 'parties')));
	});
}

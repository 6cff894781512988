import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { seededNumbers } from '../../src/core/nn/seeded-numbers.js';
import { encodeNpy } from '../../src/core/npy.js';
import { createLocalParties } from '../../src/services/party/local-parties.js';
import { galleryFile, partyFile } from '../../src/services/party/party-config.js';
import { startParty } from '../../src/services/party/start-party.js';
import { faces, scenes } from '../helpers/fixtures.js';
import { endingOf, runCli, startCli } from '../helpers/run-cli.js';
import { samplePicture } from '../helpers/sample-faces.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

async function startGallery(t: ExecutionContext) {
	const cwd = await temporaryFolder(t);
	const folder = join(cwd, 'parties');
	const { configs } = await createLocalParties(folder, 0);
	const running = await Promise.all(
		configs.map((config) => startParty(config, {}, { file: galleryFile(partyFile(folder, config.index)) })),
	);
	t.teardown(() => Promise.all(running.map((party) => party.close())));
	await Promise.all(running.map((party) => party.connected(60_000)));
	const run = async (...args: string[]) => {
		const result = await runCli(t, [...args, '--json'], { cwd });
		const notes = result.events.flatMap(({ event, message }) => (event === 'note' ? [message] : []));
		return { code: result.code, notes, ending: endingOf(t, result) };
	};
	return { cwd, folder, running, run };
}

/** Files of one made-up descriptor each. */
function describeInto(cwd: string, count: number): string[] {
	const numbers = seededNumbers(5);
	return Array.from({ length: count }, (_, i) => {
		const values = Float32Array.from({ length: 128 }, () => numbers.nextWithin(0.2));
		writeFileSync(join(cwd, `${i}.npy`), encodeNpy({ values, shape: [1, 128] }));
		return `${i}.npy`;
	});
}

test('a person is enrolled and found, and pictures that do not tell a face change nothing', async (t) => {
	const { cwd, folder, run } = await startGallery(t);
	copyFileSync(faces[0], join(cwd, 'ada.jpg'));
	const { ending: first } = await run('enroll', 'ada', 'ada.jpg', '--where', 'client');
	t.like(first, { event: 'result', name: 'ada', templates: 1, held: 1 }, JSON.stringify(first));
	const more = await runCli(t, ['enroll', 'ada', ...describeInto(cwd, 1)], { cwd });
	t.regex(more.stdout, /^1 template is enrolled as ada, who has 2 now\n$/);
	t.like((await run('enroll', 'guest', '0.npy', '--numbered')).ending, { templates: 1, held: 1 });
	const names = readFileSync(join(folder, 'names.json'), 'utf8');

	writeFileSync(join(cwd, 'text.jpg'), 'no picture');
	const refused: readonly [string, readonly string[]][] = [
		['no-face', ['enroll', 'bob', scenes.rocket]],
		['not-a-picture', ['enroll', 'bob', 'text.jpg']],
		['missing-file', ['match', 'nowhere.jpg']],
		['several-faces', ['match', samplePicture(1)]],
	];
	for (const [code, args] of refused) {
		const { ending, code: exitCode } = await run(...args);
		t.like(ending, { event: 'error', code });
		t.truthy(ending.hint, code);
		t.is(exitCode, 3);
	}
	t.is(readFileSync(join(folder, 'names.json'), 'utf8'), names);
	t.like((await run('match', 'ada.jpg', '--where', 'client')).ending, { event: 'result', match: true, name: 'ada' });
});

test('an enrolment that Ctrl-C or a party cuts short says how far it came, and what it enrolled stays', async (t) => {
	const { cwd, running } = await startGallery(t);
	const files = describeInto(cwd, 40);
	const enrolling = async (name: string, cut: (run: ReturnType<typeof startCli>) => Promise<unknown>) => {
		const run = startCli(t, ['enroll', name, ...files, '--json'], { cwd });
		await run.until('progress', ({ phase, done }) => phase === 'enroll' && done === 2);
		await cut(run);
		const result = await run.ended;
		const [, count] = /the first (\d+) of 40 templates are enrolled/.exec(result.stdout) ?? [];
		return { code: result.code, ending: endingOf(t, result), count: Number(count) };
	};
	const stopped = await enrolling('ada', (run) => run.end());
	t.is(stopped.code, 130);
	t.like(stopped.ending, { code: 'interrupted' });
	t.true(stopped.count >= 2);
	const { people } = endingOf(t, await runCli(t, ['gallery', 'list', '--json'], { cwd }));
	// the one that was under way may have come in, too
	const held = JSON.stringify(people);
	t.true(
		[0, 1].some((more) => held === JSON.stringify([{ name: 'ada', templates: stopped.count + more }])),
		held,
	);
	const left = await enrolling('bob', () => running[1].close());
	t.is(left.code, 4);
	t.regex(String(left.ending.message), /^party \d: /);
	t.true(left.count >= 2);
});

test('what is wrong with the parties is said before a face is looked for, and names that are damaged are kept', async (t) => {
	const { cwd, folder, run, running } = await startGallery(t);
	const [file] = describeInto(cwd, 1);
	t.like((await run('match', 'nowhere.jpg', '--parties', 'elsewhere')).ending, { code: 'file-not-read' });
	writeFileSync(join(folder, 'names.json'), '{"version":1,"templates":[{"id"');
	const damaged = await run('enroll', 'ada', file);
	t.like(damaged.ending, { code: 'bad-names', message: 'parties/names.json: not the names of a gallery' });
	t.is(damaged.code, 3);
	t.is(readFileSync(join(folder, 'names.json'), 'utf8'), '{"version":1,"templates":[{"id"');

	const client: object = JSON.parse(readFileSync(join(folder, 'client.json'), 'utf8'));
	mkdirSync(join(cwd, 'other'));
	writeFileSync(join(cwd, 'other', 'client.json'), JSON.stringify({ ...client, token: 'another one, not known' }));
	t.is((await run('enroll', 'ada', file, '--parties', 'other')).code, 5);
	await running[2].close();
	const away = await run('enroll', 'ada', file, '--parties', 'other');
	t.like(away, { code: 4, ending: { code: 'unreachable' } });
	t.regex(String(away.ending.message), /^party 2: /);
});

test('Ctrl-C does not wait for a party that is silent', async (t) => {
	const { cwd, folder } = await startGallery(t);
	const silent = createServer();
	const asked = new Promise((resolve) => silent.once('connection', resolve));
	await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
	t.teardown(() => silent.close());
	const address = Object(silent.address());
	const text = readFileSync(join(folder, 'client.json'), 'utf8');
	const { token, parties } = JSON.parse(text);
	parties[1].url = `https://127.0.0.1:${address.port}`;
	writeFileSync(join(folder, 'client.json'), JSON.stringify({ token, parties }));
	const run = startCli(t, ['enroll', 'ada', ...describeInto(cwd, 1), '--json'], { cwd });
	await asked;
	const startedMs = performance.now();
	const ended = await run.end();
	t.is(ended.code, 130);
	t.true(performance.now() - startedMs < 10_000);
});

const unused: Readonly<Record<string, RegExp>> = {
	'enroll ada a.jpg --numbered': /--numbered has no meaning without \.npy files/,
	'enroll ada a.npy --largest': /--largest has no meaning with \.npy files alone/,
	'enroll ada a.npy --private-model': /--private-model has no meaning with a \.npy file/,
	'capture --source test --out shots --face --largest --box 1,2,3,4': /--largest has no meaning with --box/,
};
for (const [line, message] of Object.entries(unused)) {
	test(`\`${line}\` is a mistake of the command line`, async (t) => {
		const { code, stderr } = await runCli(t, line.split(' '), { cwd: await temporaryFolder(t) });
		t.is(code, 2, stderr);
		t.regex(stderr, message);
	});
}

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';
import { needs } from '../helpers/needs.js';
import { openPane } from './fixtures/tmux-pane.js';

const driver = fileURLToPath(new URL('./fixtures/collect-dashboard-driver.js', import.meta.url));
/** The shell tells the exit code and whether the terminal is as it was (echo on), then waits. */
const commandFor = (args: string): string =>
	`sh -c 'echo before; "${process.execPath}" "${driver}" ${args}; echo code=$?; stty -a | grep -ow -e "-*echo"; exec cat'`;

/** The dashboard is gone, the earlier lines are back, and the terminal echoes and shows its cursor again. */
const restored = (screen: string): boolean => screen.startsWith('before\n') && /code=\d+\necho\n/.test(screen);

for (const [columns, rows] of [
	[60, 15],
	[200, 60],
] as const) {
	test(`the dashboard fills ${columns} x ${rows}`, async (t) => {
		if (!needs(t, 'tmux')) {
			return;
		}
		const pane = await openPane(t, commandFor('Infinity'), columns, rows);
		// The capture may fall into the middle of a frame.
		const screen = await pane.until((text) => text.includes('▀') && text.includes('stop collecting'));
		const lines = screen.split('\n').slice(0, rows);
		t.regex(lines[0] ?? '', /^veilcam collect {2}session room .*up \d+ s$/);
		t.regex(lines[rows - 1] ?? '', /^q stop collecting$/);
		t.true((await pane.read(true)).includes('[38;2;'));
	});
}

for (const key of ['q', 'C-c']) {
	test(`${key} aborts the caller's controller and gives the terminal back`, async (t) => {
		if (!needs(t, 'tmux')) {
			return;
		}
		const pane = await openPane(t, commandFor('Infinity'), 80, 24);
		await pane.until((screen) => screen.includes('q stop collecting'));
		t.is(await pane.ask('alternate_on'), '1');
		t.is(await pane.ask('cursor_flag'), '0');
		await pane.press(key);
		const screen = await pane.until(restored);
		t.true(screen.includes('aborted\ncode=130'), screen);
		t.is(await pane.ask('alternate_on'), '0');
		t.is(await pane.ask('cursor_flag'), '1');
		t.is(await pane.ask('wrap_flag'), '1');
	});
}

const ends = test.macro({
	async exec(t, args: string, expected: RegExp) {
		if (!needs(t, 'tmux')) {
			return;
		}
		const pane = await openPane(t, commandFor(args), 80, 24);
		const screen = await pane.until(restored);
		t.regex(screen, expected);
		t.is(await pane.ask('alternate_on'), '0');
		t.is(await pane.ask('cursor_flag'), '1');
	},
	title: (name) => `${name}, and the terminal is as before`,
});

test('a completed run leaves its result alone on the screen', ends, '2', /^before\ncompleted\ncode=0\n/);
test('a failed run rejects with its error', ends, '2 fail', /^before\nfailed: Error: the store is full\ncode=130\n/);
test('an error thrown elsewhere stays readable', ends, '2 throw', /Error: thrown elsewhere[\s\S]*code=1\n/);

test('a resized window is filled anew, with nothing left of the old size', async (t) => {
	if (!needs(t, 'tmux')) {
		return;
	}
	const pane = await openPane(t, commandFor('Infinity'), 120, 40);
	await pane.until((screen) => screen.includes('▀'));
	for (const [columns, rows] of [
		[60, 15],
		[45, 40],
		[100, 30],
	] as const) {
		await pane.resize(columns, rows);
		// Two lines mention q only if an old footer survived.
		const screen = await pane.until((text) => {
			const lines = text.split('\n');
			const isPainted = ['veilcam collect', '▀'].every((part) => text.includes(part));
			return lines[rows - 1] === 'q stop collecting' && (lines[0] ?? '').length === columns && isPainted;
		});
		t.is(screen.match(/stop collecting/g)?.length, 1);
		t.is(screen.match(/veilcam collect/g)?.length, 1);
	}
});

test('without a terminal it says why there is no dashboard', async (t) => {
	const { stdout } = await promisify(execFile)(process.execPath, [driver]);
	t.regex(stdout, /^no dashboard: std(in|out|err) is not a terminal\n$/);
});

test('importing what commands import loads neither ink nor react', async (t) => {
	const resolveHook = `export async function resolve(specifier, context, next) {
		const found = await next(specifier, context);
		process._rawDebug(found.url);
		return found;
	}`;
	const script = `import { register } from 'node:module';
		register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(resolveHook)}));
		await import(${JSON.stringify(new URL('../../src/tui/show.js', import.meta.url).href)});`;
	const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
	t.true(stderr.includes('/src/tui/mount.js'), stderr);
	t.notRegex(stderr, /node_modules/);
});

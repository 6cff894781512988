import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { capture } from '../../src/commands/capture.js';
import type { CommandResult } from '../../src/commands/define-command.js';
import { checkOptions } from '../../src/commands/option-values.js';
import { testPattern } from '../../src/core/camera/test-pattern.js';
import { DataError, PeerError, UserError } from '../../src/core/errors.js';
import type { ProgressEvent } from '../../src/core/events.js';
import { readImage } from '../../src/core/image/files.js';
import { commandContext } from '../helpers/command-context.js';
import { picturesFolder } from '../helpers/fixtures.js';
import { needs } from '../helpers/needs.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

interface Run {
	readonly notes: string[];
	readonly progress: ProgressEvent[];
	readonly abort: AbortController;
	run(options: Readonly<Record<string, unknown>>): Promise<CommandResult>;
}

/** Runs the command as the program does, and keeps what it reports. */
function runner(onProgress: (run: Run) => void = () => {}): Run {
	const self: Run = {
		notes: [],
		progress: [],
		abort: new AbortController(),
		run: (options) => capture.run(checkOptions(capture.options, options), [], context),
	};
	const context = commandContext({
		abort: self.abort,
		onProgress: (event) => {
			self.progress.push(event);
			onProgress(self);
		},
		onNote: (line) => self.notes.push(line),
	});
	return self;
}

async function outFolder(t: ExecutionContext): Promise<string> {
	return join(await temporaryFolder(t), 'new', 'shots');
}

test('pictures of the test pattern are numbered, and each is announced', async (t) => {
	const out = await outFolder(t);
	const capturing = runner();
	const { fields, text } = await capturing.run({ source: 'test', out, count: '3', size: '32x24' });
	const files = [1, 2, 3].map((number) => join(out, `capture-000${number}.png`));
	t.deepEqual(fields, { files });
	t.is(text, files.join('\n'));
	t.deepEqual(
		capturing.progress.map(({ done, total }) => [done, total]),
		[
			[1, 3],
			[2, 3],
			[3, 3],
		],
	);
	for (const [index, file] of files.entries()) {
		t.deepEqual((await readImage(file)).samples, testPattern(index, { width: 32, height: 24 }, 3).samples);
	}
});

test('the defaults are one picture, 320x240, RGB, of the webcam', async (t) => {
	t.like(checkOptions(capture.options, {}), {
		source: 'webcam',
		count: 1,
		size: '320x240',
		colour: 'rgb',
		intervalMs: 0,
	});
	const out = await outFolder(t);
	await runner().run({ source: 'test', out });
	const { width, height, channels } = await readImage(join(out, 'capture-0001.png'));
	t.deepEqual([width, height, channels], [320, 240, 3]);
	t.deepEqual(await readdir(out), ['capture-0001.png']);
});

test('gray pictures are gray in the file', async (t) => {
	const out = await outFolder(t);
	await runner().run({ source: 'test', out, colour: 'gray' });
	t.is((await readImage(join(out, 'capture-0001.png'))).channels, 1);
});

test('numbers go on behind the highest, and nothing is overwritten', async (t) => {
	const out = await temporaryFolder(t);
	await writeFile(join(out, 'capture-0041.png'), 'mine');
	await writeFile(join(out, 'capture-99.txt'), 'mine');
	await writeFile(join(out, 'xcapture-0077.png'), 'mine');
	const { fields } = await runner().run({ source: 'test', out, count: '2' });
	t.deepEqual(fields, { files: [join(out, 'capture-0042.png'), join(out, 'capture-0043.png')] });
	t.is(await readFile(join(out, 'capture-0041.png'), 'utf8'), 'mine');
});

test('two runs into one folder at once share the numbers', async (t) => {
	const out = await temporaryFolder(t);
	const runs = await Promise.all([1, 2].map(() => runner().run({ source: 'test', out, count: '5', size: '8x8' })));
	const files = runs.flatMap(({ fields }) => fields.files);
	t.is(new Set(files).size, 10);
	t.is((await readdir(out)).length, 10);
});

test('a folder as source reports what it leaves out', async (t) => {
	const out = await outFolder(t);
	const capturing = runner();
	await capturing.run({ source: picturesFolder, out, count: '2' });
	t.is(capturing.notes.length, 1);
	t.regex(capturing.notes[0] ?? '', /left out .*faces\.json.*not a picture/);
});

test('an interrupted run keeps the pictures that were taken', async (t) => {
	const out = await outFolder(t);
	const capturing = runner(({ progress, abort }) => {
		if (progress.length === 2) abort.abort();
	});
	const { fields } = await capturing.run({ source: 'test', out, count: '1000', intervalMs: '1' });
	t.deepEqual(fields, { files: [join(out, 'capture-0001.png'), join(out, 'capture-0002.png')] });
	t.is((await readdir(out)).length, 2);
});

test.serial('the webcam, by the real fswebcam', async (t) => {
	if (!needs(t, 'fswebcam')) return;
	const out = await outFolder(t);
	await runner().run({ out, device: 'TEST', size: '64x48', count: '2' });
	t.deepEqual(await readdir(out), ['capture-0001.png', 'capture-0002.png']);
});

test.serial('a camera that is not there makes no folder and no file', async (t) => {
	if (!needs(t, 'fswebcam')) return;
	const out = await outFolder(t);
	const error = await t.throwsAsync(() => runner().run({ out, device: '/dev/video987' }), { instanceOf: PeerError });
	t.is(error?.exitCode, 4);
	t.deepEqual(await readdir(join(out, '..', '..')), []);
});

test.serial('the list of cameras needs no folder', async (t) => {
	if (process.platform !== 'linux') {
		t.pass();
		return;
	}
	const { fields, text } = await runner().run({ listDevices: true });
	t.true(Array.isArray(fields.devices));
	t.true(text.length > 0);
});

test('what is wrong is named', async (t) => {
	const out = await outFolder(t);
	await t.throwsAsync(() => runner().run({ source: 'test' }), { instanceOf: UserError, message: /--out/ });
	await t.throwsAsync(() => runner().run({ source: 'test', out, size: '0x3' }), {
		instanceOf: UserError,
		message: /--size/,
	});
	await t.throwsAsync(() => runner().run({ out, device: 'a; b' }), { instanceOf: UserError, message: /device/ });
	await t.throwsAsync(() => runner().run({ source: join(out, 'none'), out }), {
		instanceOf: DataError,
		message: /no such file/,
	});
	const file = join(await temporaryFolder(t), 'file');
	await writeFile(file, 'x');
	const error = await t.throwsAsync(() => runner().run({ source: 'test', out: file }), { instanceOf: DataError });
	t.true(['unwritable-file', 'file-exists'].includes(error?.code ?? ''), error?.code);
});

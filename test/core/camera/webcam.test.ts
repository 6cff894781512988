import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { grabberOf, guardDevice } from '../../../src/core/camera/grabber.js';
import { openSource } from '../../../src/core/camera/open-source.js';
import { takeShot } from '../../../src/core/camera/webcam.js';
import { PeerError, UserError } from '../../../src/core/errors.js';
import { psnr } from '../../../src/core/image/compare.js';
import { readImage, writeImage } from '../../../src/core/image/files.js';
import { faces } from '../../helpers/fixtures.js';
import { needs } from '../../helpers/needs.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

const size = { width: 160, height: 120 };

/** A folder whose shell-hostile name must not matter, as the place for temporary files. Tests that use it run alone. */
async function hostileTemporary(t: ExecutionContext): Promise<string> {
	const folder = join(await temporaryFolder(t), `a b'; touch oops; $(touch oops) "x" \`y\` %z`);
	await mkdir(folder);
	const before = process.env.TMPDIR;
	process.env.TMPDIR = folder;
	t.teardown(() => {
		if (before === undefined) delete process.env.TMPDIR;
		else process.env.TMPDIR = before;
	});
	return folder;
}

/** A program that is found instead of fswebcam: a shell script. */
async function fakeGrabber(t: ExecutionContext, script: string): Promise<string> {
	const folder = await temporaryFolder(t);
	await writeFile(join(folder, 'fswebcam'), `#!/bin/sh\n${script}\n`);
	await chmod(join(folder, 'fswebcam'), 0o755);
	const before = process.env.PATH;
	process.env.PATH = `${folder}:${before}`;
	t.teardown(() => {
		process.env.PATH = before;
	});
	return folder;
}

test.serial('fswebcam gives its test picture, in the size and colour asked for', async (t) => {
	if (!needs(t, 'fswebcam')) return;
	const source = await openSource('webcam', { device: 'TEST', size, channels: 3, count: 2 });
	t.is(source.describe, 'webcam TEST');
	for await (const { width, height, channels, samples } of source) {
		t.deepEqual([width, height, channels], [160, 120, 3]);
		const colours = new Set(
			Array.from({ length: width * height }, (_, i) => String(samples.subarray(3 * i, 3 * i + 3))),
		);
		t.true(colours.size >= 7, 'colour bars');
	}
	await source.close();
});

test.serial('fswebcam gives a photograph without loss and without a banner', async (t) => {
	if (!needs(t, 'fswebcam')) return;
	const folder = await temporaryFolder(t);
	const photograph = await readImage(faces[5] ?? '');
	// fswebcam reads JPEG and PNG; PNG leaves nothing to a second JPEG decoder
	await writeImage(join(folder, 'face.png'), photograph);
	for await (const frame of await openSource('webcam', { device: `FILE:${join(folder, 'face.png')}`, count: 1 })) {
		t.is(psnr(frame, photograph), null);
	}
});

test.serial('a shot leaves nothing behind, whatever the temporary folder is called', async (t) => {
	if (!needs(t, 'fswebcam')) return;
	const folder = await hostileTemporary(t);
	const shot = await takeShot({ device: 'TEST', size, signal: new AbortController().signal });
	t.is(shot.width, 160);
	t.deepEqual(await readdir(folder), []);
});

test.serial('nobody else may enter the folder of a shot', async (t) => {
	const bin = await fakeGrabber(t, 'for last; do :; done; ls -ld "$(dirname "$last")" >"$(dirname "$0")/mode"');
	await t.throwsAsync(() => takeShot({ device: 'TEST', size, signal: new AbortController().signal }));
	t.regex(await readFile(join(bin, 'mode'), 'utf8'), /^drwx------/);
});

test.serial('a failure that fswebcam hides behind exit code 0 is found, and leaves nothing behind', async (t) => {
	if (!needs(t, 'fswebcam')) return;
	const folder = await hostileTemporary(t);
	for (const device of ['FILE:/nowhere.jpg', '/dev/video987']) {
		const source = await openSource('webcam', { device, count: 1 });
		const error = await t.throwsAsync(() => source[Symbol.asyncIterator]().next(), { instanceOf: PeerError });
		t.is(error?.code, 'camera-failed');
		t.true(error?.message.includes(device));
		t.truthy(error?.hint);
	}
	t.deepEqual(await readdir(folder), []);
});

test.serial('a grabber that says nothing and writes half a picture has failed', async (t) => {
	await fakeGrabber(t, `for last; do :; done; printf '\\211PNG\\r\\n\\032\\n' >"$last"; exit 0`);
	const error = await t.throwsAsync(() => takeShot({ device: '', size, signal: new AbortController().signal }), {
		instanceOf: PeerError,
	});
	t.is(error?.code, 'camera-failed');
});

test.serial('close ends a grabber that hangs, and its folder is gone', async (t) => {
	const bin = await fakeGrabber(t, 'echo $$ >"$(dirname "$0")/running"; exec sleep 600');
	const temporary = await hostileTemporary(t);
	const source = await openSource('webcam', { device: 'TEST' });
	const next = source[Symbol.asyncIterator]().next();
	const pid = await grabberPid(join(bin, 'running'));
	await source.close();
	t.deepEqual(await next, { value: undefined, done: true });
	t.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
	t.deepEqual(await readdir(temporary), []);
});

test.serial('a grabber that hangs is given up after the timeout', async (t) => {
	await fakeGrabber(t, 'exec sleep 600');
	const temporary = await hostileTemporary(t);
	const source = await openSource('webcam', { device: '/dev/video0', shotTimeoutMs: 150 });
	const error = await t.throwsAsync(() => source[Symbol.asyncIterator]().next(), { instanceOf: PeerError });
	t.is(error?.code, 'camera-timeout');
	t.deepEqual(await readdir(temporary), []);
});

test.serial('a missing grabber is named with the package to install', async (t) => {
	const empty = await temporaryFolder(t);
	const error = await t.throwsAsync(() => openSource('webcam', { searchPath: empty }), { instanceOf: PeerError });
	t.is(error?.code, 'no-grabber');
	const { program, install } = grabberOf(process.platform);
	t.true(error?.message.includes(program));
	t.is(error?.hint, install);
});

test('each platform has its own program and package', (t) => {
	t.like(grabberOf('linux'), { program: 'fswebcam', install: 'install it: apt-get install fswebcam' });
	t.like(grabberOf('darwin'), { program: 'imagesnap', install: 'install it: brew install imagesnap' });
	t.is(grabberOf('win32').program, 'CommandCam.exe');
	t.throws(() => grabberOf('aix'), { instanceOf: PeerError, message: /aix/ });
});

for (const device of ['', 'TEST', 'FILE:/a/b-c_1.jpg', '/dev/video0', '0x1', 'FILE:', 'v4l2:/dev/video2']) {
	test(`device ${JSON.stringify(device)} is allowed`, (t) => {
		t.is(guardDevice(device), device);
	});
}

const HOSTILE = [
	'a b',
	'a;b',
	'$(x)',
	'`x`',
	"a'b",
	'a"b',
	'a\nb',
	'TEST\n',
	'a|b',
	'a&b',
	'>x',
	'a\\b',
	'é',
	'~',
	'*',
	'\0',
	'{a,b}',
	'#',
	'!',
];
for (const device of HOSTILE) {
	test(`device ${JSON.stringify(device)} is refused`, (t) => {
		const error = t.throws(() => guardDevice(device), { instanceOf: UserError });
		t.is(error?.code, 'bad-device');
	});
}

test('whatever passes holds no character that a shell would read', (t) => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (device) => {
			try {
				t.regex(guardDevice(device), /^[A-Za-z0-9_./:-]*$/);
			} catch (error) {
				t.true(error instanceof UserError);
			}
		}),
		{ seed: 11, numRuns: 1000 },
	);
});

test.serial('a refused device runs nothing', async (t) => {
	const bin = await fakeGrabber(t, 'touch "$(dirname "$0")/ran"');
	await t.throwsAsync(() => openSource('webcam', { device: 'TEST; touch x' }), { instanceOf: UserError });
	await t.throwsAsync(() => takeShot({ device: '$(x)', size, signal: new AbortController().signal }), {
		instanceOf: UserError,
	});
	t.deepEqual(await readdir(bin), ['fswebcam']);
});

/** Waits until the fake grabber has written its process number. */
async function grabberPid(file: string): Promise<number> {
	for (;;) {
		const text = await readFile(file, 'utf8').catch(() => '');
		if (text.endsWith('\n')) return Number(text);
		await new Promise(setImmediate);
	}
}

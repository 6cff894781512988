import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { readImage } from '../../src/core/image/files.js';
import { packageRoot } from '../helpers/fixtures.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

const execute = promisify(execFile);

const MAX_TARBALL_BYTES = 3_000_000;

/** Everything that a tarball may hold, and nothing may be missing. */
const MEANT = [
	/^package\.json$/,
	/^README\.md$/,
	/^LICENSE$/,
	/^CHANGELOG\.md$/,
	/^dist\/src\/[\w./-]+\.js$/,
	/^dist\/wasm\/(?:accumulate|adder|difference|(?:bits|product|ring|window)(?:64)?)\.wasm$/,
	/^dist\/web\/(?:page|wall)\.html$/,
	/^dist\/web\/assets\/(?:page|wall|salt-worker|icon)-[A-Z0-9]{8}\.(?:js|css|svg)$/,
	/^third-party\/(?:README\.md|onnx\.proto|onnx-LICENSE)$/,
	/^fixtures\/README\.md$/,
	/^fixtures\/pictures\/face-\d\d\.jpg$/,
	/^fixtures\/pictures\/faces\.json$/,
];

/** Without the scripts: `prepare` would rebuild dist while other tests read it. */
async function pack(folder: string): Promise<string> {
	await execute('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: packageRoot });
	const [name] = (await readdir(folder)).filter((file) => file.endsWith('.tgz'));
	return join(folder, name);
}

test('the tarball is small and holds the program, its kernels and the pictures of the demo, nothing else', async (t) => {
	const tarball = await pack(await temporaryFolder(t));
	const { size } = await stat(tarball);
	t.log(`tarballBytes=${size}`);
	t.true(size < MAX_TARBALL_BYTES, `${size} bytes`);
	const { stdout } = await execute('tar', ['tzf', tarball]);
	const paths = stdout
		.trim()
		.split('\n')
		.map((path) => path.replace(/^package\//, ''));
	for (const path of paths)
		t.true(
			MEANT.some((pattern) => pattern.test(path)),
			`${path} is not meant to be packed`,
		);
	for (const pattern of MEANT)
		t.true(
			paths.some((path) => pattern.test(path)),
			`${pattern.source} is missing`,
		);
	for (const path of paths.filter((name) => name.startsWith('dist/src/'))) {
		const source = path.replace(/^dist\//, '').replace(/\.js$/, '.ts');
		t.true(
			existsSync(join(packageRoot, source)) || existsSync(join(packageRoot, `${source}x`)),
			`${path} has no source any more: remove dist and build again`,
		);
	}
});

test('a global installation of the tarball runs the demo', async (t) => {
	t.timeout(300_000);
	const folder = await temporaryFolder(t);
	const tarball = await pack(folder);
	const prefix = join(folder, 'prefix');
	await mkdir(prefix);
	const install = ['install', '--global', '--prefix', prefix, '--prefer-offline', tarball];
	try {
		await execute('npm', install, { cwd: folder, timeout: 240_000 });
	} catch (error) {
		const said = error instanceof Error ? error.message : String(error);
		if (process.env.CI || !/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENOTCACHED|ETIMEDOUT/.test(said)) throw error;
		t.log('skipped: the registry cannot be reached');
		t.pass();
		return;
	}

	const modules = join(prefix, 'lib', 'node_modules', 'veilcam', 'node_modules');
	t.true(existsSync(modules));
	if (process.platform === 'linux') {
		// what node-webcam's install script downloads where it downloads
		const downloaded = join(modules, 'node-webcam', 'src', 'bindings', 'CommandCam', 'CommandCam.exe');
		t.false(existsSync(downloaded), 'an install script has downloaded a program');
	}

	const veilcam = join(prefix, 'bin', 'veilcam');
	const { stdout } = await execute(veilcam, ['demo', '--count', '200', '--json'], { cwd: folder, timeout: 180_000 });
	const lines = stdout.trim().split('\n');
	const result: unknown = JSON.parse(lines[lines.length - 1]);
	t.like(result, { event: 'result', count: 200 });
	const written = await readdir(join(folder, 'veilcam-demo'));
	const files = [
		...['after.vct', 'all-four.png', 'average.png', 'before-after-moved.png', 'before.vct'],
		...['enrolled-asked-and-a-stranger.png', 'face-and-sharpened-on-shares.png', 'moved.vct', 'one-picture.png'],
		...['one-upload-reconstructed.png', 'one-upload.png', 'without-and-with-the-oval.png'],
	];
	t.deepEqual(written.sort(), files);
	const average = await readImage(join(folder, 'veilcam-demo', 'average.png'));
	t.like(average, { width: 320, height: 240 });
});

import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import sharp from 'sharp';
import { readImage } from '../../src/core/image/files.js';
import { shuffle } from '../../src/core/subtract/shuffle.js';
import { faces } from '../helpers/fixtures.js';
import { endingOf, type Fields, runCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

async function desk(
	t: ExecutionContext,
): Promise<{ cwd: string; run: (line: string, code?: number) => Promise<Fields> }> {
	const cwd = await temporaryFolder(t);
	await copyFile(faces[0], join(cwd, 'one.jpg'));
	await copyFile(faces[1], join(cwd, 'two.jpg'));
	const run = async (line: string, code = 0): Promise<Fields> => {
		const result = await runCli(t, [...line.split(' '), '--json'], { cwd });
		t.is(result.code, code, `${line}\n${result.stdout}${result.stderr}`);
		return endingOf(t, result);
	};
	return { cwd, run };
}

test('two pictures are shuffled, subtracted saturated without the key, and moved back', async (t) => {
	const { cwd, run } = await desk(t);
	const [one, two] = await Promise.all(['one.jpg', 'two.jpg'].map((name) => readImage(join(cwd, name))));
	const first = await run('encrypt one.jpg two.jpg --scheme shuffle --key 1234 --out s');
	t.like(first, { files: ['s/one.shuffled.png', 's/two.shuffled.png'], scheme: 'shuffle' });
	const { data } = await sharp(await readFile(join(cwd, 's/one.shuffled.png')))
		.raw()
		.toBuffer({ resolveWithObject: true });
	t.deepEqual(Uint8Array.from(data), shuffle(one, { key: 1234, block: null }).samples);

	t.like(await run('subtract s/one.shuffled.png s/two.shuffled.png --out d.png'), { file: 'd.png', scheme: 'shuffle' });
	t.like(await run('decrypt d.png --key 1234 --out moved.png'), { scheme: 'shuffle', verified: false });
	const expected = Uint8Array.from(one.samples, (sample, i) => Math.max(0, sample - two.samples[i]));
	t.deepEqual((await readImage(join(cwd, 'moved.png'))).samples, expected);
	await run('decrypt s/one.shuffled.png --key 1234 --out back.png');
	t.deepEqual((await readImage(join(cwd, 'back.png'))).samples, one.samples);

	t.like(await run('inspect d.png'), { type: 'shuffled', kind: 'difference', blocks: null });
	t.like(await run('encrypt one.jpg --scheme shuffle --key 1234 --out d.png', 3), { code: 'file-exists' });
	t.like(await run('decrypt d.png --key 1234 --as signed', 2), { code: 'unused-option' });
});

test('in blocks, and of pictures that lost their mark in another program', async (t) => {
	const { cwd, run } = await desk(t);
	await run('encrypt one.jpg two.jpg --scheme shuffle --key 7 --blocks 32x16');
	t.like(await run('inspect one.shuffled.png'), { kind: 'frame', blocks: '32x16' });
	await run('encrypt one.jpg --scheme shuffle --key 7 --out whole.png');
	t.like(await run('subtract one.shuffled.png whole.png', 3), { code: 'other-blocks' });
	for (const name of ['one', 'two']) {
		await sharp(join(cwd, `${name}.shuffled.png`)).toFile(join(cwd, `${name}.png`));
	}
	t.like(await run('subtract one.png two.png', 3), { code: 'not-a-vct' });
	await run('subtract one.png two.png --scheme shuffle --out d.png');
	await sharp(join(cwd, 'd.png')).toFile(join(cwd, 'plain.png'));
	await run('decrypt plain.png --scheme shuffle --blocks 32x16 --key 7 --out moved.png');
	const [one, two, moved] = await Promise.all(
		['one.jpg', 'two.jpg', 'moved.png'].map((name) => readImage(join(cwd, name))),
	);
	t.deepEqual(
		moved.samples,
		Uint8Array.from(one.samples, (sample, i) => Math.max(0, sample - two.samples[i])),
	);
});

test('every use says that it is no encryption, and a key that is no number is refused', async (t) => {
	const { cwd, run } = await desk(t);
	const result = await runCli(t, ['encrypt', 'one.jpg', '--scheme', 'shuffle', '--key', '1', '--quiet'], { cwd });
	t.is(result.code, 0);
	t.regex(result.stderr, /SHUFFLING IS NO ENCRYPTION/);
	for (const key of ['4294967296', '-1', '1.5', 'owner.key', '']) {
		const refused = await runCli(t, ['encrypt', 'one.jpg', '--scheme', 'shuffle', `--key=${key}`, '--json'], { cwd });
		t.is(refused.code, 2, key);
	}
	t.like(await run('encrypt one.jpg --scheme shuffle --to owner.pub', 2), { code: 'key-needed' });
	t.like(await run('encrypt one.jpg --scheme shuffle --key 1 --blocks 321x1 --out x.png', 3), {
		code: 'block-too-large',
	});
	t.false((await readdir(cwd)).includes('x.png'));
});

import { chmod, copyFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import sharp from 'sharp';
import { absolute } from '../../src/core/image/compare.js';
import { readImage } from '../../src/core/image/files.js';
import { decodeNpy } from '../../src/core/npy.js';
import { openVctFile, writeVctFile } from '../../src/core/subtract/vct-files.js';
import { faces } from '../helpers/fixtures.js';
import { type CliResult, endingOf, type Fields, runCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

interface Desk {
	readonly cwd: string;
	run(line: string, env?: Readonly<Record<string, string>>): Promise<CliResult>;
	/** Runs it and gives its result. */
	ok(line: string, env?: Readonly<Record<string, string>>): Promise<Fields>;
	/** Runs it and gives its error. */
	refused(line: string, exitCode: number, env?: Readonly<Record<string, string>>): Promise<Fields>;
}

/** A folder with two pictures and an owner's key. */
async function desk(t: ExecutionContext): Promise<Desk> {
	const cwd = await temporaryFolder(t);
	const run: Desk['run'] = (line, env = {}) => runCli(t, [...line.split(' '), '--json'], { cwd, env });
	const ok: Desk['ok'] = async (line, env) => {
		const result = await run(line, env);
		t.is(result.code, 0, `${line}\n${result.stdout}${result.stderr}`);
		return endingOf(t, result);
	};
	const refused: Desk['refused'] = async (line, exitCode, env) => {
		const result = await run(line, env);
		t.is(result.code, exitCode, `${line}\n${result.stdout}${result.stderr}`);
		return endingOf(t, result);
	};
	await copyFile(faces[0], join(cwd, 'one.jpg'));
	await copyFile(faces[1], join(cwd, 'two.jpg'));
	await ok('keygen --out owner');
	return { cwd, run, ok, refused };
}

test('two pictures are encrypted, subtracted without the key, and their exact difference comes back', async (t) => {
	const { cwd, ok, refused } = await desk(t);
	t.is((await stat(join(cwd, 'owner.key'))).mode & 0o777, 0o600);
	const first = await ok('encrypt one.jpg --key owner.key --out a.vct');
	t.like(first, { files: ['a.vct'], scheme: 'symmetric' });
	t.is(first.bytes, (await stat(join(cwd, 'a.vct'))).size);
	await ok('encrypt two.jpg --key owner.key --out b.vct');
	const { file, bytes } = await ok('subtract a.vct b.vct --out d.vct');
	t.is(file, 'd.vct');
	t.is(bytes, (await stat(join(cwd, 'd.vct'))).size);

	const [one, two] = await Promise.all(['one.jpg', 'two.jpg'].map((name) => readImage(join(cwd, name))));
	const expected = Int16Array.from({ length: one.samples.length }, (_, i) => one.samples[i] - two.samples[i]);
	const result = await ok('decrypt d.vct --key owner.key --of a.vct,b.vct --as absolute --out d.png --raw d.npy');
	t.like(result, { file: 'd.png', raw: 'd.npy', verified: true });
	const sorted = expected.slice().sort();
	t.deepEqual(result.range, [sorted[0], sorted.at(-1)]);
	const raw = decodeNpy(await readFile(join(cwd, 'd.npy')), 'd.npy');
	t.deepEqual(raw.values, expected);
	t.deepEqual(raw.shape, [240, 320, 3]);
	t.deepEqual((await readImage(join(cwd, 'd.png'))).samples, absolute(one, two).samples);
	await ok('decrypt d.vct --key owner.key --as saturated --out s.png');
	t.deepEqual(
		(await readImage(join(cwd, 's.png'))).samples,
		Uint8Array.from(expected, (x) => Math.max(0, x)),
	);

	t.like(await refused('decrypt d.vct --key owner.key --of b.vct,a.vct', 3), { code: 'other-frames' });
	const { ids } = await ok('inspect d.vct');
	t.true(Array.isArray(ids) && ids.length === 2);
	await ok(`decrypt d.vct --key owner.key --of ${String(ids)}`);
	t.like(await refused('encrypt one.jpg --key owner.key --out a.vct', 3), { code: 'file-exists' });
	await ok('encrypt one.jpg --key owner.key --out a.vct --force');
	t.like(await refused('decrypt d.vct --key owner.key --of a.vct,b.vct', 3), { code: 'other-frames' });
});

test('the public key encrypts, too, and the secret key tells that nothing vouches for the answer', async (t) => {
	const { cwd, ok, refused } = await desk(t);
	const encrypted = await ok('encrypt one.jpg two.jpg --to owner.pub --out frames');
	t.deepEqual(encrypted.files, [join('frames', 'one.vct'), join('frames', 'two.vct')]);
	await ok('subtract frames/one.vct frames/two.vct');
	const result = await runCli(t, ['decrypt', 'difference.vct', '--key', 'owner.key'], { cwd });
	t.is(result.code, 0);
	t.regex(result.stderr, /nothing proves that it is the difference asked for/);
	await ok('encrypt one.jpg --key owner.key');
	const said = await refused('subtract one.vct frames/two.vct', 3);
	t.regex(String(said.message), /differ in how they were encrypted: symmetric and public-key/);
	t.like(await refused('encrypt one.jpg --key owner.pub --out x.vct', 3), { code: 'public-key' });
	t.like(await refused('encrypt one.jpg --to owner.key --out x.vct', 3), { code: 'secret-key' });
	t.false((await readdir(cwd)).includes('x.vct'));
});

test('a difference in the form without tags is no answer for frames with tags, whatever ids it names', async (t) => {
	const { cwd, ok, refused } = await desk(t);
	await ok('encrypt one.jpg two.jpg --key owner.key --out tagged');
	await ok('encrypt one.jpg two.jpg --to owner.pub --out forged');
	await ok('subtract forged/one.vct forged/two.vct --out made-up.vct');
	const ids = await Promise.all(
		['one', 'two'].map(async (name) => {
			const frame = await openVctFile(join(cwd, 'tagged', `${name}.vct`));
			await frame.close();
			return frame.header.ids[0];
		}),
	);
	const forged = await openVctFile(join(cwd, 'made-up.vct'));
	await writeVctFile(join(cwd, 'answer.vct'), { ...forged.header, ids }, forged.records(), { exclusive: true });
	const of = 'tagged/one.vct,tagged/two.vct';
	t.like(await refused(`decrypt answer.vct --key owner.key --of ${of}`, 3), { code: 'other-scheme' });
});

test('a mask of what moved comes with its boxes', async (t) => {
	const { cwd, ok } = await desk(t);
	const empty = sharp({ create: { width: 40, height: 30, channels: 3, background: '#505050' } });
	const block = await sharp({ create: { width: 6, height: 4, channels: 3, background: '#f0f0f0' } })
		.png()
		.toBuffer();
	await empty.clone().png().toFile(join(cwd, 'before.png'));
	await empty
		.composite([{ input: block, left: 11, top: 7 }])
		.png()
		.toFile(join(cwd, 'after.png'));
	await ok('encrypt after.png before.png --key owner.key');
	await ok('subtract after.vct before.vct');
	const result = await ok('decrypt difference.vct --key owner.key --threshold 100 --out mask.png');
	t.deepEqual(result.boxes, [{ x: 11, y: 7, width: 6, height: 4, pixels: 24 }]);
	t.like(result, { movedPixels: 24, boxCount: 1 });
	const mask = await readImage(join(cwd, 'mask.png'));
	t.is(mask.samples.filter((sample) => sample === 255).length, 24);
});

test('transparency is left out with a word, and an encrypted picture is no picture', async (t) => {
	const { cwd, refused } = await desk(t);
	const clear = sharp({ create: { width: 4, height: 4, channels: 4, background: { r: 9, g: 8, b: 7, alpha: 0.5 } } });
	await clear.png().toFile(join(cwd, 'clear.png'));
	const result = await runCli(t, ['encrypt', 'clear.png', '--key', 'owner.key'], { cwd });
	t.is(result.code, 0);
	t.regex(result.stderr, /clear\.png: its transparency is left out/);
	t.like(await refused('encrypt clear.vct --key owner.key --out x.vct', 3), { code: 'not-a-picture' });
});

test('a key is not overwritten, but rotated: what the old one encrypted still opens with it', async (t) => {
	const { cwd, ok, refused } = await desk(t);
	const before = await readFile(join(cwd, 'owner.key'));
	t.like(await refused('keygen --out owner', 3), { code: 'key-exists' });
	t.deepEqual(await readFile(join(cwd, 'owner.key')), before);
	await ok('encrypt one.jpg two.jpg --key owner.key');
	await ok('subtract one.vct two.vct --out d.vct');
	const { kept, fingerprint } = await ok('keygen --out owner --rotate');
	t.true(Array.isArray(kept) && kept.length === 2);
	t.deepEqual(await readFile(join(cwd, String(Object(kept)[0]))), before);
	t.like(await refused('decrypt d.vct --key owner.key', 3), { code: 'other-key' });
	await ok(`decrypt d.vct --key ${String(Object(kept)[0])}`);
	await ok('encrypt one.jpg --key owner.key --out new.vct');
	t.like(await refused('subtract new.vct two.vct', 3), { code: 'other-key' });
	t.not((await ok('keygen --out owner --force')).fingerprint, fingerprint);
	t.deepEqual((await readdir(cwd)).filter((name) => name.endsWith('.key')).length, 2);
});

test('a locked key wants its passphrase, from a file or the environment', async (t) => {
	const { cwd, ok, refused } = await desk(t);
	await writeFile(join(cwd, 'pass'), 'open sesame\nnot this\n');
	t.like(await ok('keygen --out locked --passphrase-file pass'), { locked: true });
	await ok('encrypt one.jpg --key locked.key --passphrase-file pass --out a.vct');
	await ok('encrypt two.jpg --key locked.key --out b.vct', { VEILCAM_PASSPHRASE: 'open sesame' });
	t.like(await refused('encrypt one.jpg --key locked.key --out c.vct', 2), { code: 'passphrase-needed' });
	const wrong = { VEILCAM_PASSPHRASE: 'open' };
	t.like(await refused('encrypt one.jpg --key locked.key --out c.vct', 5, wrong), { code: 'wrong-passphrase' });
	t.like(await ok('inspect locked.key'), { type: 'key', kind: 'secret', locked: true });
	t.like(await ok('inspect locked.pub'), { type: 'key', kind: 'public', locked: false });
});

test('a key that others can read is warned about', async (t) => {
	const { cwd } = await desk(t);
	await chmod(join(cwd, 'owner.key'), 0o644);
	const result = await runCli(t, ['encrypt', 'one.jpg', '--key', 'owner.key'], { cwd });
	t.is(result.code, 0);
	t.regex(result.stderr, /others on this machine can read it; chmod 600 owner\.key/);
});

test('what cannot be finished leaves no file behind', async (t) => {
	const { cwd, ok, refused } = await desk(t);
	await ok('encrypt one.jpg two.jpg --key owner.key');
	const bytes = await readFile(join(cwd, 'two.vct'));
	await writeFile(join(cwd, 'cut.vct'), bytes.subarray(0, -1));
	bytes[bytes.length - 9] ^= 0x01;
	await writeFile(join(cwd, 'changed.vct'), bytes);
	t.like(await refused('subtract one.vct cut.vct', 3), { code: 'truncated-vct' });
	t.like(await refused('subtract one.vct changed.vct', 3), { code: 'damaged-vct' });
	t.like(await refused('inspect changed.vct', 3), { code: 'damaged-vct' });
	t.like(await refused('inspect one.jpg', 3), { code: 'unknown-file' });
	t.like(await refused('subtract one.vct one.vct', 3), { code: 'same-frame' });
	t.like(await refused('subtract one.vct missing.vct', 3), { code: 'missing-file' });
	const names = await readdir(cwd);
	t.false(names.includes('difference.vct'));
	t.deepEqual(
		names.filter((name) => name.startsWith('.')),
		[],
	);
});

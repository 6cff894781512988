import { copyFile, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import sharp from 'sharp';
import { readImage } from '../../src/core/image/files.js';
import { decodeNpy } from '../../src/core/npy.js';
import { faces } from '../helpers/fixtures.js';
import { endingOf, type Fields, runCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

async function desk(
	t: ExecutionContext,
): Promise<{ cwd: string; run: (line: string, code?: number) => Promise<Fields> }> {
	const cwd = await temporaryFolder(t);
	const run = async (line: string, code = 0): Promise<Fields> => {
		const result = await runCli(t, [...line.split(' '), '--json'], { cwd });
		t.is(result.code, code, `${line}\n${result.stdout}${result.stderr}`);
		return endingOf(t, result);
	};
	return { cwd, run };
}

/** Sums of squared differences per block of 16x16, of pictures of 320x240 in colour. */
async function clearScores(cwd: string): Promise<number[][]> {
	const [one, two] = await Promise.all(['one.jpg', 'two.jpg'].map((name) => readImage(join(cwd, name))));
	const rows = Array.from({ length: 15 }, () => new Array<number>(20).fill(0));
	for (let i = 0; i < one.samples.length; i++) {
		const [x, y] = [Math.floor(i / 3) % 320, Math.floor(i / 960)];
		rows[Math.floor(y / 16)][Math.floor(x / 16)] += (one.samples[i] - two.samples[i]) ** 2;
	}
	return rows;
}

test('cameras encrypt, a server scores without the key, the owner gets a heat map and a table', async (t) => {
	const { cwd, run } = await desk(t);
	await copyFile(faces[1], join(cwd, 'one.jpg'));
	await copyFile(faces[2], join(cwd, 'two.jpg'));
	await run('keygen --out owner');
	const frames = await run('encrypt one.jpg two.jpg --key owner.key --blocks 16x16');
	t.like(frames, { files: ['one.motion', 'two.motion'], scheme: 'motion' });
	t.is(Number(frames.bytes), 2 * (await stat(join(cwd, 'one.motion'))).size);
	const score = await run('motion one.motion two.motion --blocks 16x16');
	t.is(score.bytes, (await stat(join(cwd, 'score.motion'))).size);
	t.like(await run('inspect score.motion'), { type: 'motion', kind: 'score', blocks: '16x16', width: 320 });
	t.like(await run('inspect one.motion'), { type: 'motion', kind: 'frame' });

	const expected = await clearScores(cwd);
	const result = await run('decrypt score.motion --key owner.key --out heat.png --raw scores.npy');
	t.like(result, { file: 'heat.png', columns: 20, rows: 15, blockWidth: 16, blockHeight: 16 });
	t.deepEqual(result.scores, expected);
	const raw = decodeNpy(await readFile(join(cwd, 'scores.npy')), 'scores.npy');
	t.deepEqual(raw.shape, [15, 20]);
	t.deepEqual([...raw.values], expected.flat());
	const { width, height, samples } = await readImage(join(cwd, 'heat.png'));
	t.deepEqual([width, height], [320, 240]);
	const brightest = samples.indexOf(255, 0) / 3;
	const most = Math.max(...expected.flat());
	t.is(expected[Math.floor(brightest / 320 / 16)][Math.floor((brightest % 320) / 16)], most);

	// at once, where the key is at hand
	const atOnce = await run('motion one.motion two.motion --key owner.key --out again.png');
	t.deepEqual(atOnce.scores, expected);
	t.like(await run('motion one.motion two.motion --blocks 8x8', 3), { code: 'other-blocks' });
	t.like(await run('motion one.motion two.jpg', 2), { code: 'other-kind' });
	t.like(await run('motion one.motion one.motion', 3), { code: 'same-frame' });
	t.like(await run('motion one.motion score.motion', 3), { code: 'not-a-frame' });
	t.like(await run('motion one.motion two.motion --raw x.npy', 2), { code: 'key-needed' });
	t.like(await run('decrypt score.motion --key owner.key --threshold 3', 2), { code: 'unused-option' });
	t.like(await run('decrypt one.motion --key owner.key', 3), { code: 'not-a-score' });
	t.like(await run('encrypt one.jpg --to owner.pub --blocks 8x8', 2), { code: 'key-needed' });
	t.like(await run('encrypt one.jpg --key owner.key --blocks 16x16', 3), { code: 'file-exists' });
	await run('encrypt one.jpg --key owner.key --out one.vct');
	t.like(await run('subtract one.vct two.motion', 3), { code: 'not-a-vct' });
	await run('keygen --out owner --rotate');
	t.like(await run('decrypt score.motion --key owner.key', 3), { code: 'other-key' });
	t.deepEqual(
		(await readdir(cwd)).filter((name) => name.startsWith('.')),
		[],
	);
});

test('two pictures are scored at once to try it, and the moved square is told', async (t) => {
	const { cwd, run } = await desk(t);
	const empty = sharp({ create: { width: 41, height: 30, channels: 3, background: '#505050' } });
	const square = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#f0f0f0' } })
		.png()
		.toBuffer();
	await empty.clone().png().toFile(join(cwd, 'before.png'));
	await empty
		.composite([{ input: square, left: 16, top: 8 }])
		.png()
		.toFile(join(cwd, 'after.png'));
	const result = await run('motion after.png before.png --blocks 8x8');
	t.like(result, { file: 'motion.png', columns: 6, rows: 4, movedBlocks: 1 });
	t.deepEqual(result.table, [{ x: 16, y: 8, width: 8, height: 8, score: 192 * 160 ** 2, rms: 160 }]);
	t.like(await run('motion after.png before.png --blocks 42x8', 3), { code: 'block-too-large' });
	t.like(await run('motion after.png before.png --blocks eight', 2), { code: 'bad-option' });
	await sharp(join(cwd, 'after.png')).resize(40, 30).toFile(join(cwd, 'smaller.png'));
	t.like(await run('motion smaller.png before.png --blocks 8x8', 3), { code: 'other-shape' });
});

test('whoever decrypts scores is told that nothing proves them', async (t) => {
	const { cwd, run } = await desk(t);
	await copyFile(faces[1], join(cwd, 'one.jpg'));
	await copyFile(faces[2], join(cwd, 'two.jpg'));
	await run('keygen --out owner');
	await run('encrypt one.jpg two.jpg --key owner.key --blocks 80x80');
	await run('motion one.motion two.motion');
	const result = await runCli(t, ['decrypt', 'score.motion', '--key', 'owner.key'], { cwd });
	t.is(result.code, 0);
	t.regex(result.stderr, /nothing proves that these are the scores/);
	t.regex(result.stdout, /motion\.png: 4x3 blocks of 80x80 pixels, 12 with a change\n {2}block at/);
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { readImage } from '../../src/core/image/files.js';
import { fit as fitTo } from '../../src/core/image/geometry.js';
import { decodeNpy, encodeNpy, type NpyValues } from '../../src/core/npy.js';
import { createLocalParties } from '../../src/services/party/local-parties.js';
import { startParty } from '../../src/services/party/start-party.js';
import { faces } from '../helpers/fixtures.js';
import { runCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

const [face] = faces;
const SIDE = 100;

async function inferIn(t: ExecutionContext, cwd: string, ...more: string[]) {
	const { code, stdout, stderr } = await runCli(t, ['infer', '--json', ...more], { cwd });
	return { code, stderr, ...JSON.parse(stdout.trim().split('\n').at(-1) ?? '') };
}

function save(folder: string, name: string, values: NpyValues, shape: readonly number[]): string {
	writeFileSync(join(folder, name), encodeNpy({ values, shape }));
	return name;
}

/** The face as the network takes it. */
async function scaledFace(): Promise<Float64Array> {
	const { samples } = await fitTo(await readImage(face, { channels: 1 }), { width: SIDE, height: SIDE });
	return Float64Array.from(samples, (sample) => sample / 255);
}

test('a .npy file of the scaled picture gives what the picture does, with or without a batch, in the clear', async (t) => {
	const cwd = await temporaryFolder(t);
	const values = await scaledFace();
	const plain = save(cwd, 'a.npy', values, [1, SIDE, SIDE]);
	const batch = save(cwd, 'b.npy', Float32Array.from(values), [1, 1, SIDE, SIDE]);
	const expected = await inferIn(t, cwd, '--input', face, '--clear', 'float', '--out', 'out.npy');
	t.deepEqual((await inferIn(t, cwd, '--input', plain, '--clear', 'float')).output, expected.output);
	const { output } = await inferIn(t, cwd, '--input', batch, '--clear', 'float');
	output.forEach((value: number, i: number) => {
		t.true(Math.abs(value - expected.output[i]) < 1e-5);
	});
	const written = decodeNpy(readFileSync(join(cwd, 'out.npy')), 'out.npy');
	t.deepEqual(written, { values: Float32Array.from(expected.output), shape: [1, 64] });
});

test('a .npy file goes through three parties, and what they would get wrong is refused before it is sent', async (t) => {
	const cwd = await temporaryFolder(t);
	const { configs } = await createLocalParties(join(cwd, 'parties'), 0);
	const running = await Promise.all(configs.map((config) => startParty(config)));
	t.teardown(() => Promise.all(running.map((party) => party.close())));
	await Promise.all(running.map((party) => party.connected(60_000)));
	const values = await scaledFace();
	const input = save(cwd, 'a.npy', values, [1, SIDE, SIDE]);
	const twin = await inferIn(t, cwd, '--input', input, '--clear', 'fixed');
	const secure = await inferIn(t, cwd, '--input', input, '--out', 'out.npy');
	secure.output.forEach((value: number, i: number) => {
		t.true(Math.abs(value - twin.output[i]) < 0.02);
	});
	t.deepEqual(decodeNpy(readFileSync(join(cwd, 'out.npy')), 'out.npy').values, Float32Array.from(secure.output));
	const unscaled = save(
		cwd,
		'c.npy',
		Uint8Array.from(values, (value) => value * 255),
		[1, SIDE, SIDE],
	);
	const refused = await inferIn(t, cwd, '--input', unscaled);
	t.like(refused, { event: 'error', code: 'input-out-of-range' });
	t.regex(refused.message, /c\.npy/);
	// a little beyond is within the headroom that the bits leave
	const negative = save(
		cwd,
		'd.npy',
		values.map((value) => value - 0.5),
		[1, SIDE, SIDE],
	);
	t.is((await inferIn(t, cwd, '--input', negative)).event, 'result');
	t.deepEqual(
		running.map((party) => party.status().jobsDone),
		[2, 2, 2],
	);
});

test('an input that does not fit, and a result that cannot be written, are sentences', async (t) => {
	const cwd = await temporaryFolder(t);
	const error = async (code: string, message: RegExp, ...more: string[]) => {
		const said = await inferIn(t, cwd, '--clear', 'float', ...more);
		t.like(said, { event: 'error', code });
		t.regex(said.message, message);
	};
	const values = new Float32Array(SIDE * SIDE);
	save(cwd, 'flat.npy', values, [SIDE, SIDE]);
	save(cwd, 'two.npy', new Float32Array(2 * SIDE * SIDE), [2, 1, SIDE, SIDE]);
	save(cwd, 'nan.npy', values.fill(Number.NaN), [1, SIDE, SIDE]);
	writeFileSync(join(cwd, 'text.npy'), 'no array');
	await error('input-shape', /flat\.npy: shape \(100, 100\), the network takes \(1, 100, 100\)/, '--input', 'flat.npy');
	await error('input-shape', /two\.npy/, '--input', 'two.npy');
	await error('input-not-finite', /nan\.npy/, '--input', 'nan.npy');
	await error('bad-npy', /text\.npy: not a \.npy file/, '--input', 'text.npy');
	await error('missing-file', /none\.npy/, '--input', 'none.npy');
	await error('missing-folder', /out\.npy/, '--input', face, '--out', join('no', 'out.npy'));
});

test('--ring takes 32 bits by itself, and 64 where it is asked to; the twin of either is near the other', async (t) => {
	const cwd = await temporaryFolder(t);
	const fixed = ['--input', face, '--clear', 'fixed'];
	const [auto, narrow, wide] = await Promise.all(
		['auto', '32', '64'].map((ring) => inferIn(t, cwd, ...fixed, '--ring', ring)),
	);
	t.is(auto.ringBits, 32);
	t.deepEqual(narrow.output, auto.output);
	t.is(wide.ringBits, 64);
	t.true(wide.headroomBits >= 12 && auto.headroomBits >= 2);
	t.deepEqual(wide.problems, []);
	wide.output.forEach((value: number, i: number) => {
		t.true(Math.abs(value - auto.output[i]) < 0.02);
	});
	t.is((await inferIn(t, cwd, ...fixed, '--ring', '48')).code, 'usage');
});

import { copyFileSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { encodeNpy } from '../../src/core/npy.js';
import { createLocalParties } from '../../src/services/party/local-parties.js';
import { partyFile, readPartyConfig } from '../../src/services/party/party-config.js';
import { startParty } from '../../src/services/party/start-party.js';
import { faces, packageRoot } from '../helpers/fixtures.js';
import { runCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temp-folder.js';

const [face] = faces;

async function cli(t: ExecutionContext, cwd: string, ...args: string[]) {
	const { code, stdout } = await runCli(t, [...args, '--json'], { cwd });
	return { code, ...JSON.parse(stdout.trim().split('\n').at(-1) ?? '') };
}

async function folderWith(t: ExecutionContext, network: string): Promise<string> {
	const cwd = await temporaryFolder(t);
	copyFileSync(join(packageRoot, 'fixtures', 'models', `${network}.onnx`), join(cwd, 'net.onnx'));
	return cwd;
}

test('an ONNX file is imported, shown and run in the clear, and is not overwritten', async (t) => {
	const cwd = await folderWith(t, 'residual');
	const made = await cli(t, cwd, 'model', 'import', 'net.onnx');
	t.is(made.file, 'net.model');
	t.true(made.headroomBits >= 2 && made.layers > 10 && made.parameters > 5000, JSON.stringify(made));
	t.is((await cli(t, cwd, 'model', 'import', 'net.onnx')).code, 'file-exists');
	const shown = await cli(t, cwd, 'model', 'show', 'net.model');
	t.is(shown.before.filter(({ kind }: { kind: string }) => kind === 'scale').length, 6);
	t.is(shown.after.filter(({ kind }: { kind: string }) => kind === 'scale').length, 0);
	t.is(shown.parameters, made.parameters);
	const float = await cli(t, cwd, 'infer', '--model', 'net.model', '--input', face, '--clear', 'float');
	const fixed = await cli(t, cwd, 'infer', '--model', 'net.model', '--input', face, '--clear', 'fixed');
	t.deepEqual(float.shape, [1, 10]);
	t.deepEqual(fixed.problems, []);
	const largest = Math.max(...float.output.map(Math.abs));
	for (const [at, value] of fixed.output.entries())
		t.true(Math.abs(value - float.output[at]) < 0.02 * largest, `${at}`);
});

test('bits are chosen by pictures or by a .npy file, and by the ring that is asked for', async (t) => {
	const cwd = await folderWith(t, 'residual');
	const loose = await cli(t, cwd, 'model', 'import', 'net.onnx', '--ring', '32', '--out', 'a.model');
	const pictures = join(packageRoot, 'fixtures', 'pictures');
	const tight = await cli(
		t,
		cwd,
		'model',
		'import',
		'net.onnx',
		'--calibrate',
		pictures,
		'--ring',
		'32',
		'--out',
		'b.model',
	);
	t.is(tight.code, 0, JSON.stringify(tight).slice(0, 300));
	const bitsOf = async (file: string): Promise<number> => {
		const { after } = await cli(t, cwd, 'model', 'show', file);
		return after.reduce((sum: number, node: { fractionalBits: number }) => sum + node.fractionalBits, 0);
	};
	t.true((await bitsOf('b.model')) > (await bitsOf('a.model')) + 10);
	t.is(loose.ringBits, 32);
	const shape = [2, 3, 16, 16];
	writeFileSync(join(cwd, 's.npy'), encodeNpy({ values: new Float32Array(2 * 3 * 256).fill(0.5), shape }));
	t.is(
		(await cli(t, cwd, 'model', 'import', 'net.onnx', '--calibrate', 's.npy', '--ring', '64', '--out', 'c.model'))
			.ringBits,
		64,
	);
	writeFileSync(join(cwd, 'w.npy'), encodeNpy({ values: new Float32Array(16), shape: [1, 4, 4] }));
	t.is(
		(await cli(t, cwd, 'model', 'import', 'net.onnx', '--calibrate', 'w.npy', '--out', 'd.model')).code,
		'input-shape',
	);
});

/** Three parties of this process, as their files say. */
async function startParties(t: ExecutionContext, folder: string): Promise<void> {
	await createLocalParties(folder, 0);
	const configs = ([0, 1, 2] as const).map((index) => readPartyConfig(partyFile(folder, index)));
	const running = await Promise.all(configs.map((config) => startParty(config)));
	t.teardown(() => Promise.all(running.map((party) => party.close())));
	await Promise.all(running.map((party) => party.connected(60_000)));
}

test('the parties keep the weights of a model, run it for who has none, and forget it', async (t) => {
	const cwd = await folderWith(t, 'mobile');
	const folder = join(cwd, 'parties');
	await startParties(t, folder);
	await cli(t, cwd, 'model', 'import', 'net.onnx', '--calibrate', join(packageRoot, 'fixtures', 'pictures'));
	const infer = (file: string, ...more: string[]) => cli(t, cwd, 'infer', '--model', file, '--input', face, ...more);
	const early = await infer('net.model', '--private-model');
	t.regex(early.message, /is not kept here: share it first/);
	const shared = await cli(t, cwd, 'model', 'share', 'net.model', '--out', 'client.model');
	t.regex(shared.id, /^[0-9a-f]{32}$/);
	for (const index of [0, 1, 2]) {
		const kept = join(folder, `party-${index}-models`);
		const [name, ...others] = readdirSync(kept);
		t.deepEqual([name, others], [`${shared.id}.weights`, []]);
		t.is(statSync(join(kept, name)).mode & 0o777, 0o600);
		t.is(statSync(kept).mode & 0o777, 0o700);
	}
	const twin = await infer('net.model', '--clear', 'fixed');
	for (const result of [await infer('net.model'), await infer('client.model', '--private-model')]) {
		t.deepEqual(result.shape, [1, 5]);
		for (const [at, value] of result.output.entries()) t.true(Math.abs(value - twin.output[at]) < 0.01, `${value}`);
	}
	t.is((await infer('client.model')).code, 'no-weights');
	t.deepEqual(
		(await cli(t, cwd, 'model', 'list')).models.map(({ id, parties }: { id: string; parties: number }) => [
			id,
			parties,
		]),
		[[shared.id, 3]],
	);
	t.is((await cli(t, cwd, 'model', 'remove', 'client.model')).id, shared.id);
	t.deepEqual((await cli(t, cwd, 'model', 'list')).models, []);
	t.false(existsSync(join(folder, 'party-0-models', `${shared.id}.weights`)));
	t.is((await cli(t, cwd, 'model', 'remove', shared.id)).code, 'no-such-model');
});

test('the recognition network is shared by its name, once, and stays as long as templates need it', async (t) => {
	const cwd = await temporaryFolder(t);
	const folder = join(cwd, 'parties');
	await startParties(t, folder);
	const share = (...more: string[]) => cli(t, cwd, 'model', 'share', 'recognition', ...more);
	t.is((await share('--weights', 'nowhere')).code, 'no-face-weights');
	t.is((await share('--out', 'x.model')).code, 'unused-option');
	const first = await share();
	t.truthy(first.id, JSON.stringify(first));
	const { id } = first;
	t.is((await share()).code, 'model-kept');
	t.like(await cli(t, cwd, 'enroll', 'ada', face, '--private-model'), { name: 'ada', templates: 1 });
	t.is((await cli(t, cwd, 'gallery', 'list')).model, id);
	const mixed = await cli(t, cwd, 'enroll', 'ada', face, 'x.npy', '--private-model');
	t.is(mixed.code, 'unused-option');
	t.like(await cli(t, cwd, 'match', face, '--private-model'), { match: true, name: 'ada' });
	t.is((await cli(t, cwd, 'match', face)).code, 'models-differ');
	t.is((await cli(t, cwd, 'model', 'remove', 'recognition')).code, 'model-needed');
	t.is((await cli(t, cwd, 'model', 'remove', 'recognition', '--force')).id, id);
});

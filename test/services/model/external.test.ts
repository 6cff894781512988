import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { TensorProto } from '../../../src/core/onnx/proto.js';
import { importModel } from '../../../src/services/model/import-model.js';
import { encodeModel, modelProto, node } from '../../helpers/onnx-models.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

/** x times one weight, which lies in another file. */
function modelWith(entries: Readonly<Record<string, string>>): Uint8Array {
	const externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
	const weights: TensorProto = { name: 'w', dims: [1, 1, 1, 1], dataType: 1, dataLocation: 1, externalData };
	const nodes = [node('Conv', ['x', 'w'], ['y'])];
	return encodeModel(modelProto({ input: [1, 1, 2, 2], nodes, constants: [weights] }));
}

async function load(folder: string, entries: Readonly<Record<string, string>>): Promise<number> {
	const model = await importModel(join(folder, 'inner', 'm.onnx'), modelWith(entries), {
		ring: 'auto',
		preprocessing: { divisor: 255, mean: [0], std: [1] },
		samples: async () => [],
		random: { fillInto: (bytes) => void bytes.fill(1) },
	});
	const [layer] = model.graph.nodes;
	return 'weights' in layer ? layer.weights[0] : Number.NaN;
}

test('weights beside the model are read, and nothing outside its folder, by whatever name', async (t) => {
	const folder = await temporaryFolder(t);
	mkdirSync(join(folder, 'inner', 'data'), { recursive: true });
	const file = (value: number): Uint8Array => new Uint8Array(Float32Array.of(9, value, 9).buffer);
	writeFileSync(join(folder, 'secret.bin'), file(5));
	writeFileSync(join(folder, 'inner', 'data', 'w.bin'), file(0.75));
	symlinkSync(join(folder, 'secret.bin'), join(folder, 'inner', 'link.bin'));
	t.is(await load(folder, { location: 'data/w.bin', offset: '4', length: '4' }), 0.75);
	t.is(await load(folder, { location: './data/../data/w.bin', offset: '4', length: '4' }), 0.75);
	for (const location of ['../secret.bin', 'link.bin', join(folder, 'secret.bin'), 'data/../../secret.bin']) {
		await t.throwsAsync(load(folder, { location, offset: '4', length: '4' }), {
			message: /outside the model's folder|are not there/,
		});
	}
	const wrong: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
		[{ location: 'data/none.bin' }, /are not there/],
		[{ location: 'data/w.bin', offset: '8', length: '8' }, /end at 12 bytes, expected 16/],
		[{ location: 'data/w.bin', offset: '-4' }, /bad offset/],
		[{ location: 'data/w.bin', length: '1e3' }, /bad length/],
		[{ location: 'data/w.bin' }, /expected 4 bytes for 1x1x1x1, got 12/],
		[{}, /no location/],
	];
	for (const [entries, message] of wrong) await t.throwsAsync(load(folder, entries), { message });
});

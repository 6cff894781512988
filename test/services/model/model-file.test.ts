import { createHash } from 'node:crypto';
import test from 'ava';
import { DataError } from '../../../src/core/errors.js';
import { runClearFloat } from '../../../src/core/nn/clear-float.js';
import { importModel } from '../../../src/services/model/import-model.js';
import { decodeModelFile, encodeModelFile } from '../../../src/services/model/model-file.js';
import { networks } from '../../helpers/networks.js';
import { encodeModel, modelProto } from '../../helpers/onnx-models.js';

async function mobile() {
	return importModel('/nowhere/mobile.onnx', encodeModel(modelProto(networks.mobile())), {
		ring: 'auto',
		preprocessing: { divisor: 255, mean: [0.4, 0.5, 0.6], std: [0.2] },
		samples: async () => [],
		random: { fillInto: (bytes) => void bytes.fill(7) },
	});
}

function resealed(bytes: Uint8Array, change: (body: Buffer) => void): Buffer {
	const body = Buffer.from(bytes.subarray(0, bytes.length - 32));
	change(body);
	return Buffer.concat([body, createHash('sha256').update(body).digest()]);
}

test('a model comes back from its file as it was, and computes the same', async (t) => {
	const model = await mobile();
	const again = decodeModelFile(encodeModelFile(model), 'm.model');
	t.deepEqual({ ...again, windows: [...again.windows] }, { ...model, windows: [...model.windows] });
	const input = Float64Array.from({ length: 3 * 24 * 24 }, (_, at) => (at % 17) / 17);
	t.deepEqual(runClearFloat(again.graph, input), runClearFloat(model.graph, input));
	t.is(again.id, '07'.repeat(16));
	// (0 - 0.6) / 0.2 and (1 - 0.4) / 0.2
	t.true(Math.abs(again.range.min + 3) < 1e-9 && Math.abs(again.range.max - 3) < 1e-9);
});

test('without its weights a file has the same architecture, and no trace of them', async (t) => {
	const model = await mobile();
	const bytes = encodeModelFile({ ...model, hasWeights: false });
	const again = decodeModelFile(bytes, 'm.model');
	t.false(again.hasWeights);
	t.deepEqual([...again.fixedPoint.weightBits], [...model.fixedPoint.weightBits]);
	for (const node of again.graph.nodes) if ('weights' in node) t.true(node.weights.every((value) => value === 0));
});

test('a file that is foreign, of the future, cut off or changed is refused by name', async (t) => {
	const bytes = encodeModelFile(await mobile());
	const cases: readonly (readonly [Uint8Array, RegExp])[] = [
		[Buffer.from('some other file'), /^m\.model: not a model of veilcam$/],
		[bytes.subarray(0, 30), /cut off/],
		[bytes.subarray(0, bytes.length - 1), /cut off/],
		[Buffer.concat([bytes, Buffer.alloc(1)]), /cut off/],
		[resealed(bytes, (body) => body.writeUInt32LE(2, 8)), /of version 2, this veilcam reads 1/],
		[resealed(bytes, (body) => body.write('[', 20)), /does not hold what it should/],
	];
	for (const [changed, message] of cases) {
		const error = t.throws(() => decodeModelFile(changed, 'm.model'), { instanceOf: DataError });
		t.regex(error?.message ?? '', message);
	}
	for (const at of [20, 400, bytes.length - 40, bytes.length - 1]) {
		const changed = Buffer.from(bytes);
		changed[at] ^= 1;
		t.throws(() => decodeModelFile(changed, 'm.model'), { message: 'm.model: the model has been changed or damaged' });
	}
});

import test from 'ava';
import fc from 'fast-check';
import { DataError } from '../../../src/core/errors.js';
import { importOnnx } from '../../../src/core/onnx/import-onnx.js';
import { encodeModel, modelProto, noExternal } from '../../helpers/onnx-models.js';
import { operatorCases } from '../../helpers/operator-cases.js';

test('a model with any of its bytes changed or cut off is imported or refused, and nothing else', (t) => {
	const models = operatorCases.map(({ model }) => encodeModel(modelProto(model)));
	let refused = 0;
	fc.assert(
		fc.property(
			fc.constantFrom(...models),
			fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
			fc.option(fc.nat()),
			(model, changes, cut) => {
				const bytes = Uint8Array.from(model);
				for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
				try {
					importOnnx(cut === null ? bytes : bytes.subarray(0, cut % bytes.length), 'm.onnx', noExternal);
				} catch (error) {
					if (!(error instanceof DataError) && !String(error).includes('no weights beside')) throw error;
					refused++;
				}
			},
		),
		{ seed: 5, numRuns: 400 },
	);
	t.true(refused > 100);
});

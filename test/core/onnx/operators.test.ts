import test from 'ava';
import { runClearFloat } from '../../../src/core/nn/clear-float.js';
import { seededNumbers } from '../../../src/core/nn/seeded-numbers.js';
import { computeFinish } from '../../../src/core/onnx/finish.js';
import { importOnnx } from '../../../src/core/onnx/import-onnx.js';
import { encodeModel, modelProto, noExternal, runReference } from '../../helpers/onnx-models.js';
import { operatorCases } from '../../helpers/operator-cases.js';

for (const { title, model } of operatorCases) {
	test(`${title} gives what ONNX Runtime gives`, async (t) => {
		const bytes = encodeModel(modelProto(model));
		const dims = model.input.map(Number);
		const numbers = seededNumbers(title.length);
		const input = Float64Array.from({ length: dims.reduce((count, side) => count * side, 1) }, () =>
			Math.fround(numbers.nextWithin(2)),
		);
		const imported = importOnnx(bytes, 'm.onnx', noExternal);
		const expected = await runReference(bytes, input, dims);
		const opened = runClearFloat(imported.graph, input);
		const values = imported.finish === undefined ? opened : computeFinish(imported.finish, opened);
		t.deepEqual(imported.finish?.dimsAfter ?? imported.outputDims, expected.dims);
		t.is(values.length, expected.values.length);
		let farthest = 0;
		for (const [at, value] of values.entries()) farthest = Math.max(farthest, Math.abs(value - expected.values[at]));
		t.true(farthest < 2e-5, `farthest ${farthest}`);
	});
}

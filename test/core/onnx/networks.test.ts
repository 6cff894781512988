import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { inSequence } from '../../../src/core/mpc/step-cost.js';
import { runClearFixed } from '../../../src/core/nn/clear-fixed.js';
import { runClearFloat } from '../../../src/core/nn/clear-float.js';
import { fromFixed } from '../../../src/core/nn/fixed-point.js';
import { sizeOf } from '../../../src/core/nn/graph.js';
import { programCosts } from '../../../src/core/nn/predict-costs.js';
import { prepareNetwork } from '../../../src/core/nn/prepare-network.js';
import { seededNumbers } from '../../../src/core/nn/seeded-numbers.js';
import { tensorNamed } from '../../../src/core/nn/shapes.js';
import { thesisNetwork } from '../../../src/core/nn/thesis-network.js';
import { computeFinish } from '../../../src/core/onnx/finish.js';
import { importOnnx } from '../../../src/core/onnx/import-onnx.js';
import { packageRoot } from '../../helpers/fixtures.js';
import { networks } from '../../helpers/networks.js';
import { encodeModel, modelProto, noExternal, runReference } from '../../helpers/onnx-models.js';
import { fixedBounds } from '../nn/fixed-bounds.js';
import { runOnShares } from '../nn/on-shares.js';

const numbers = seededNumbers(23);
const picture = (count: number): Float64Array =>
	Float64Array.from({ length: count }, () => Math.fround((numbers.nextWithin(1) + 1) / 2));

for (const [name, network] of Object.entries(networks)) {
	const spec = network();
	const bytes = encodeModel(modelProto(spec));
	const imported = importOnnx(bytes, `${name}.onnx`, noExternal);
	const dims = spec.input.map((side) => (typeof side === 'number' ? side : 1));
	const input = picture(sizeOf(imported.graph.inputShape));
	const samples = Array.from({ length: 4 }, () => picture(input.length));

	test(`${name} in floating point gives what ONNX Runtime gives`, async (t) => {
		const expected = await runReference(bytes, input, dims);
		const opened = runClearFloat(imported.graph, input);
		const values = imported.finish === undefined ? opened : computeFinish(imported.finish, opened);
		const largest = Math.max(...values.map(Math.abs));
		t.is(values.length, expected.values.length);
		for (const [at, value] of values.entries())
			t.true(Math.abs(value - expected.values[at]) < 1e-5 * Math.max(1, largest));
	});

	test(`the fixture of ${name} is what the script makes`, (t) => {
		const fixture = readFileSync(join(packageRoot, 'fixtures', 'models', `${name}.onnx`));
		t.true(fixture.equals(bytes));
	});

	for (const ring of [32, 64] as const) {
		const program = prepareNetwork(imported.graph, samples, ring);
		test(`${name} in integers of ${ring} bits comes near`, (t) => {
			const exact = runClearFloat(imported.graph, input);
			const { output, problems } = runClearFixed(program.graph, program.fixedPoint, input, program);
			t.deepEqual(problems, []);
			const real = fromFixed(output, tensorNamed(program.fixedPoint.fractionalBits, program.graph.output));
			const largest = Math.max(...exact.map(Math.abs));
			const farthest = Math.max(...real.map((value, at) => Math.abs(value - exact[at])));
			t.log(`farthest ${((100 * farthest) / largest).toFixed(3)} % of the largest`);
			t.true(farthest < 0.02 * largest);
		});

		for (const secret of [false, true]) {
			const weights = secret ? 'secret' : 'public';
			test(`${name} on shares of ${ring} bits with ${weights} weights gives its twin, at the predicted cost`, async (t) => {
				const { low, high } = fixedBounds(program, input);
				const { output, bytesByParty, rounds } = await runOnShares(program, input, { secret });
				for (const [at, value] of output.entries())
					t.true(low[at] <= Number(value) && Number(value) <= high[at], `${at}`);
				const predicted = inSequence(programCosts(program, secret));
				t.deepEqual(bytesByParty, predicted.bytesByParty);
				t.true(rounds <= predicted.rounds && rounds > 0.8 * predicted.rounds, `${rounds} of ${predicted.rounds}`);
			});
		}
	}
}

test('the thesis network as a file is the built-in one', (t) => {
	const imported = importOnnx(encodeModel(modelProto(networks['thesis-cnn']())), 'thesis-cnn.onnx', noExternal);
	const input = picture(10_000);
	t.deepEqual(runClearFloat(imported.graph, input), runClearFloat(thesisNetwork(), input));
});

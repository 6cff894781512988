import test from 'ava';
import { checkGraph } from '../../../src/core/nn/check-graph.js';
import { runClearFixed } from '../../../src/core/nn/clear-fixed.js';
import { runClearFloat } from '../../../src/core/nn/clear-float.js';
import { type Graph, sizeOf, windowOf } from '../../../src/core/nn/graph.js';
import { calibrate } from '../../../src/core/nn/passes/calibrate.js';
import { chooseWindows } from '../../../src/core/nn/passes/choose-windows.js';
import { reluAfterMaxPool } from '../../../src/core/nn/passes/relu-after-max-pool.js';
import type { SecureProgram } from '../../../src/core/nn/secure.js';
import { seededNumbers } from '../../../src/core/nn/seeded-numbers.js';
import { tensorNamed } from '../../../src/core/nn/shapes.js';
import { sampleStatistics } from '../../../src/core/nn/tensor-statistics.js';
import { thesisNetwork } from '../../../src/core/nn/thesis-network.js';
import { runOnShares } from './on-shares.js';

function pictures(graph: Graph, count: number): Float64Array[] {
	const numbers = seededNumbers(9);
	return Array.from({ length: count }, () => {
		return Float64Array.from({ length: sizeOf(graph.inputShape) }, () => (numbers.nextWithin(1) + 1) / 2);
	});
}

function programFor(graph: Graph): { readonly program: SecureProgram; readonly samples: Float64Array[] } {
	const samples = pictures(graph, 3);
	const statistics = sampleStatistics(graph, samples);
	const { fixedPoint } = calibrate(graph, statistics);
	return { program: { graph, fixedPoint, windows: chooseWindows(graph, fixedPoint, statistics) }, samples };
}

for (const secret of [false, true]) {
	const weights = secret ? 'secret' : 'public';
	test(`the thesis network with ${weights} weights gives on shares what its clear twin gives`, async (t) => {
		const graph = reluAfterMaxPool(thesisNetwork());
		const { program, samples } = programFor(graph);
		const { output, rounds, bytesByParty } = await runOnShares(program, samples[0], { secret });
		const twin = runClearFixed(graph, program.fixedPoint, samples[0], { windows: program.windows });
		t.deepEqual(twin.problems, []);
		const scale = 2 ** tensorNamed(program.fixedPoint.fractionalBits, graph.output);
		const exact = runClearFloat(graph, samples[0]);
		const largest = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
		for (let i = 0; i < output.length; i++) {
			t.true(Math.abs(output[i] - twin.output[i]) / scale < 0.005 * largest, `${i}: ${output[i]}, ${twin.output[i]}`);
			t.true(Math.abs(output[i] / scale - exact[i]) < 0.01 * largest);
		}
		t.log(`${rounds} rounds, ${bytesByParty.join(' + ')} bytes`);
		t.true(rounds <= 115);
		t.true(bytesByParty.every((bytes) => bytes <= 1_400_000) || bytesByParty.reduce((a, b) => a + b) <= 3 * 1_400_000);
	});
}

test('a small network of every kind of node gives on shares what its clear twin gives', async (t) => {
	const numbers = seededNumbers(4);
	const values = (count: number) => Float32Array.from({ length: count }, () => numbers.nextWithin(0.5));
	const pads = { padTop: 1, padLeft: 1, padBottom: 1, padRight: 1 };
	const graph = checkGraph({
		name: 'mixed',
		input: 'x',
		inputShape: { channels: 2, height: 9, width: 7 },
		output: 'y',
		nodes: [
			{
				kind: 'conv',
				input: 'x',
				output: 'c1',
				outChannels: 4,
				groups: 2,
				window: windowOf(3, 3, pads),
				weights: values(36),
				bias: values(4),
			},
			{ kind: 'relu', input: 'c1', output: 'r1' },
			{
				kind: 'conv',
				input: 'r1',
				output: 'c2',
				outChannels: 4,
				groups: 1,
				window: windowOf(1, 1),
				weights: values(16),
				bias: values(4),
			},
			{ kind: 'add', left: 'r1', right: 'c2', output: 's' },
			{ kind: 'relu', input: 's', output: 'r2' },
			{ kind: 'max-pool', input: 'r2', output: 'm', window: windowOf(3, 3, { strideY: 2, strideX: 2, ...pads }) },
			{ kind: 'global-average-pool', input: 'm', output: 'g' },
			{ kind: 'flatten', input: 'g', output: 'f' },
			{ kind: 'gemm', input: 'f', output: 'y', outChannels: 5, weights: values(20), bias: values(5) },
		],
	});
	const { program, samples } = programFor(graph);
	for (const secret of [false, true]) {
		const { output } = await runOnShares(program, samples[1], { secret });
		const scale = 2 ** tensorNamed(program.fixedPoint.fractionalBits, graph.output);
		const exact = runClearFloat(graph, samples[1]);
		for (let i = 0; i < output.length; i++)
			t.true(Math.abs(output[i] / scale - exact[i]) < 0.01, `${output[i] / scale}, ${exact[i]}`);
	}
});

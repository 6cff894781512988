import test from 'ava';
import fc from 'fast-check';
import { runClearFixed } from '../../../../src/core/nn/clear-fixed.js';
import { windowOf } from '../../../../src/core/nn/graph.js';
import { calibrate } from '../../../../src/core/nn/passes/calibrate.js';
import { chooseWindows } from '../../../../src/core/nn/passes/choose-windows.js';
import { boundStatistics, sampleStatistics } from '../../../../src/core/nn/tensor-statistics.js';
import { randomCase } from '../../../helpers/random-graph.js';
import { graphOf, plane } from '../../../helpers/small-graphs.js';

test('a window reaches from the truncation to the largest value, headroom and sign', (t) => {
	const graph = graphOf(
		plane(1, 2),
		{ kind: 'max-pool', input: 'x', output: 'pooled', window: windowOf(1, 2) },
		{ kind: 'relu', input: 'pooled', output: 'y' },
	);
	const fractionalBits = new Map([
		['x', 10],
		['pooled', 10],
		['y', 4],
	]);
	const fixedPoint = { ringBits: 32, fractionalBits, weightBits: new Map<string, number>() } as const;
	const statistics = sampleStatistics(graph, [Float64Array.of(3, -5)]);
	// 5 * 2^10 is below 2^13, 3 * 2^10 below 2^12.
	t.deepEqual(
		chooseWindows(graph, fixedPoint, statistics),
		new Map([
			['pooled', { from: 0, to: 13 + 1 + 2 + 1 }],
			['y', { from: 6, to: 12 + 2 + 1 }],
		]),
	);
});

test('a window of values below their truncation keeps a sign and one bit', (t) => {
	const graph = graphOf(plane(1, 1), { kind: 'relu', input: 'x', output: 'y' });
	const fractionalBits = new Map([
		['x', 10],
		['y', 4],
	]);
	const fixedPoint = { ringBits: 32, fractionalBits, weightBits: new Map<string, number>() } as const;
	const windows = chooseWindows(graph, fixedPoint, sampleStatistics(graph, [Float64Array.of(2 ** -10)]));
	t.deepEqual(windows, new Map([['y', { from: 1, to: 3 }]]));
	t.deepEqual(runClearFixed(graph, fixedPoint, [-(2 ** -10)], { windows }).problems, []);
});

test('within the bounds that they were made for no random graph leaves its windows', (t) => {
	fc.assert(
		fc.property(randomCase(['scale']), fc.constantFrom(1, 2), ({ graph, input }, headroomBits) => {
			const statistics = boundStatistics(graph, { min: -1, max: 1 });
			const { fixedPoint } = calibrate(graph, statistics);
			const windows = chooseWindows(graph, fixedPoint, statistics, { headroomBits });
			const { problems } = runClearFixed(graph, fixedPoint, input, { windows });
			if (problems.length > 0) t.fail(problems.join('; '));
		}),
		{ seed: 8, numRuns: 300 },
	);
	t.pass();
});

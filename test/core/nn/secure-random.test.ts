import test from 'ava';
import fc from 'fast-check';
import { DataError } from '../../../src/core/errors.js';
import { runClearFixed } from '../../../src/core/nn/clear-fixed.js';
import { runClearFloat } from '../../../src/core/nn/clear-float.js';
import { calibrate } from '../../../src/core/nn/passes/calibrate.js';
import { chooseWindows } from '../../../src/core/nn/passes/choose-windows.js';
import type { SecureProgram } from '../../../src/core/nn/secure.js';
import { tensorNamed } from '../../../src/core/nn/shapes.js';
import { boundStatistics } from '../../../src/core/nn/tensor-statistics.js';
import { type RandomCase, randomCase } from '../../helpers/random-graph.js';
import { fixedBounds } from './fixed-bounds.js';
import { runOnShares } from './on-shares.js';

/** So that no input within [-1, 1] leaves its range; none where the graph is too deep for that in 32 bits. */
function programFor({ graph }: RandomCase, ringBits: 32 | 64): SecureProgram | undefined {
	const statistics = boundStatistics(graph, { min: -1, max: 1 });
	try {
		const { fixedPoint } = calibrate(graph, statistics, { ringBits });
		return { graph, fixedPoint, windows: chooseWindows(graph, fixedPoint, statistics) };
	} catch (error) {
		if (error instanceof DataError && error.code === 'too-little-headroom') return undefined;
		throw error;
	}
}

const cases = ([32, 64] as const).flatMap((ringBits) => [false, true].map((secret) => ({ ringBits, secret })));
for (const { ringBits, secret } of cases) {
	const weights = secret ? 'secret' : 'public';
	test(`on random graphs with ${weights} weights, shares of ${ringBits} bits give what the clear twin may round to`, async (t) => {
		let widest = 0;
		let values = 0;
		await fc.assert(
			fc.asyncProperty(randomCase(['scale']), async (random) => {
				const program = programFor(random, ringBits);
				fc.pre(program !== undefined);
				if (program === undefined) return;
				const { problems } = runClearFixed(program.graph, program.fixedPoint, random.input, program);
				if (problems.length > 0) throw new Error(problems.join('; '));
				const { low, high } = fixedBounds(program, random.input);
				const { output } = await runOnShares(program, random.input, { secret, arenaBytes: 2_000_000 });
				for (const [at, value] of output.entries()) {
					if (!(low[at] <= value && value <= high[at])) {
						throw new Error(`${at}: ${value}, expected ${low[at]} to ${high[at]}`);
					}
				}
				const scale = 2 ** tensorNamed(program.fixedPoint.fractionalBits, program.graph.output);
				const exact = runClearFloat(program.graph, random.input);
				for (const [at, value] of exact.entries()) widest = Math.max(widest, Math.abs(output[at] / scale - value));
				values += output.length;
			}),
			{ seed: secret ? 12 : 11, numRuns: 150 },
		);
		t.log(`${values} values, the farthest ${widest.toFixed(4)} from the clear result`);
		t.true(values > 1000);
	});
}

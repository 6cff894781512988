import test from 'ava';
import { type Graph, type GraphNode, sizeOf, windowOf } from '../../../src/core/nn/graph.js';
import { prepareNetwork } from '../../../src/core/nn/prepare-network.js';
import { planArena } from '../../../src/services/party/job-plan.js';
import { runOnShares } from '../../core/nn/on-shares.js';
import { graphOf, plane } from '../../helpers/small-graphs.js';

const relus = (count: number): GraphNode[] =>
	Array.from({ length: count }, (_, i) => ({ kind: 'relu', input: i === 0 ? 'x' : `r${i}`, output: `r${i + 1}` }));

const maxPool = (size: number): GraphNode => {
	const pad = (size - 1) / 2;
	const pads = { padTop: pad, padLeft: pad, padBottom: pad, padRight: pad };
	return { kind: 'max-pool', input: 'x', output: 'y', window: windowOf(size, size, pads) };
};

const hungry: readonly (readonly [string, Graph])[] = [
	['a max-pool of wide windows one place apart', graphOf(plane(120, 120), maxPool(31))],
	['many tensors of one value', graphOf(plane(1, 1), ...relus(3000))],
	['a ReLU of many values', graphOf(plane(500, 500), ...relus(1))],
];

for (const [what, graph] of hungry) {
	test(`the memory planned for ${what} is enough`, async (t) => {
		const input = new Float64Array(sizeOf(graph.inputShape)).map((_, i) => Math.sin(i));
		const program = prepareNetwork(graph, [input]);
		const arenaBytes = planArena(program.graph, [], 32);
		const { output } = await runOnShares(program, input, { secret: false, arenaBytes });
		t.is(output.length, sizeOf(graph.inputShape));
	});
}

test('a job of more memory or work than a party gives is refused before any is taken', (t) => {
	const pool = (size: number): GraphNode => ({
		...{ kind: 'average-pool', input: 'x', output: 'y', countIncludePad: true },
		window: windowOf(size, size),
	});
	t.throws(() => planArena(graphOf(plane(10_000, 10_000), ...relus(1)), [], 32), {
		code: 'job-too-large',
		message: /MB of a party/,
	});
	t.throws(() => planArena(graphOf(plane(1000, 1000), pool(500)), [], 32), {
		code: 'job-too-large',
		message: /about 2\^36 multiplications/,
	});
	t.throws(() => planArena(graphOf(plane(3000, 3000), maxPool(101)), [], 32), { code: 'job-too-large' });
	t.true(planArena(graphOf(plane(1000, 1000), pool(5)), [], 32) > 0);
});

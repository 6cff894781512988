import test from 'ava';
import { createRing, wordsFrom } from '../../../src/core/mpc/ring.js';
import { shareInput } from '../../../src/core/mpc/steps/share-input.js';
import { toFixed } from '../../../src/core/nn/fixed-point.js';
import { sizeOf } from '../../../src/core/nn/graph.js';
import { prepareNetwork } from '../../../src/core/nn/prepare-network.js';
import { publicWeights } from '../../../src/core/nn/secure-weights.js';
import { tensorNamed } from '../../../src/core/nn/shapes.js';
import { openParties } from '../../../src/services/client/run-on-parties.js';
import { encodeProgram } from '../../../src/services/party/program-wire.js';
import { prepareJob } from '../../../src/services/party/run-job.js';
import { seededRandom } from '../../core/average/keystream.js';
import { fixedBounds } from '../../core/nn/fixed-bounds.js';
import { smallJob, startThree } from './three-parties.js';

const world = { random: seededRandom(1), nowMs: () => performance.now(), signal: new AbortController().signal };

/** The small job's network in 64 bits, and a sample. */
function wideJob() {
	const { graph } = smallJob().program;
	const sample = Float64Array.from({ length: sizeOf(graph.inputShape) }, (_, at) => Math.sin(3 * at));
	return { program: prepareNetwork(graph, [sample], 64), sample };
}

test('parties run a job of 64 bits over TLS, with public and private weights, between jobs of 32', async (t) => {
	const { client, running } = await startThree(t);
	const parties = await openParties(client, world);
	t.teardown(() => parties.close());
	const narrow = smallJob();
	const { program, sample } = wideJob();
	const input = toFixed(sample, tensorNamed(program.fixedPoint.fractionalBits, program.graph.input));
	const { low, high } = fixedBounds(program, sample);
	for (const privateWeights of [false, true]) {
		const { output } = await parties.run(program, input, { privateWeights });
		t.is(output.length, low.length);
		for (const [at, value] of output.entries()) {
			t.true(low[at] <= value && value <= high[at], `${at}: ${value}, expected ${low[at]} to ${high[at]}`);
		}
		narrow.assertRight(t, (await parties.run(narrow.program, narrow.input, { privateWeights })).output);
	}
	t.true(running.every((party) => party.status().jobsDone === 4));
});

test('shares or weights of another ring than the program has are refused before memory is taken', (t) => {
	const { program, sample } = wideJob();
	const upload = (inputRing: 32 | 64, weightRing: 32 | 64) => {
		const ring = createRing(inputRing);
		const layers = [...publicWeights(program.graph, program.fixedPoint).values()];
		const total = layers.reduce((sum, { weights, bias }) => sum + weights.length + bias.length, 0);
		const [, share] = shareInput(wordsFrom(ring, new Float64Array(sample.length)), seededRandom(2), ring);
		const values = wordsFrom(createRing(weightRing), new Float64Array(total));
		return { program: encodeProgram(program), input: share, weights: { kind: 'public', values } } as const;
	};
	t.is(prepareJob('a', upload(64, 64)).work.ring.bits, 64);
	t.throws(() => prepareJob('a', upload(32, 64)), {
		code: 'bad-job',
		message: /^input: .* of 64 bits, got \d+ of 32$/,
	});
	t.throws(() => prepareJob('a', upload(64, 32)), {
		code: 'bad-job',
		message: /^weights: .* of 64 bits, got \d+ of 32$/,
	});
	const other = encodeProgram(program).replace('"ringBits":64', '"ringBits":48');
	t.throws(() => prepareJob('a', { ...upload(64, 64), program: other }), {
		code: 'bad-program',
		message: /32 or 64 bits/,
	});
});

import { RING_32 } from '../../../src/core/mpc/ring.js';
import { shareInput } from '../../../src/core/mpc/steps/share-input.js';
import { publicWeights } from '../../../src/core/nn/secure-weights.js';
import { encodeJob } from '../../../src/services/party/job-wire.js';
import { encodeProgram } from '../../../src/services/party/program-wire.js';
import { seededRandom } from '../../core/average/keystream.js';
import type { SmallJob } from './three-parties.js';

/** The bodies that a client sends to the three parties, with public weights; `text` takes the place of the program. */
export function uploadsOf({ program, input }: SmallJob, text = encodeProgram(program)): Buffer[] {
	const layers = [...publicWeights(program.graph, program.fixedPoint).values()];
	const values = Int32Array.from(layers.flatMap(({ weights, bias }) => [...weights, ...bias]));
	return shareInput(input, seededRandom(3), RING_32).map((share) =>
		encodeJob({ program: text, input: share, weights: { kind: 'public', values } }),
	);
}

import { UserError } from '../core/errors.js';
import { readFileBytes } from '../core/image/files.js';
import { sizeOf } from '../core/nn/graph.js';
import { prepareNetwork, type RingChoice } from '../core/nn/prepare-network.js';
import { seededNumbers } from '../core/nn/seeded-numbers.js';
import { inferShapes, tensorNamed } from '../core/nn/shapes.js';
import { thesisInput, thesisNetwork } from '../core/nn/thesis-network.js';
import type { Model } from '../services/model/model.js';
import { decodeModelFile } from '../services/model/model-file.js';

/** What `infer` needs of a network. */
export type LoadedNetwork = Pick<
	Model,
	| 'graph'
	| 'fixedPoint'
	| 'windows'
	| 'inputDims'
	| 'outputDims'
	| 'finish'
	| 'preprocessing'
	| 'range'
	| 'headroomBits'
	| 'ringReason'
	| 'hasWeights'
> & {
	/** Of a model that parties may keep. */
	readonly id?: string;
};

/** Made-up samples that the bits are chosen by; never the picture itself, for the bits are public. */
const SAMPLE_COUNT = 4;

/** The built-in network, or the model of a file. Throws: DataError for a file that is none. */
export async function loadNetwork(name: string, ring: RingChoice): Promise<LoadedNetwork> {
	if (name === 'thesis') return thesis(ring);
	const model = decodeModelFile(await readFileBytes(name, 'a model, or the word thesis'), name);
	if (ring !== 'auto' && ring !== model.fixedPoint.ringBits) {
		throw new UserError('other-ring', `${name}: was imported for a ring of ${model.fixedPoint.ringBits} bits`, {
			hint: `Import it again with --ring ${ring}.`,
		});
	}
	return model;
}

function thesis(ring: RingChoice): LoadedNetwork {
	const numbers = seededNumbers(7);
	const samples = Array.from({ length: SAMPLE_COUNT }, () =>
		Float64Array.from({ length: sizeOf(thesisInput) }, () => (numbers.nextWithin(1) + 1) / 2),
	);
	const ends = [1, 0].map((value) => samples[0].map(() => value));
	const prepared = prepareNetwork(thesisNetwork(), [...samples, ...ends], ring);
	const { channels, height, width } = thesisInput;
	const outputs = sizeOf(tensorNamed(inferShapes(prepared.graph), prepared.graph.output));
	return {
		...prepared,
		inputDims: [1, channels, height, width],
		outputDims: [1, outputs],
		finish: undefined,
		preprocessing: { divisor: 255, mean: [0], std: [1] },
		range: { min: 0, max: 1 },
		ringReason: prepared.ringReason,
		hasWeights: true,
	};
}

import { loadRecognitionModel, type RecognitionModel } from '../../core/face/recognition-model.js';
import type { Words } from '../../core/kernels/ring.js';
import type { Party } from '../../core/mpc/party.js';
import { copyInto } from '../../core/mpc/ring.js';
import type { Replicated } from '../../core/mpc/shares.js';
import { runSecureOnwards } from '../../core/nn/secure.js';
import type { LayerWeights } from '../../core/nn/secure-weights.js';
import { planArena } from './job-plan.js';
import type { JobUpload } from './job-wire.js';
import { placeLayers, totalOf } from './network-work.js';
import type { LayerSize } from './program-fields.js';
import { decodeProgram, encodeProgram } from './program-wire.js';

/** The recognition network of a party: its own weights, or its owner's on shares. */
export interface FaceModel {
	readonly arenaBytes: number;
	/** Values that a private model has; nothing is uploaded of the public one. */
	readonly weightCount: number;
	/** Descriptors on shares. Throws: PeerError when another party fails. */
	describe(party: Party, pixels: Replicated, weights: JobUpload['weights']): Promise<Replicated>;
}

/** Read once, when a process first needs it. */
export function createFaceModel(load: () => RecognitionModel = loadRecognitionModel): () => FaceModel {
	let known: FaceModel | undefined;
	return () => {
		known ??= faceModel(load());
		return known;
	};
}

function faceModel({ program: withWeights, layers }: RecognitionModel): FaceModel {
	// the weights are in the layers; those of the graph would take as much again
	const { program } = decodeProgram(encodeProgram(withWeights));
	const sizes = [...layers].map(
		([name, { weights, bias }]): LayerSize => ({ name, weights: weights.length, bias: bias.length }),
	);
	return {
		arenaBytes: planArena(program.graph, sizes, program.fixedPoint.ringBits),
		weightCount: totalOf(sizes),
		async describe(party, pixels, weights) {
			const placed = weights.kind === 'secret' ? await placeLayers(party, weights, sizes) : ownLayers(party, layers);
			return await runSecureOnwards(party, program, placed, pixels);
		},
	};
}

function ownLayers(party: Party, layers: RecognitionModel['layers']): Map<string, LayerWeights> {
	const place = (values: Words): Words => {
		const words = party.arena.words(values.length);
		copyInto(words, values);
		return words;
	};
	return new Map(
		[...layers].map(([name, { weights, bias }]) => [
			name,
			{ kind: 'public', weights: place(weights), bias: place(bias) },
		]),
	);
}

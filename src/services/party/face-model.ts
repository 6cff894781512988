import { BugError } from '../../core/errors.js';
import { loadRecognitionModel, type RecognitionModel } from '../../core/face/recognition-model.js';
import type { Words } from '../../core/kernels/ring.js';
import type { Party } from '../../core/mpc/party.js';
import type { Replicated } from '../../core/mpc/shares.js';
import type { InputShare } from '../../core/mpc/steps/share-input.js';
import { runSecureOnwards } from '../../core/nn/secure.js';
import type { LayerWeights } from '../../core/nn/secure-weights.js';
import { collectWholeHeap } from '../heap-growth.js';
import { planArena } from './job-plan.js';
import { placeLayers } from './network-work.js';
import type { LayerSize } from './program-fields.js';
import { decodeProgram, encodeProgram } from './program-wire.js';

/** The recognition network of a party: its own weights, or its owner's on shares. */
export interface FaceModel {
	readonly arenaBytes: number;
	/** As `encodeProgram` writes it: what a network has to be, but for its weights, to stand in place of this one. */
	readonly network: string;
	/** Descriptors on shares, by this party's own weights or by shares of others. Throws: PeerError when another party fails. */
	describe(party: Party, pixels: Replicated, weights: InputShare | undefined): Promise<Replicated>;
}

const VECTOR_WORDS = 16;

/** Read once, when a process first needs it. */
export function createFaceModel(load: () => RecognitionModel = loadRecognitionModel): () => FaceModel {
	let known: FaceModel | undefined;
	return () => {
		if (known === undefined) {
			known = faceModel(load());
			// what reading left behind is three times what is kept, and a party of many templates has no room for it
			setImmediate(collectWholeHeap);
		}
		return known;
	};
}

/** Integers of one layer as a process keeps them: all layers but the first fit into 16 bits. */
interface KeptLayer {
	readonly weights: Int16Array | Int32Array;
	readonly bias: Int32Array;
}

function faceModel({ program: withWeights, layers: loaded }: RecognitionModel): FaceModel {
	// the weights are in the layers; those of the graph would take as much again
	const network = encodeProgram(withWeights);
	const { program } = decodeProgram(network);
	const layers = new Map(
		[...loaded].map(([name, { weights, bias }]) => [name, keptLayer(int32(weights), int32(bias))]),
	);
	const sizes = [...layers].map(
		([name, { weights, bias }]): LayerSize => ({ name, weights: weights.length, bias: bias.length }),
	);
	return {
		arenaBytes: planArena(program.graph, sizes, program.fixedPoint.ringBits),
		network,
		async describe(party, pixels, weights) {
			const placed =
				weights === undefined
					? ownLayers(party, layers)
					: await placeLayers(party, { kind: 'secret', share: weights }, sizes);
			return await runSecureOnwards(party, program, placed, pixels);
		},
	};
}

function keptLayer(weights: Int32Array, bias: Int32Array): KeptLayer {
	const short = Int16Array.from(weights);
	return { weights: weights.every((weight, i) => weight === short[i]) ? short : weights, bias };
}

/**
 * Layers that lie in the party's arena when they are read: a layer is multiplied before another one is read, so that they
 * share one place. All of them at once would be two thirds of what a question takes.
 */
function ownLayers(party: Party, layers: ReadonlyMap<string, KeptLayer>): Map<string, LayerWeights> {
	const placer = (lengths: readonly number[]) => {
		const place = int32(party.arena.words(Math.max(...lengths) + VECTOR_WORDS));
		return (values: Int16Array | Int32Array): Words => {
			place.set(values);
			// kernels read whole vectors
			place.fill(0, values.length, values.length + VECTOR_WORDS);
			return place.subarray(0, values.length);
		};
	};
	const kept = [...layers.values()];
	const placeWeights = placer(kept.map(({ weights }) => weights.length));
	const placeBias = placer(kept.map(({ bias }) => bias.length));
	return new Map(
		[...layers].map(([name, { weights, bias }]) => [
			name,
			{
				kind: 'public',
				get weights() {
					return placeWeights(weights);
				},
				get bias() {
					return placeBias(bias);
				},
			},
		]),
	);
}

/** Throws: BugError for words of 64 bits, which this network does not have. */
function int32(words: Words): Int32Array {
	if (words instanceof Int32Array) return words;
	throw new BugError('wide-face-model', 'the recognition network is one of 32 bits');
}

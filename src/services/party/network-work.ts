import type { Words } from '../../core/kernels/ring.js';
import type { Party } from '../../core/mpc/party.js';
import { copyInto, createRing } from '../../core/mpc/ring.js';
import type { Replicated } from '../../core/mpc/shares.js';
import { openInputShare, runCompareInputs } from '../../core/mpc/steps/share-input.js';
import { sizeOf } from '../../core/nn/graph.js';
import { runSecure } from '../../core/nn/secure.js';
import type { LayerWeights } from '../../core/nn/secure-weights.js';
import { planArena } from './job-plan.js';
import type { JobUpload } from './job-wire.js';
import type { JobWork } from './job-work.js';
import type { LayerSize } from './program-fields.js';
import { decodeProgram } from './program-wire.js';

/** A network. Throws: DataError for a program that is none, or needs more memory than a party gives. */
export function networkWork(text: string): JobWork {
	const { program, layers } = decodeProgram(text);
	return {
		// the client chose it, in whatever length
		name: String(program.graph.name).slice(0, 60),
		inputCount: sizeOf(program.graph.inputShape),
		weightCount: totalOf(layers),
		ring: createRing(program.fixedPoint.ringBits),
		arenaBytes: planArena(program.graph, layers, program.fixedPoint.ringBits),
		run: async (party, input, { weights }) =>
			runSecure(party, program, await placeLayers(party, weights, layers), input),
	};
}

/** Weights and biases of all layers. */
export function totalOf(layers: readonly LayerSize[]): number {
	return layers.reduce((sum, layer) => sum + layer.weights + layer.bias, 0);
}

/** The uploaded weights in the party's arena; shares of them compared first. */
export async function placeLayers(
	party: Party,
	weights: JobUpload['weights'],
	layers: readonly LayerSize[],
): Promise<Map<string, LayerWeights>> {
	const placed = new Map<string, LayerWeights>();
	const cut = (words: Words, from: number, count: number): Words => {
		const place = party.arena.words(count);
		copyInto(place, words.subarray(from, from + count));
		return place;
	};
	let shared: Replicated | undefined;
	if (weights.kind === 'secret') {
		shared = openInputShare(party, weights.share, totalOf(layers));
		await runCompareInputs(party, weights.share);
	}
	let at = 0;
	for (const { name, weights: weightCount, bias: biasCount } of layers) {
		const part = (words: Words): [Words, Words] => [
			cut(words, at, weightCount),
			cut(words, at + weightCount, biasCount),
		];
		if (weights.kind === 'public') {
			const [values, bias] = part(weights.values);
			placed.set(name, { kind: 'public', weights: values, bias });
		} else if (shared !== undefined) {
			const [first, firstBias] = part(shared.first);
			const [second, secondBias] = part(shared.second);
			placed.set(name, { kind: 'secret', weights: { first, second }, bias: { first: firstBias, second: secondBias } });
		}
		at += weightCount + biasCount;
	}
	return placed;
}

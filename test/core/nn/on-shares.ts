import { createWasmBits } from '../../../src/core/kernels/bit-wasm.js';
import { KernelMemory } from '../../../src/core/kernels/memory.js';
import type { Words } from '../../../src/core/kernels/ring.js';
import { createWasmRing } from '../../../src/core/kernels/ring-wasm.js';
import type { Party } from '../../../src/core/mpc/party.js';
import { copyInto, createRing, numbersFrom, wordsFrom } from '../../../src/core/mpc/ring.js';
import { combineOpened } from '../../../src/core/mpc/steps/open-to-client.js';
import { toFixed } from '../../../src/core/nn/fixed-point.js';
import { runSecure, type SecureProgram } from '../../../src/core/nn/secure.js';
import { type LayerWeights, publicWeights } from '../../../src/core/nn/secure-weights.js';
import { tensorNamed } from '../../../src/core/nn/shapes.js';
import { createThreeParties, runAll, shareOut, type ThreeParties } from '../mpc/three-parties.js';

/** Memory of one party unless told otherwise. */
const ARENA_BYTES = 64 * 1024 * 1024;

async function wasmParties(arenaBytes: number, ringBits: 32 | 64): Promise<ThreeParties> {
	const memory = new KernelMemory(3 * arenaBytes + 1_000_000);
	const kernels = { ring: await createWasmRing(memory, ringBits), bits: await createWasmBits(memory, ringBits) };
	return createThreeParties({ ring: createRing(ringBits), memory, kernels, arenaBytes });
}

/** Weights in the party's arena: as they are, or shared. */
function placeLayers(three: ThreeParties, program: SecureProgram, secret: boolean): Map<string, LayerWeights>[] {
	const maps: Map<string, LayerWeights>[] = [new Map(), new Map(), new Map()];
	for (const [name, { weights, bias }] of publicWeights(program.graph, program.fixedPoint)) {
		const shared = secret ? { weights: shareOut(three, weights, 21), bias: shareOut(three, bias, 31) } : undefined;
		three.parties.forEach(({ arena }, index) => {
			const place = (values: Words): Words => {
				const words = arena.words(values.length);
				copyInto(words, values);
				return words;
			};
			maps[index].set(
				name,
				shared === undefined
					? { kind: 'public', weights: place(weights), bias: place(bias) }
					: { kind: 'secret', weights: shared.weights[index], bias: shared.bias[index] },
			);
		});
	}
	return maps;
}

/** Runs a program on three parties in this process, with the weights as they are or shared. */
export async function runOnShares(
	program: SecureProgram,
	input: Float64Array,
	{ secret, arenaBytes = ARENA_BYTES }: { readonly secret: boolean; readonly arenaBytes?: number },
) {
	const three = await wasmParties(arenaBytes, program.fixedPoint.ringBits);
	const ring = createRing(program.fixedPoint.ringBits);
	const fixed = toFixed(input, tensorNamed(program.fixedPoint.fractionalBits, program.graph.input));
	const shares = shareOut(three, wordsFrom(ring, fixed));
	const layers = placeLayers(three, program, secret);
	const opened = await runAll(three, (party: Party) =>
		runSecure(party, program, layers[party.index], shares[party.index]),
	);
	const words = combineOpened(opened, ring);
	return {
		output: numbersFrom(words),
		words,
		rounds: three.transport.rounds(),
		bytesByParty: three.transport.bytesByParty(),
	};
}

import { createRing, numbersFrom, wordsFrom } from '../../core/mpc/ring.js';
import { combineOpened } from '../../core/mpc/steps/open-to-client.js';
import type { SecureProgram } from '../../core/nn/secure.js';
import { encodeModelProgram } from '../party/model-program.js';
import type { ModelKind } from '../party/model-store.js';
import { encodeProgram } from '../party/program-wire.js';
import { concatenatedWeights, type JobCounts, type PartiesClient, type PartiesResult } from './run-on-parties.js';

/** What one party says of a model that it keeps. */
export interface KeptModel {
	readonly id: string;
	/** Of the largest file. */
	readonly bytes: number;
	readonly kind: ModelKind;
}

/** How many of the parties keep it. */
export type ListedModel = KeptModel & { readonly parties: number };

/** Shares the weights of a network, which the parties then keep under the id. Throws: PeerError that names the party. */
export async function keepModel(client: PartiesClient, id: string, program: SecureProgram): Promise<JobCounts> {
	const ring = createRing(program.fixedPoint.ringBits);
	const { opened: _none, ...counts } = await client.runJob({
		program: encodeModelProgram({ act: 'keep', id, network: encodeProgram(program) }),
		ring,
		input: wordsFrom(ring, []),
		weights: concatenatedWeights(program),
		privateWeights: true,
	});
	return counts;
}

/**
 * Runs a network with the weights that the parties keep; those of `program` are not looked at.
 * Throws: PeerError, also when a party does not keep the model.
 */
export async function runKeptModel(
	client: PartiesClient,
	id: string,
	program: SecureProgram,
	input: ArrayLike<number>,
): Promise<PartiesResult> {
	const ring = createRing(program.fixedPoint.ringBits);
	const { opened, ...counts } = await client.runJob({
		program: encodeModelProgram({ act: 'run', id, network: encodeProgram(program) }),
		ring,
		input: wordsFrom(ring, input),
		weights: wordsFrom(ring, []),
		privateWeights: false,
	});
	return { output: numbersFrom(combineOpened(opened, ring)), ...counts };
}

/** The models that all three parties keep, and those that only some do. */
export async function listModels(client: PartiesClient): Promise<readonly ListedModel[]> {
	const found = new Map<string, ListedModel>();
	for (const answer of await client.ask('GET', '/v1/models')) {
		const { models } = Object.assign({ models: [] as readonly KeptModel[] }, answer);
		for (const { id, bytes, kind } of models) {
			const parties = (found.get(id)?.parties ?? 0) + 1;
			found.set(id, { id, bytes: Math.max(bytes, found.get(id)?.bytes ?? 0), kind, parties });
		}
	}
	return [...found.values()];
}

/** Did any party keep it? */
export async function removeModel(client: PartiesClient, id: string): Promise<boolean> {
	const answers = await client.ask('DELETE', `/v1/models/${id}`);
	return answers.some((answer) => Object.assign({ removed: false }, answer).removed);
}

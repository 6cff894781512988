import { DataError } from '../../core/errors.js';
import { runCompareInputs } from '../../core/mpc/steps/share-input.js';
import type { JobWork } from './job-work.js';
import type { ModelProgram } from './model-program.js';
import { networkWork } from './network-work.js';

/** Keeps the weights of a network, or runs it with those that are kept. Throws: as `networkWork`. */
export function modelWork({ act, id, network }: ModelProgram): JobWork {
	const work = networkWork(network);
	if (act === 'run') {
		return {
			...work,
			weightCount: 0,
			run: async (party, input, own) =>
				work.run(party, input, { ...own, weights: { kind: 'secret', share: own.models.load(id, network) } }),
		};
	}
	return {
		...work,
		name: `keep ${work.name}`,
		inputCount: 0,
		async run(party, _input, { weights, models }) {
			if (weights.kind !== 'secret') throw new DataError('bad-job', 'model: expected weights on shares');
			await runCompareInputs(party, weights.share);
			models.keep(id, network, weights.share);
			return { words: party.arena.words(0) };
		},
	};
}

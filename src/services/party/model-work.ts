import { DataError, PolicyError } from '../../core/errors.js';
import { RECOGNITION_NAME } from '../../core/face/recognition-network.js';
import { runCompareInputs } from '../../core/mpc/steps/share-input.js';
import type { FaceModel } from './face-model.js';
import type { JobWork } from './job-work.js';
import type { ModelProgram } from './model-program.js';
import { networkWork } from './network-work.js';

/** Keeps the weights of a network, or runs it with those that are kept. Throws: as `networkWork`. */
export function modelWork({ act, id, network }: ModelProgram, face: () => FaceModel): JobWork {
	const work = networkWork(network);
	// the name alone is anybody's; the network of this party takes a while to load
	const kind = work.name === RECOGNITION_NAME && network === face().network ? 'recognition' : 'network';
	if (act === 'run') {
		return {
			...work,
			weightCount: 0,
			async run(party, input, own) {
				if (kind === 'recognition' && !own.gallery.state.opensDistances) {
					throw new PolicyError(
						'no-descriptors',
						`party ${party.index} opens no descriptors of the network that it keeps`,
						{
							hint: 'Answers tell about weights; parties open them if started with --open-distances.',
						},
					);
				}
				return work.run(party, input, { ...own, weights: { kind: 'secret', share: own.models.load(id, network) } });
			},
		};
	}
	return {
		...work,
		name: `keep ${work.name}`,
		inputCount: 0,
		async run(party, _input, { weights, models }) {
			if (weights.kind !== 'secret') throw new DataError('bad-job', 'model: expected weights on shares');
			await runCompareInputs(party, weights.share);
			models.keep(id, network, weights.share, kind);
			return { words: party.arena.words(0) };
		},
	};
}

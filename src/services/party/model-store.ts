import {
	chmodSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DataError, PolicyError } from '../../core/errors.js';
import type { InputShare } from '../../core/mpc/steps/share-input.js';
import { decodeJob, encodeJob } from './job-wire.js';

/** One party's shares of the weights of models, in files of mode 0600. */
export interface ModelStore {
	/** Throws: PolicyError when there are too many, DataError for an id that is taken or a folder that cannot be written. */
	keep(id: string, network: string, weights: InputShare): void;
	/** Throws: DataError for a model that is not here, or belongs to another network. */
	load(id: string, network: string): InputShare;
	list(): { readonly id: string; readonly bytes: number }[];
	/** Was it there? */
	remove(id: string): boolean;
}

const MAX_MODELS = 64;
const SUFFIX = '.weights';

/** Without a folder the party keeps nothing. */
export function createModelStore(folder: string | undefined): ModelStore {
	const fileOf = (id: string): string => join(folder ?? '', `${id}${SUFFIX}`);
	const list: ModelStore['list'] = () => {
		if (folder === undefined || !existsSync(folder)) return [];
		return readdirSync(folder)
			.filter((name) => name.endsWith(SUFFIX))
			.map((name) => ({ id: name.slice(0, -SUFFIX.length), bytes: statSync(join(folder, name)).size }));
	};
	return {
		list,
		keep(id, network, weights) {
			if (folder === undefined) throw new DataError('no-model-folder', 'this party has no folder to keep models in');
			if (existsSync(fileOf(id)))
				throw new DataError(
					'model-kept',
					`model ${id} is kept here already: remove it first with veilcam model remove`,
				);
			if (list().length >= MAX_MODELS) {
				throw new PolicyError('too-many-models', `this party keeps ${MAX_MODELS} models, and no more`, {
					hint: 'Remove one: veilcam model remove.',
				});
			}
			const none = { words: new Int32Array(0) };
			const bytes = encodeJob({
				program: network,
				input: { first: none, second: none },
				weights: { kind: 'secret', share: weights },
			});
			try {
				mkdirSync(folder, { recursive: true, mode: 0o700 });
				chmodSync(folder, 0o700);
				writeFileSync(`${fileOf(id)}.new`, bytes, { mode: 0o600 });
				renameSync(`${fileOf(id)}.new`, fileOf(id));
			} catch (cause) {
				throw new DataError('model-not-kept', "this party's folder for models cannot be written", { cause });
			}
		},
		load(id, network) {
			if (folder === undefined || !existsSync(fileOf(id))) {
				throw new DataError('no-such-model', `model ${id} is not kept here: share it first with veilcam model share`);
			}
			const { program, weights } = decodeJob(readFileSync(fileOf(id)));
			if (program !== network) throw new DataError('model-differs', `model ${id} is kept here with another network`);
			if (weights.kind !== 'secret') throw new DataError('model-damaged', `model ${id} is damaged here`);
			return weights.share;
		},
		remove(id) {
			const isKept = folder !== undefined && existsSync(fileOf(id));
			if (isKept) rmSync(fileOf(id));
			return isKept;
		},
	};
}

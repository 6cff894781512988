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

/** What a model is for: any network, or the one that describes faces. */
export type ModelKind = 'network' | 'recognition';

/** One party's shares of the weights of models, in files of mode 0600. */
export interface ModelStore {
	/**
	 * Of recognition networks it keeps one.
	 * Throws: PolicyError when there are too many, DataError for an id that is taken or a folder that cannot be written.
	 */
	keep(id: string, network: string, weights: InputShare, kind: ModelKind): void;
	/** Throws: DataError for a model that is not here, or belongs to another network. */
	load(id: string, network: string): InputShare;
	list(): StoredModel[];
	/** Was it there? */
	remove(id: string): boolean;
}

interface StoredModel {
	readonly id: string;
	readonly bytes: number;
	readonly kind: ModelKind;
}

const MAX_MODELS = 64;
const SUFFIXES = { network: '.weights', recognition: '.recognition' } as const;
const KINDS = ['network', 'recognition'] as const;

/** Without a folder the party keeps nothing. */
export function createModelStore(folder: string | undefined): ModelStore {
	const fileOf = ({ id, kind }: Pick<StoredModel, 'id' | 'kind'>): string =>
		join(folder ?? '', `${id}${SUFFIXES[kind]}`);
	const list: ModelStore['list'] = () => {
		if (folder === undefined || !existsSync(folder)) return [];
		return readdirSync(folder).flatMap((name) =>
			KINDS.filter((kind) => name.endsWith(SUFFIXES[kind])).map((kind) => ({
				id: name.slice(0, -SUFFIXES[kind].length),
				bytes: statSync(join(folder, name)).size,
				kind,
			})),
		);
	};
	const find = (id: string): StoredModel | undefined => list().find((model) => model.id === id);
	return {
		list,
		keep(id, network, weights, kind) {
			if (folder === undefined) throw new DataError('no-model-folder', 'this party has no folder to keep models in');
			const models = list();
			const twin = models.find((model) => model.id === id || (kind === 'recognition' && model.kind === 'recognition'));
			if (twin !== undefined) {
				throw new DataError(
					'model-kept',
					twin.id === id
						? `model ${id} is kept here already: remove it first with veilcam model remove`
						: 'a recognition network is kept here already: remove it first with veilcam model remove recognition',
				);
			}
			if (models.length >= MAX_MODELS) {
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
				const file = fileOf({ id, kind });
				writeFileSync(`${file}.new`, bytes, { mode: 0o600 });
				renameSync(`${file}.new`, file);
			} catch (cause) {
				throw new DataError('model-not-kept', "this party's folder for models cannot be written", { cause });
			}
		},
		load(id, network) {
			const model = find(id);
			if (model === undefined) {
				throw new DataError('no-such-model', `model ${id} is not kept here: share it first with veilcam model share`);
			}
			const { program, weights } = decodeJob(readFileSync(fileOf(model)));
			if (program !== network) throw new DataError('model-differs', `model ${id} is kept here with another network`);
			if (weights.kind !== 'secret') throw new DataError('model-damaged', `model ${id} is damaged here`);
			return weights.share;
		},
		remove(id) {
			const model = find(id);
			if (model !== undefined) rmSync(fileOf(model));
			return model !== undefined;
		},
	};
}

import type { Image } from '../../core/image/image.js';
import { createStore, type Store, type StoreOptions } from '../store.js';

/** What a running upload tells its dashboard. */
export interface ContributeSnapshot {
	/** For people: "uploading", "waiting for the collector". */
	readonly phase: string;
	readonly accepted: number;
	readonly duplicates: number;
	readonly rejected: number;
	/** Null where the end is not known (a webcam without a count). */
	readonly total: number | null;
	readonly perSecond: number;
	/** Null while it cannot be told. */
	readonly etaMs: number | null;
	/** Why uploads wait and when they go on ("collector away, next try in 4 s"); null while all is well. */
	readonly retrying: string | null;
	/** The latest picture that was salted, and what left of it; null before the first. */
	readonly pictures: { readonly original: Image; readonly upload: Image; readonly key: string } | null;
}

export type ContributeStore = Store<ContributeSnapshot, 'rate'>;

/** The state behind the upload's dashboard: one per run. */
export function createContributeStore(
	options: Omit<StoreOptions<ContributeSnapshot, 'rate'>, 'tracks'> = {},
): ContributeStore {
	return createStore({ ...options, tracks: { rate: { read: (snapshot) => snapshot.perSecond } } });
}

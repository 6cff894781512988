import type { PartiesSnapshot } from '../../core/events.js';
import { createStore, type Store, type StoreOptions } from '../store.js';

export type PartiesTrack = 'rate';
export type PartiesStore = Store<PartiesSnapshot, PartiesTrack>;

/** The state behind the dashboard of three parties: one per run. */
export function createPartiesStore(
	options: Omit<StoreOptions<PartiesSnapshot, PartiesTrack>, 'tracks'> = {},
): PartiesStore {
	return createStore({ ...options, tracks: { rate: { read: (snapshot) => snapshot.jobsPerSecond } } });
}

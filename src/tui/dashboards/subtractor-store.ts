import type { SubtractorSnapshot } from '../../core/events.js';
import { createStore, type Store, type StoreOptions } from '../store.js';

export type SubtractorTrack = 'rate' | 'p99';
export type SubtractorStore = Store<SubtractorSnapshot, SubtractorTrack>;

/** The state behind the subtractor's dashboard: one per run. */
export function createSubtractorStore(
	options: Omit<StoreOptions<SubtractorSnapshot, SubtractorTrack>, 'tracks'> = {},
): SubtractorStore {
	return createStore({
		...options,
		tracks: {
			rate: { read: (snapshot) => snapshot.differencesPerSecond },
			p99: { read: (snapshot) => snapshot.p99Ms, changesOnly: true },
		},
	});
}

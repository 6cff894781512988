import type { CollectorSnapshot } from '../../core/events.js';
import { createStore, type Store, type StoreOptions } from '../store.js';

export type CollectTrack = 'rate' | 'error';
export type CollectStore = Store<CollectorSnapshot, CollectTrack>;

/** The state behind the collector's dashboard: one per run. */
export function createCollectStore(
	options: Omit<StoreOptions<CollectorSnapshot, CollectTrack>, 'tracks'> = {},
): CollectStore {
	return createStore({
		...options,
		tracks: {
			rate: { read: (snapshot) => snapshot.reportsPerSecond },
			// It changes with each release only; a curve over time would be mostly flat.
			error: { read: (snapshot) => snapshot.expectedRmseGray, changesOnly: true },
		},
	});
}

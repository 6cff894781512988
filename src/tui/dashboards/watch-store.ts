import type { WatchSnapshot } from '../../core/events.js';
import { createStore, type Store, type StoreOptions } from '../store.js';

export type WatchStore = Store<WatchSnapshot, 'share'>;

/** The state behind the dashboard of `watch`: one per run. A snapshot is pushed for each comparison, and when something else changes. */
export function createWatchStore(options: Omit<StoreOptions<WatchSnapshot, 'share'>, 'tracks'> = {}): WatchStore {
	return createStore({ ...options, tracks: { share: { read: ({ moved }) => moved?.share ?? null } } });
}

import { useEffect, useSyncExternalStore } from 'react';
import type { Store, StoreView } from './store.js';
import { useComplete } from './use-complete.js';

/** The store's current view; when the run is completed, ends the dashboard with it. */
export function useStore<Snapshot, Name extends string>(store: Store<Snapshot, Name>): StoreView<Snapshot, Name> {
	const view = useSyncExternalStore(store.subscribe, store.getView);
	const complete = useComplete();
	const { completion } = view;
	useEffect(() => {
		if (completion !== null) {
			complete(completion.error);
		}
	}, [completion, complete]);
	return view;
}

/** Pushed snapshots reach the screen together, this often: faster than an eye, slower than a server. */
export const BATCH_MS = 50;
/** At four snapshots a second: one minute. */
const DEFAULT_HISTORY_LENGTH = 240;

/** A number worth a curve; null is left out. */
export interface Track<Snapshot> {
	readonly read: (snapshot: Snapshot) => number | null;
	/** Keep a value only when it differs from the one before: for values that move in steps. */
	readonly changesOnly?: boolean;
}

export interface StoreView<Snapshot, Name extends string> {
	/** Null before the first snapshot. */
	readonly latest: Snapshot | null;
	/** The track's values, oldest first, bounded. */
	readonly historyOf: (name: Name) => readonly number[];
	readonly completion: { readonly error: Error | undefined } | null;
}

/** State of one run, outside React; `subscribe` and `getView` are what useSyncExternalStore wants. */
export interface Store<Snapshot, Name extends string = string> {
	push(snapshot: Snapshot): void;
	/** Ends the run: shows the last snapshot, then the dashboard leaves. Later calls and pushes are ignored. */
	complete(error?: Error): void;
	readonly subscribe: (listener: () => void) => () => void;
	/** The same object until something changed. */
	readonly getView: () => StoreView<Snapshot, Name>;
}

export interface StoreOptions<Snapshot, Name extends string> {
	readonly tracks: Readonly<Record<Name, Track<Snapshot>>>;
	readonly historyLength?: number;
	/** Runs `action` once after `delayMs`; returns how to call it off. Tests pass a clock of their own. */
	readonly schedule?: (action: () => void, delayMs: number) => () => void;
}

/** Throws: RangeError when the history has no room for a single value. */
export function createStore<Snapshot, Name extends string>(
	options: StoreOptions<Snapshot, Name>,
): Store<Snapshot, Name> {
	const { historyLength = DEFAULT_HISTORY_LENGTH, schedule = scheduleByTimer } = options;
	if (!Number.isInteger(historyLength) || historyLength < 1) {
		throw new RangeError(`historyLength: expected a positive integer, got ${historyLength}`);
	}
	const histories = new Map<string, number[]>();
	const listeners = new Set<() => void>();
	let latest: Snapshot | null = null;
	let completion: StoreView<Snapshot, Name>['completion'] = null;
	let callOff: (() => void) | undefined;
	let view = makeView();

	function makeView(): StoreView<Snapshot, Name> {
		const copies = new Map([...histories].map(([name, values]) => [name, [...values]]));
		return { latest, historyOf: (name) => copies.get(name) ?? [], completion };
	}
	function publish(): void {
		callOff?.();
		callOff = undefined;
		view = makeView();
		for (const listener of [...listeners]) {
			listener();
		}
	}
	return {
		push(snapshot) {
			if (completion !== null) {
				return;
			}
			latest = snapshot;
			for (const [name, track] of Object.entries<Track<Snapshot>>(options.tracks)) {
				const values = histories.get(name) ?? [];
				histories.set(name, values);
				recordInto(values, track, snapshot, historyLength);
			}
			callOff ??= schedule(publish, BATCH_MS);
		},
		complete(error) {
			if (completion === null) {
				completion = { error };
				publish();
			}
		},
		subscribe(listener) {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
		getView: () => view,
	};
}

function recordInto<Snapshot>(values: number[], track: Track<Snapshot>, snapshot: Snapshot, limit: number): void {
	const value = track.read(snapshot);
	if (value === null || !Number.isFinite(value) || (track.changesOnly === true && value === values.at(-1))) {
		return;
	}
	values.push(value);
	if (values.length > limit) {
		values.shift();
	}
}

function scheduleByTimer(action: () => void, delayMs: number): () => void {
	const timer = setTimeout(action, delayMs);
	// Showing something is no reason to keep a process alive.
	timer.unref();
	return () => clearTimeout(timer);
}

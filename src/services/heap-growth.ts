import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * How much of the heap that survived a full collection may come on top of it before the next one, in percent.
 * A collector's heap is small (13 MB) beside what passes through it: by default the engine collects it whole eight times
 * per second under load, on as many threads as there are cores, which costs a tenth of what the cores can do, and a
 * party after every few jobs, which costs a third of its time. A client that shares pictures is no other: a tenth.
 */
const GROWTH_PERCENT = 300;

/** For a process that serves or sends much: collects the old heap when it has grown fourfold. Read by V8 before each collection. */
export function collectOldHeapLessOften(): void {
	setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}

/**
 * For a process that serves and has nothing to do: collects the whole heap now, which takes some 20 ms. The engine would do
 * it at the next allocations, and a process at rest makes none: a party kept the buffers and the wasm memory of its last
 * jobs for as long as no other came.
 */
export function collectWholeHeap(): void {
	collector()();
}

/**
 * Gives a function that collects what was made last, in about a millisecond: for reading millions of small pieces, which
 * would grow the system's heap by 40 MB before the engine frees any, and leave it so.
 */
export function youngCollector(): () => void {
	const collect = collector();
	return () => collect({ type: 'minor' });
}

/** V8 gives its collector only to contexts that are made while the flag is set. */
function collector(): (options?: { readonly type: 'minor' }) => void {
	setFlagsFromString('--expose-gc');
	const collect: unknown = runInNewContext('gc');
	setFlagsFromString('--no-expose-gc');
	return (options) => {
		if (typeof collect === 'function') collect(options);
	};
}

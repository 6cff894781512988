import { setTimeout as delay } from 'node:timers/promises';
import { DataError } from '../../core/errors.js';
import { lockStore } from '../store-lock.js';

const POLL_MS = 100;
/** Tries in silence: who asks about a face has the names for a moment. */
const SILENT_TRIES = 20;

/**
 * Keeps every other veilcam from changing a file of names, as soon as none does; gives the function that ends that.
 * `note` hears when it takes long.
 * Throws: DataError where nobody may write; the signal's reason.
 */
export async function holdNames(
	file: string,
	{ signal, note }: { readonly signal: AbortSignal; readonly note: (line: string) => void },
): Promise<() => void> {
	for (let tries = 0; ; tries++) {
		signal.throwIfAborted();
		try {
			return lock(file);
		} catch (error) {
			if (!(error instanceof DataError && error.code === 'store-in-use')) throw error;
		}
		if (tries === SILENT_TRIES) note(`another veilcam is changing ${file}: waiting until it has ended`);
		await delay(POLL_MS, undefined, { signal });
	}
}

/** The same at once; undefined where another veilcam changes the names, or nobody may write. */
export function tryHoldNames(file: string): (() => void) | undefined {
	try {
		return lock(file);
	} catch (error) {
		if (error instanceof DataError) return undefined;
		throw error;
	}
}

function lock(file: string): () => void {
	const unlock = lockStore(file, 'veilcam');
	return () => unlock(true);
}

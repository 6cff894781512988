import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs, retryAfterMs } from '../../core/average/retry.js';
import { PeerError } from '../../core/errors.js';
import type { Answer } from './connection.js';

export interface RetryOptions {
	/** How long to keep trying. */
	readonly retryForMs: number;
	readonly signal: AbortSignal;
	readonly nowMs: () => number;
	/** Uniform in 0..1, spreads the retries of many cameras. */
	readonly jitter: () => number;
	/** Told before each wait; null when the wait is over. */
	readonly onRetry: (why: string | null) => void;
}

/** A server that answered, and that may do better later. */
export class BusyError extends PeerError {
	/** What it asked for; 0 when it did not. */
	readonly retryAfterMs: number;

	constructor(code: string, message: string, { headers, hint }: Pick<Answer, 'headers'> & { readonly hint: string }) {
		super(code, message, { hint });
		this.retryAfterMs = retryAfterMs(headers['retry-after']);
	}
}

/** Whether a server is away, or will do better later: it is worth another try. */
export function isPassing(error: unknown): error is PeerError {
	return error instanceof BusyError || (error instanceof PeerError && error.code === 'unreachable');
}

/**
 * Repeats `work` while the server is away or has no place.
 * Throws: what `work` throws; its PeerError `unreachable` or BusyError after `retryForMs`.
 */
export async function retryWhileAway<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
	const startedMs = options.nowMs();
	for (let attempt = 1; ; attempt++) {
		options.signal.throwIfAborted();
		try {
			const value = await work();
			if (attempt > 1) options.onRetry(null);
			return value;
		} catch (error) {
			options.signal.throwIfAborted();
			if (!isPassing(error)) throw error;
			const askedMs = error instanceof BusyError ? error.retryAfterMs : 0;
			const waitMs = Math.max(backoffMs(attempt, options.jitter()), askedMs);
			if (options.nowMs() + waitMs - startedMs > options.retryForMs) throw error;
			options.onRetry(`${error.message}, next try in ${(waitMs / 1000).toFixed(1)} s`);
			await delay(waitMs, undefined, { signal: options.signal });
		}
	}
}

import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '../../core/average/retry.js';
import { PeerError } from '../../core/errors.js';

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

/**
 * Repeats `work` while the server is away.
 * Throws: what `work` throws, PeerError 'unreachable' when it is still away after `retryForMs`.
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
			if (!(error instanceof PeerError) || error.code !== 'unreachable') throw error;
			const waitMs = backoffMs(attempt, options.jitter());
			if (options.nowMs() + waitMs - startedMs > options.retryForMs) throw error;
			options.onRetry(`${error.message}, next try in ${(waitMs / 1000).toFixed(1)} s`);
			await delay(waitMs, undefined, { signal: options.signal });
		}
	}
}

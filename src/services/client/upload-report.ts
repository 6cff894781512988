import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs, retryAfterMs, verdictOf } from '../../core/average/retry.js';
import { PeerError, PolicyError } from '../../core/errors.js';
import type { RetryOptions } from './backoff.js';
import { type Answer, type Connection, SHORT_ANSWER_BYTES } from './connection.js';

/** What the server said of a report or a frame in the end. */
export type UploadOutcome =
	| { readonly kind: 'accepted' }
	/** Held before this run. */
	| { readonly kind: 'duplicate' }
	| { readonly kind: 'rejected'; readonly reason: string };

/**
 * Sends a report or a frame until the server confirms or refuses it: the same id and bytes each time, so that it counts once.
 * Throws: PeerError when the collector stays away for `retryForMs`, PolicyError when it wants another token.
 */
export async function uploadReport(
	connection: Connection,
	path: string,
	body: Uint8Array,
	options: RetryOptions,
): Promise<UploadOutcome> {
	const startedMs = options.nowMs();
	for (let attempt = 1; ; attempt++) {
		options.signal.throwIfAborted();
		const answer = await tryOnce(connection, path, body);
		if (!(answer instanceof Error)) {
			if (attempt > 1) options.onRetry(null);
			const outcome = outcomeOf(answer, connection.url, attempt > 1);
			if (outcome !== null) return outcome;
		}
		options.signal.throwIfAborted();
		const why = answer instanceof Error ? answer.message : `the server says: ${messageOf(answer)}`;
		const waitMs = Math.max(
			backoffMs(attempt, options.jitter()),
			answer instanceof Error ? 0 : retryAfterMs(answer.headers['retry-after']),
		);
		if (options.nowMs() + waitMs - startedMs > options.retryForMs) {
			throw new PeerError('gave-up', `${why}; gave up after ${Math.round(options.retryForMs / 1000)} seconds`, {
				hint: 'Start the server, and run the command again; --retry-for waits longer, contribute --resume goes on.',
				cause: answer instanceof Error ? answer : undefined,
			});
		}
		options.onRetry(`${why}, next try in ${(waitMs / 1000).toFixed(1)} s`);
		await delay(waitMs, undefined, { signal: options.signal });
	}
}

async function tryOnce(connection: Connection, path: string, body: Uint8Array): Promise<Answer | PeerError> {
	try {
		return await connection.send('PUT', path, body, SHORT_ANSWER_BYTES);
	} catch (error) {
		if (error instanceof PeerError) return error;
		throw error;
	}
}

/** Null where it is worth another try. */
function outcomeOf(answer: Answer, url: string, wasTriedBefore: boolean): UploadOutcome | null {
	switch (verdictOf(answer.status)) {
		case 'counted':
			return { kind: 'accepted' };
		case 'held':
			return { kind: wasTriedBefore ? 'accepted' : 'duplicate' };
		case 'wrong-token':
			throw wrongToken(url);
		case 'later':
			return null;
		case 'refused':
			return { kind: 'rejected', reason: messageOf(answer) };
	}
}

/** Throws by return: the error for a server that wants another token. */
export function wrongToken(url: string): PolicyError {
	return new PolicyError('token', `${url}: the token is missing or wrong`, {
		hint: 'Give the one of the server with --token, or in the variable VEILCAM_TOKEN.',
	});
}

/** The sentence of a refusal, cut to a line. */
export function messageOf(answer: Pick<Answer, 'status' | 'body'>): string {
	const { message } = refusalOf(answer);
	return typeof message === 'string' ? message.slice(0, 300) : `HTTP status ${answer.status}`;
}

/** The name that a server gave its refusal, or undefined. */
export function codeOf(answer: Answer): string | undefined {
	const { error } = refusalOf(answer);
	return typeof error === 'string' && /^[a-z][a-z-]{1,39}$/.test(error) ? error : undefined;
}

function refusalOf(answer: Pick<Answer, 'body'>): { error?: unknown; message?: unknown } {
	try {
		return Object.assign({}, JSON.parse(answer.body.toString('utf8').slice(0, 2000)));
	} catch {
		// not ours: the status has to do
		return {};
	}
}

import { verdictOf } from '../../core/average/retry.js';
import { PeerError, PolicyError } from '../../core/errors.js';
import { BusyError, isPassing, type RetryOptions, retryWhileAway } from './backoff.js';
import { type Answer, type Connection, SHORT_ANSWER_BYTES } from './connection.js';

/** What the server said of a report or a frame in the end. */
export type UploadOutcome =
	| { readonly kind: 'accepted' }
	/** Held before this run. */
	| { readonly kind: 'duplicate' }
	| { readonly kind: 'rejected'; readonly reason: string };

/**
 * Sends a report or a frame until the server confirms or refuses it: the same id and bytes each time, so that it counts once.
 * Throws: PeerError `gave-up` when the server stays away for `retryForMs`, PolicyError when it wants another token.
 */
export async function uploadReport(
	connection: Connection,
	path: string,
	body: Uint8Array,
	options: RetryOptions,
): Promise<UploadOutcome> {
	return uploadUntilRead(connection, path, body, {
		...options,
		read: (answer, wasTriedBefore) => outcomeOf(answer, connection.url, wasTriedBefore),
	});
}

/**
 * Sends the same bytes until `read`, which throws a BusyError where it is worth another try, can make something of the
 * answer. Throws: as `uploadReport`.
 */
export async function uploadUntilRead<T>(
	connection: Pick<Connection, 'send'>,
	path: string,
	body: Uint8Array,
	options: RetryOptions & { readonly read: (answer: Answer, wasTriedBefore: boolean) => T },
): Promise<T> {
	let tries = 0;
	const put = async (): Promise<T> => {
		tries++;
		return options.read(await connection.send('PUT', path, body, SHORT_ANSWER_BYTES), tries > 1);
	};
	try {
		return await retryWhileAway(put, options);
	} catch (error) {
		if (!isPassing(error)) throw error;
		const seconds = Math.round(options.retryForMs / 1000);
		throw new PeerError('gave-up', `${error.message}; gave up after ${seconds} seconds`, {
			hint: 'Start the server, and run the command again; --retry-for waits longer, contribute --resume goes on.',
			cause: error,
		});
	}
}

/** What an answer says of a report. Throws: BusyError where it is worth another try, PolicyError for another token. */
export function outcomeOf(
	answer: Pick<Answer, 'status' | 'headers' | 'body'>,
	url: string,
	wasTriedBefore: boolean,
): UploadOutcome {
	switch (verdictOf(answer.status)) {
		case 'counted':
			return { kind: 'accepted' };
		case 'held':
			return { kind: wasTriedBefore ? 'accepted' : 'duplicate' };
		case 'wrong-token':
			throw wrongToken(url);
		case 'later':
			throw new BusyError('busy', `${url}: ${messageOf(answer)}`, {
				...answer,
				hint: 'Run the command again.',
			});
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

/** What a server says that can be done about it, cut to a line; undefined where it says nothing. */
export function hintOf(answer: Pick<Answer, 'body'>): string | undefined {
	const { hint } = refusalOf(answer);
	return typeof hint === 'string' ? hint.slice(0, 300) : undefined;
}

/** The name that a server gave its refusal, or undefined. */
export function codeOf(answer: Answer): string | undefined {
	const { error } = refusalOf(answer);
	return typeof error === 'string' && /^[a-z][a-z-]{1,39}$/.test(error) ? error : undefined;
}

function refusalOf(answer: Pick<Answer, 'body'>): { error?: unknown; message?: unknown; hint?: unknown } {
	try {
		return Object.assign({}, JSON.parse(answer.body.toString('utf8').slice(0, 2000)));
	} catch {
		// not ours: the status has to do
		return {};
	}
}

import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs, retryAfterMs } from '../../core/average/retry.js';
import { PeerError, PolicyError } from '../../core/errors.js';
import type { RandomSource } from '../../core/random.js';
import type { Answer, Connection } from './connection.js';
import { codeOf, hintOf, messageOf } from './upload-report.js';

interface PlaceOptions {
	readonly random: RandomSource;
	readonly nowMs: () => number;
	readonly signal: AbortSignal;
	readonly retryForMs: number;
}

type Each = <Result>(work: (connection: Connection, party: number) => Promise<Result>) => Promise<Result[]>;

/**
 * Brings a job to all three parties and gives its id. While one of them has no room for it, none keeps it: it is offered
 * again, under a new id, when they say that there may be room.
 * Throws: PeerError 'overload' when there is none for `retryForMs`, and that of the first party that refuses otherwise.
 */
export async function placeJob(uploads: readonly Uint8Array[], options: PlaceOptions, each: Each): Promise<string> {
	const startedMs = options.nowMs();
	for (let attempt = 1; ; attempt++) {
		const id = randomBytes(16).toString('hex');
		const drop = (): Promise<unknown> =>
			each((connection) => connection.send('DELETE', `/v1/jobs/${id}`)).catch(() => {});
		let answers: Answer[];
		try {
			answers = await each(async (connection, party) => {
				const answer = await connection.send('PUT', `/v1/jobs/${id}`, uploads[party]);
				return answer.status === 429 ? answer : expectStatus(answer, 201, party);
			});
		} catch (error) {
			await drop();
			throw error;
		}
		const party = answers.findIndex(({ status }) => status === 429);
		if (party === -1) return id;
		await drop();
		const jitter = new Uint8Array(1);
		options.random.fillInto(jitter);
		const waitMs = Math.max(
			backoffMs(attempt, jitter[0] / 255),
			...answers.map(({ headers }) => retryAfterMs(headers['retry-after'])),
		);
		if (options.nowMs() + waitMs - startedMs > options.retryForMs) {
			const seconds = Math.round(options.retryForMs / 1000);
			throw new PeerError(
				'overload',
				`party ${party}: ${messageOf(answers[party])}; gave up after ${seconds} seconds`,
				{
					hint: 'Try again when the parties have less to do; `veilcam parties status` tells.',
				},
			);
		}
		await delay(waitMs, undefined, { signal: options.signal });
	}
}

/** What to do about a token that a party does not know. */
export const WRONG_TOKEN = 'The token is that of client.json; `parties up` makes new ones at each start.';

/** Throws: PolicyError for the token and what a party refuses, PeerError that names the party for any other status. */
export function expectStatus(answer: Answer, status: number, party: number): Answer {
	if (answer.status === status) return answer;
	const message = messageOf(answer);
	if (answer.status === 401) throw new PolicyError('no-token', `party ${party}: ${message}`, { hint: WRONG_TOKEN });
	const hint = hintOf(answer) ?? 'Try again; `veilcam parties status` tells more.';
	if (answer.status === 403) throw new PolicyError(codeOf(answer) ?? 'refused', `party ${party}: ${message}`, { hint });
	throw new PeerError(codeOf(answer) ?? 'party-failed', `party ${party}: ${message}`, { hint });
}

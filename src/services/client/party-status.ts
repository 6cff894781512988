import { PeerError, PolicyError } from '../../core/errors.js';
import type { PartyStatus } from '../../core/events.js';
import { type Connection, SHORT_ANSWER_BYTES } from './connection.js';
import { WRONG_TOKEN } from './place-job.js';

/** Throws: PeerError when the party does not answer, or nothing that can be read; PolicyError for the token. */
export async function askStatus(connection: Connection): Promise<PartyStatus> {
	const answer = await connection.send('GET', '/v1/status', undefined, SHORT_ANSWER_BYTES);
	if (answer.status === 401) {
		throw new PolicyError('no-token', `${connection.url}: the token is missing or wrong`, { hint: WRONG_TOKEN });
	}
	const status = answer.status === 200 ? answer.json() : undefined;
	if (!isStatus(status)) {
		throw new PeerError('not-a-party', `${connection.url}: the answer is not that of a party of this version`);
	}
	return status;
}

const COUNTS = [
	'jobsHeld',
	'jobsQueued',
	'jobsRunning',
	'jobsDone',
	'jobsFailed',
	'jobsDropped',
	'jobsRefused',
	'queriesRefused',
	'bytesSent',
	'rounds',
	'residentBytes',
	'uptimeMs',
] as const;

/** Whole numbers by client. */
export function isCounts(value: unknown): value is Readonly<Record<string, number>> {
	return typeof value === 'object' && value !== null && Object.values(value).every(Number.isInteger);
}

function isStatus(value: unknown): value is PartyStatus {
	const fields: Record<string, unknown> = Object.assign({}, value);
	return (
		COUNTS.every((name) => typeof fields[name] === 'number') &&
		isCounts(fields.queries) &&
		Array.isArray(fields.isConnected) &&
		Array.isArray(fields.lastJobs)
	);
}

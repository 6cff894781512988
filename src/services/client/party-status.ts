import { PeerError, PolicyError } from '../../core/errors.js';
import type { PartyStatus } from '../../core/events.js';
import { type Connection, SHORT_ANSWER_BYTES } from './connection.js';

/** Throws: PeerError when the party does not answer, or nothing that can be read; PolicyError for the token. */
export async function askStatus(connection: Connection): Promise<PartyStatus> {
	const answer = await connection.send('GET', '/v1/status', undefined, SHORT_ANSWER_BYTES);
	if (answer.status === 401) throw new PolicyError('refused', `${connection.url}: the token is missing or wrong`);
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
	'bytesSent',
	'rounds',
	'residentBytes',
	'uptimeMs',
] as const;

function isStatus(value: unknown): value is PartyStatus {
	const fields: Record<string, unknown> = Object.assign({}, value);
	return (
		COUNTS.every((name) => typeof fields[name] === 'number') &&
		Array.isArray(fields.isConnected) &&
		Array.isArray(fields.lastJobs)
	);
}

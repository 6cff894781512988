import { parseSessionDescription, type SessionDescription } from '../../core/average/session-description.js';
import { PeerError } from '../../core/errors.js';
import { type Connection, SHORT_ANSWER_BYTES } from './connection.js';
import { messageOf, wrongToken } from './upload-report.js';

/**
 * Asks a collector what its session wants.
 * Throws: PeerError, also for the description of another session; PolicyError for the token.
 */
export async function fetchSession(connection: Connection, name: string): Promise<SessionDescription> {
	const answer = await connection.send('GET', `${sessionPath(name)}/session`, undefined, SHORT_ANSWER_BYTES);
	if (answer.status === 401) {
		throw wrongToken(connection.url);
	}
	if (answer.status === 404) {
		throw new PeerError('no-such-session', `${connection.url}: there is no session "${name}"`, {
			hint: 'Give the name of the session with --session.',
		});
	}
	if (answer.status !== 200) {
		throw new PeerError('not-a-collector', `${connection.url}: ${messageOf(answer)}`, {
			hint: 'Check that the address is that of a collector.',
		});
	}
	const session = parseSessionDescription(answer.json());
	if (session.name !== name) {
		throw new PeerError(
			'other-session',
			`${connection.url}: asked for session "${name}", it describes "${session.name}"`,
			{
				hint: 'Check the address, and what a proxy does with paths.',
			},
		);
	}
	return session;
}

export function sessionPath(name: string): string {
	return `/v1/sessions/${encodeURIComponent(name)}`;
}

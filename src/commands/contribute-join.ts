import type { SessionDescription } from '../core/average/session-description.js';
import { retryWhileAway } from '../services/client/backoff.js';
import type { Connection } from '../services/client/connection.js';
import { fetchSession } from '../services/client/fetch-session.js';
import { connectTo, type TrustOptions } from './connect-to.js';
import type { CommandContext } from './define-command.js';
import { retryFrom } from './retry.js';

/** Connects to a collector and asks what its session wants, waiting for one that is away. Throws: PeerError, PolicyError. */
export function joinSession(
	options: TrustOptions & {
		readonly to: string;
		readonly session: string;
		readonly concurrency: number;
		readonly retryFor: number;
	},
	context: CommandContext,
): Promise<{ connection: Connection; session: SessionDescription }> {
	const join = async (): Promise<{ connection: Connection; session: SessionDescription }> => {
		const connection = await connectTo(options.to, options, context, { concurrency: options.concurrency });
		try {
			return { connection, session: await fetchSession(connection, options.session) };
		} catch (error) {
			connection.close();
			throw error;
		}
	};
	return retryWhileAway(join, retryFrom(options.retryFor, context));
}

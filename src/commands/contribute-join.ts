import type { SessionDescription } from '../core/average/session-description.js';
import { retryWhileAway } from '../services/client/backoff.js';
import { type Connection, openConnection } from '../services/client/connection.js';
import { fetchSession } from '../services/client/fetch-session.js';
import { jitterFrom } from './contribute-send.js';
import type { CommandContext } from './define-command.js';

/** Connects to a collector and asks what its session wants, waiting for one that is away. Throws: PeerError, PolicyError. */
export function joinSession(
	options: {
		readonly to: string;
		readonly session: string;
		readonly concurrency: number;
		readonly retryFor: number;
		readonly token: string | undefined;
		readonly ca: string | undefined;
		readonly fingerprint: string | undefined;
	},
	context: CommandContext,
): Promise<{ connection: Connection; session: SessionDescription }> {
	const join = async (): Promise<{ connection: Connection; session: SessionDescription }> => {
		const connection = await openConnection({
			url: options.to,
			token: options.token ?? context.env.VEILCAM_TOKEN,
			caFile: options.ca,
			fingerprint: options.fingerprint,
			concurrency: options.concurrency,
			signal: context.abort.signal,
		});
		try {
			return { connection, session: await fetchSession(connection, options.session) };
		} catch (error) {
			connection.close();
			throw error;
		}
	};
	return retryWhileAway(join, {
		retryForMs: options.retryFor * 1000,
		signal: context.abort.signal,
		nowMs: context.nowMs,
		jitter: () => jitterFrom(context),
		onRetry(why) {
			if (why !== null) context.reporter.note(why);
		},
	});
}

import { retryWhileAway } from '../services/client/backoff.js';
import type { Connection } from '../services/client/connection.js';
import { connectTo, type TrustOptions } from './connect-to.js';
import type { CommandContext } from './define-command.js';
import { retryFrom } from './retry.js';

/** What `clientOptions` and `serverRetryForOption` give, beside `--server`. */
export interface AskOptions extends TrustOptions {
	readonly retryFor: number | undefined;
}

/** Asks a subtractor, from the start again while it is away or has no place. Throws: what `ask` throws in the end. */
export async function askSubtractor<T>(
	url: string,
	options: AskOptions,
	context: CommandContext,
	ask: (connection: Connection) => Promise<T>,
): Promise<T> {
	return await retryWhileAway(
		async () => {
			const connection = await connectTo(url, options, context);
			try {
				return await ask(connection);
			} finally {
				connection.close();
			}
		},
		retryFrom(options.retryFor, context),
	);
}

import { type Connection, openConnection } from '../services/client/connection.js';
import type { CommandContext } from './define-command.js';

/** What `clientOptions` give. */
export interface TrustOptions {
	readonly token: string | undefined;
	readonly ca: string | undefined;
	readonly fingerprint: string | undefined;
}

/**
 * Opens a connection with the token and the trust of the command line; `timeoutMs` is for answers that take their time.
 * Throws: those of `openConnection`.
 */
export function connectTo(
	url: string,
	{ token, ca, fingerprint }: TrustOptions,
	{ env, abort }: CommandContext,
	{ concurrency = 1, timeoutMs }: { readonly concurrency?: number; readonly timeoutMs?: number | undefined } = {},
): Promise<Connection> {
	return openConnection({
		url,
		token: token ?? env.VEILCAM_TOKEN,
		caFile: ca,
		fingerprint,
		concurrency,
		signal: abort.signal,
		...(timeoutMs === undefined ? {} : { timeoutMs }),
	});
}

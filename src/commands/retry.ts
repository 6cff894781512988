import type { RetryOptions } from '../services/client/backoff.js';
import type { CommandContext } from './define-command.js';

/** Unless `--retry-for` says otherwise. */
const RETRY_S = 60;

/** `--retry-for` where a server is sure to be asked. */
export const retryForOption = { type: 'number', min: 0, max: 86_400, default: RETRY_S } as const;

/** `--retry-for` beside `--server`. */
export const serverRetryForOption = {
	type: 'number',
	min: 0,
	max: 86_400,
	describe: `Seconds to wait for a subtractor that is away or has no place (${RETRY_S})`,
} as const;

/** How a command waits for a server that is away; told in notes, unless `onRetry` shows it otherwise. */
export function retryFrom(
	retryForS: number | undefined,
	context: CommandContext,
	onRetry = (why: string | null): void => {
		if (why !== null) context.reporter.note(why);
	},
): RetryOptions {
	const { abort, nowMs } = context;
	return {
		retryForMs: (retryForS ?? RETRY_S) * 1000,
		signal: abort.signal,
		nowMs,
		jitter: () => jitterFrom(context),
		onRetry,
	};
}

function jitterFrom({ random }: CommandContext): number {
	const bytes = new Uint8Array(2);
	random.fillInto(bytes);
	return (bytes[0] * 256 + bytes[1]) / 65_536;
}

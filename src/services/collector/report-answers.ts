import type { IncomingMessage, ServerResponse } from 'node:http';
import { drain } from '../drain.js';
import type { ReportStatus } from './ledger.js';
import type { CollectorStats, RejectionCause } from './stats.js';

/** Why a report is turned away. */
export interface Refusal {
	readonly status: number;
	readonly cause: RejectionCause;
	readonly message: string;
	readonly retryAfterS?: number;
}

export const OVERLOAD: Refusal = {
	status: 429,
	cause: 'overload',
	message: 'too many reports at once; try again',
	retryAfterS: 1,
};

/** What the ledger's refusals become. */
export const LEDGER_REFUSALS: Readonly<Record<Exclude<ReportStatus, 'accepted' | 'duplicate' | 'later'>, Refusal>> = {
	conflict: {
		status: 409,
		cause: 'conflict',
		message: 'this id has come with other bytes before; the first report stands',
	},
	'out-of-range': {
		status: 422,
		cause: 'out of range',
		message: "a value lies outside what the session's mechanism can send",
	},
	full: { status: 507, cause: 'session full', message: 'this session takes no more reports' },
	failed: {
		status: 503,
		cause: 'store failed',
		message: 'the report could not be stored; nothing was counted; try again later',
		retryAfterS: 2,
	},
};

/** Answers a refusal as JSON; keeps the connection where the rest of the request is short enough to be read. */
export function refuse(
	request: IncomingMessage,
	response: ServerResponse,
	stats: CollectorStats,
	{ status, cause, message, retryAfterS }: Refusal,
): void {
	stats.reject(cause);
	drain(request, response);
	const body = Buffer.from(`${JSON.stringify({ error: cause, message })}\n`);
	if (retryAfterS !== undefined) response.setHeader('retry-after', String(retryAfterS));
	response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
	response.end(body);
}

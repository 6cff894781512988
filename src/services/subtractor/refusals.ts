import type { ServerResponse } from 'node:http';
import { DataError, PolicyError, type VeilcamError } from '../../core/errors.js';

/** How a failure is told to whoever asked. */
export interface Refusal {
	readonly status: number;
	readonly code: string;
	readonly message: string;
	readonly retryAfterS?: number;
}

const STATUS_BY_CODE: Readonly<Record<string, number>> = {
	'no-token': 401,
	'no-such-frame': 404,
	'frame-conflict': 409,
	'no-length': 411,
	'too-large': 413,
	'wrong-type': 415,
	overload: 429,
	'store-full': 507,
};

/**
 * The refusal that an error becomes. What is wrong with a frame is 422; what failed here is told in a word, since its
 * sentence names files of this machine.
 */
export function refusalOf(error: unknown): Refusal {
	if (!(error instanceof DataError || error instanceof PolicyError)) {
		return { status: 500, code: 'bug', message: 'the subtractor made a mistake' };
	}
	const { code, message } = error;
	if (isOfDisk(error)) {
		const full = code === 'store-full';
		const said = `the frame could not be stored${full ? ', the disk is full' : ''}; nothing was kept; try again later`;
		return { status: full ? 507 : 503, code, message: said, retryAfterS: 2 };
	}
	const status = STATUS_BY_CODE[code] ?? 422;
	return { status, code, message, ...(status === 429 ? { retryAfterS: 1 } : {}) };
}

/** Answers a refusal as JSON, while no answer has begun. */
export function refuse(response: ServerResponse, refusal: Refusal): void {
	const { status, code, message, retryAfterS } = refusal;
	const body = Buffer.from(`${JSON.stringify({ error: code, message })}\n`);
	if (retryAfterS !== undefined) response.setHeader('retry-after', String(retryAfterS));
	response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
	response.end(body);
}

function isOfDisk(error: VeilcamError): boolean {
	return /^(?:store-|damaged-store|unreadable-file)/.test(error.code);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { DataError } from '../../core/errors.js';
import { allowedMs, BODY_DEADLINE } from '../body-deadline.js';

/**
 * The whole body of a request.
 * Throws: DataError where its length is not announced, is above `most` or not `exactly`, or it is cut off or too slow.
 */
export async function readBody(
	request: IncomingMessage,
	most: number,
	exactly?: number,
): Promise<Uint8Array<ArrayBuffer>> {
	const length = Number(request.headers['content-length'] ?? Number.NaN);
	if (!(length <= most) || (exactly !== undefined && length !== exactly)) {
		const expected = exactly === undefined ? `at most ${most}` : String(exactly);
		throw new DataError('wrong-length', `body: expected ${expected} bytes, got ${length}`);
	}
	const body = new Uint8Array(length);
	let filled = 0;
	// a body that drips would hold its place for ever
	const deadline = setTimeout(() => request.destroy(), allowedMs(BODY_DEADLINE, length));
	try {
		for await (const piece of request) {
			const bytes: Uint8Array = piece;
			body.set(bytes, filled);
			filled += bytes.length;
		}
	} catch (cause) {
		throw new DataError('cut-off', 'the body was cut off', { cause });
	} finally {
		clearTimeout(deadline);
	}
	return body;
}

export function answerJson(
	response: ServerResponse,
	status: number,
	value: object,
	headers: Readonly<Record<string, string>> = {},
): void {
	const body = Buffer.from(`${JSON.stringify(value)}\n`);
	response.writeHead(status, { ...headers, 'content-type': 'application/json', 'content-length': body.length });
	response.end(body);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { DataError } from '../../core/errors.js';
import { allowedMs, BODY_DEADLINE, type BodyDeadline } from '../body-deadline.js';
import { drain } from '../drain.js';

/** How long a body may be, or has to be, in bytes. */
type BodyLength = { readonly atMost: number } | { readonly exactly: number };

/**
 * The whole body of a request.
 * Throws: DataError where its length is not announced or another one, or it is cut off or too slow.
 */
export function readBody(
	request: IncomingMessage,
	allowed: BodyLength,
	bodyDeadline: BodyDeadline = BODY_DEADLINE,
): Promise<Uint8Array<ArrayBuffer>> {
	const announced = request.headers['content-length'];
	const length = Number(announced ?? Number.NaN);
	if ('exactly' in allowed ? length !== allowed.exactly : !(length <= allowed.atMost)) {
		const expected = 'exactly' in allowed ? String(allowed.exactly) : `at most ${allowed.atMost}`;
		throw new DataError('wrong-length', `body: expected ${expected} bytes, got ${announced ?? 'no content-length'}`);
	}
	const body = new Uint8Array(length);
	let filled = 0;
	let isWhole = false;
	return new Promise((resolve, reject) => {
		const cutOff = (cause?: Error): void => reject(new DataError('cut-off', 'the body was cut off', { cause }));
		// a body that drips would hold its place for ever
		const deadline = setTimeout(() => request.destroy(), allowedMs(bodyDeadline, length));
		// an iterator over the pieces takes longer than all else that is done with them
		request.on('data', (piece: Buffer) => {
			body.set(piece, filled);
			filled += piece.length;
		});
		request.once('end', () => {
			isWhole = filled === length;
			if (isWhole) resolve(body);
			else cutOff();
		});
		request.once('error', cutOff);
		request.once('close', () => {
			clearTimeout(deadline);
			// an error takes longer to make than a short body to read
			if (!isWhole) cutOff();
		});
	});
}

/** The rest of a refused request, read for a while and to an extent, so that its sender can read the answer. */
export function dropBody(request: IncomingMessage, response: ServerResponse): void {
	drain(request, response);
	const deadline = setTimeout(() => {
		if (!request.complete) request.destroy();
	}, BODY_DEADLINE.baseMs);
	deadline.unref();
	request.once('close', () => clearTimeout(deadline));
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

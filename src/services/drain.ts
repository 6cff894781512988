import type { IncomingMessage, ServerResponse } from 'node:http';

/** A refused request's body is read and dropped up to here, so that its sender can read the answer. */
const DRAIN_BYTES = 1024 * 1024;

/** Before an answer that does not wait for the body: keeps the connection where the rest of it is short enough to be read. */
export function drain(request: IncomingMessage, response: ServerResponse): void {
	if (request.complete) return;
	const announced = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY);
	// who asked first may leave the body out: where the next request begins is not known then
	if (announced > DRAIN_BYTES || request.headers.expect !== undefined) {
		if (!response.headersSent) response.setHeader('connection', 'close');
		let drained = 0;
		request.on('data', (chunk: Buffer) => {
			drained += chunk.length;
			if (drained > DRAIN_BYTES) request.destroy();
		});
	}
	request.resume();
}

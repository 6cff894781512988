import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Requests of one connection that may wait for their answers. Browsers and our clients send one at a time. */
const MAX_WAITING = 64;

/**
 * Ends a connection that sends request after request and reads no answer: Node parses all that one read from the
 * socket holds, which is some 1,500 short requests, and each would keep an answer in memory.
 * Gives true for a request that is not to be answered any more.
 */
export function createPipelineGuard(): (request: IncomingMessage, response: ServerResponse) => boolean {
	const waiting = new WeakMap<Duplex, number>();
	return (request, response) => {
		const { socket } = request;
		if (socket.destroyed) return true;
		const count = (waiting.get(socket) ?? 0) + 1;
		if (count > MAX_WAITING) {
			socket.destroy();
			return true;
		}
		waiting.set(socket, count);
		response.on('close', () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1));
		return false;
	};
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Requests of one connection that may wait for their answers. Browsers and our clients send one at a time. */
const MAX_WAITING = 64;

/** On the socket itself: a weak map of tens of thousands of changes per second keeps the garbage collector busy. */
const WAITING = Symbol('requests that wait for their answers');

type CountedSocket = Duplex & { [WAITING]?: number };

/**
 * Ends a connection that sends request after request and reads no answer: Node parses all that one read from the
 * socket holds, which is some 1,500 short requests, and each would keep an answer in memory.
 * Gives true for a request that is not to be answered any more.
 */
export function isPipelinedTooFar(request: IncomingMessage, response: ServerResponse): boolean {
	const socket: CountedSocket = request.socket;
	if (socket.destroyed) return true;
	const count = (socket[WAITING] ?? 0) + 1;
	if (count > MAX_WAITING) {
		socket.destroy();
		return true;
	}
	socket[WAITING] = count;
	response.on('close', onAnswered);
	return false;
}

function onAnswered(this: ServerResponse): void {
	const socket: CountedSocket = this.req.socket;
	socket[WAITING] = (socket[WAITING] ?? 1) - 1;
}

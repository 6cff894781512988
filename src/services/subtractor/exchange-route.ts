import type { IncomingMessage, ServerResponse } from 'node:http';
import { DataError, PolicyError } from '../../core/errors.js';
import { MAX_SAMPLES } from '../../core/subtract/parameters.js';
import { allowedMs, BODY_DEADLINE } from '../body-deadline.js';
import { drain } from '../drain.js';
import { breakOff } from './answer-difference.js';
import { parseExchange } from './exchange-url.js';
import { refusalOf, refuse } from './refusals.js';
import { type ExchangeParts, serveExchange } from './serve-exchange.js';
import type { Turn } from './turns.js';

/** Longer bodies than that of the largest pair are not listened to. */
const MAX_BODY_BYTES = 8 * MAX_SAMPLES;

/**
 * The routes on which frames come and differences go (`parseExchange`), beside the web framework: they are streams in both
 * directions. Gives false for a request of another route.
 */
export function createExchangeRoute(parts: ExchangeParts) {
	const { places, turns, stats, mayEnter, nowMs, bodyDeadline = BODY_DEADLINE } = parts;
	return (request: IncomingMessage, response: ServerResponse): boolean => {
		const exchange = parseExchange(request.method, request.url ?? '');
		if (exchange === null) return false;
		const leave = places.take();
		const startedMs = nowMs();
		const gone = new AbortController();
		response.on('close', () => {
			gone.abort();
			leave?.();
		});
		let deadline: NodeJS.Timeout | undefined;
		/** For so many bytes, both ways. */
		const allow = (bytes: number): void => {
			clearTimeout(deadline);
			if (gone.signal.aborted) return;
			deadline = setTimeout(
				() => {
					stats.reject('too slow');
					request.socket.destroy();
				},
				allowedMs(bodyDeadline, bytes),
			);
		};
		allow(0);
		response.on('close', () => clearTimeout(deadline));
		const work = async (): Promise<void> => {
			if (!mayEnter(request.headers.authorization)) throw new PolicyError('no-token', 'the token is missing or wrong');
			if (leave === null) throw new PolicyError('overload', 'too many requests at once; try again');
			const length = exchange.kind === 'kept' ? 0 : checkedLength(request);
			let turn: Turn | undefined;
			if (exchange.kind === 'pair') {
				// nobody is slow who waits for us
				clearTimeout(deadline);
				turn = await turns.take(gone.signal);
			}
			try {
				// an answer is about as long as what it is made of
				allow(2 * length);
				if (request.headers.expect !== undefined) response.writeContinue();
				await serveExchange(exchange, { request, response, parts, allow, signal: gone.signal, startedMs, turn });
			} finally {
				turn?.end();
			}
		};
		work().catch((error: unknown) => {
			if (response.destroyed || response.writableEnded) return;
			// whoever went away in the middle of it gets no answer, and did nothing wrong
			if (request.destroyed && !request.complete) return void response.destroy();
			const refusal = refusalOf(error);
			stats.reject(refusal.code);
			if (refusal.status >= 500) parts.onFailure(error);
			drain(request, response);
			if (response.headersSent) breakOff(response, refusal.message);
			else refuse(response, refusal);
		});
		return true;
	};
}

/** The length of the body, which is said before it comes. Throws: DataError for one without a length, or of another type. */
function checkedLength({ headers }: IncomingMessage): number {
	const type = headers['content-type'];
	if (type !== undefined && !/^application\/octet-stream\s*(?:;|$)/i.test(type)) {
		throw new DataError('wrong-type', 'content type: expected application/octet-stream');
	}
	if (headers['content-length'] === undefined) {
		throw new DataError('no-length', 'content length: it has to be given');
	}
	const length = Number(headers['content-length']);
	if (length > MAX_BODY_BYTES) throw new DataError('too-large', `body: expected ${MAX_BODY_BYTES} bytes at most`);
	return length;
}

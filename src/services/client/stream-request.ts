import type { ClientRequest, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A body that is made while it is sent. */
export interface StreamedBody {
	readonly bytes: number;
	readonly pieces: AsyncIterable<Uint8Array>;
}

/** An answer of which the head is there. */
export interface StreamedAnswer {
	readonly status: number;
	readonly headers: IncomingMessage['headers'];
	/** Once. Throws: what making the request's body threw, or PeerError when the connection breaks. */
	readonly body: AsyncGenerator<Uint8Array>;
	/** What the server said behind the body; empty before its end. */
	trailer(name: string): string | undefined;
}

/** A server that knows nothing of asking first gets the body after this time. */
const UNASKED_MS = 1000;

/**
 * Sends a request with "Expect" and its body, and gives the answer, which may begin before the body has ended.
 * Throws: what `asError` makes of a failure, or what making the body throws.
 */
export async function streamRequest(
	request: ClientRequest,
	body: StreamedBody | undefined,
	{ signal, asError }: { readonly signal: AbortSignal | undefined; readonly asError: (error: Error) => Error },
): Promise<StreamedAnswer> {
	const onAbort = (): void => void request.destroy(new Error('interrupted'));
	signal?.addEventListener('abort', onAbort, { once: true });
	request.on('close', () => signal?.removeEventListener('abort', onAbort));
	let failure: Error | undefined;
	let unasked: NodeJS.Timeout | undefined;
	const response = await new Promise<IncomingMessage>((resolve, reject) => {
		request.on('response', resolve);
		request.on('error', (error) => {
			failure ??= error;
			reject(asError(failure));
		});
		if (body === undefined) {
			request.end();
			return;
		}
		let isSent = false;
		const sendBody = (): void => {
			clearTimeout(unasked);
			if (isSent) return;
			isSent = true;
			// a failure reaches the request, and from there whoever waits
			pipeline(Readable.from(body.pieces), request).catch((error: Error) => {
				failure ??= error;
			});
		};
		request.on('continue', sendBody);
		request.on('close', () => clearTimeout(unasked));
		unasked = setTimeout(sendBody, UNASKED_MS);
		request.flushHeaders();
	});
	clearTimeout(unasked);
	async function* read(): AsyncGenerator<Uint8Array> {
		try {
			for await (const chunk of response) yield chunk;
		} catch (error) {
			throw asError(failure ?? (error instanceof Error ? error : new Error(String(error))));
		} finally {
			// what was not read, or not sent, keeps the connection from being used again
			if (!response.complete || !request.writableFinished) request.destroy();
		}
	}
	return {
		status: response.statusCode ?? 0,
		headers: response.headers,
		body: read(),
		trailer: (name) => response.trailers[name],
	};
}

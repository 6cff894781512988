import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type VctHeader, vctBytes } from '../../core/subtract/vct-header.js';
import { writeVct } from '../../core/subtract/vct-stream.js';
import { ERROR_TRAILER } from './exchange-url.js';
import type { Turn } from './turns.js';

/** So much is held back before the answer begins: what is wrong with a small picture is told by a status. */
const HELD_BYTES = 128 * 1024;

export interface AnswerParts {
	readonly response: ServerResponse;
	/** Aborts when the connection has gone. */
	readonly signal: AbortSignal;
	/** Given away while the answer is not read. */
	readonly turn: Turn | undefined;
}

/**
 * Sends a difference as its records are made, no faster than they are read.
 * Throws: what the records throw. When the answer has not begun then, it is still to be made.
 */
export async function answerDifference(
	status: number,
	{ header, records }: { readonly header: VctHeader; readonly records: AsyncIterable<Uint8Array> },
	{ response, signal, turn }: AnswerParts,
): Promise<{ readonly bytes: number }> {
	const bytes = vctBytes(header);
	let held: Uint8Array[] = [];
	let heldBytes = 0;
	const begin = (): void => {
		response.writeHead(status, { 'content-type': 'application/octet-stream', trailer: ERROR_TRAILER });
		for (const piece of held) response.write(piece);
		held = [];
	};
	for await (const piece of writeVct(header, records)) {
		if (!response.headersSent) {
			held.push(piece);
			heldBytes += piece.length;
			if (heldBytes >= HELD_BYTES) begin();
		} else if (!response.write(piece)) {
			const drained = once(response, 'drain', { signal });
			await (turn === undefined ? drained : turn.during(drained));
		}
		signal.throwIfAborted();
	}
	if (!response.headersSent) begin();
	response.end();
	return { bytes };
}

/** Ends an answer that has begun and cannot go on, with the reason behind it. */
export function breakOff(response: ServerResponse, why: string): void {
	response.addTrailers({ [ERROR_TRAILER]: encodeURIComponent(why) });
	response.end();
}

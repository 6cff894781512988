import { verdictOf } from '../../core/average/retry.js';
import { DataError, PeerError } from '../../core/errors.js';
import { differenceHeader } from '../../core/subtract/difference.js';
import { encodeVctHeader, type VctHeader } from '../../core/subtract/vct-header.js';
import { pairBytes, writePair } from '../../core/subtract/vct-pair.js';
import { openVct, type VctStream } from '../../core/subtract/vct-stream.js';
import { ERROR_TRAILER } from '../subtractor/exchange-url.js';
import { BusyError } from './backoff.js';
import { type Answer, type Connection, SHORT_ANSWER_BYTES } from './connection.js';
import type { StreamedAnswer } from './stream-request.js';
import { messageOf, wrongToken } from './upload-report.js';

/**
 * Lets a subtractor make A - B, record by record: what it answers is the header of A - B, and then what it likes, which
 * only the owner of the key can tell.
 * Throws: DataError of `differenceHeader` before anything is sent, and for an answer that is of other frames or damaged;
 * PeerError, PolicyError of the connection, and for what the server refuses.
 */
export async function subtractRemotely(connection: Connection, a: VctStream, b: VctStream): Promise<VctStream> {
	try {
		const expected = differenceHeader(a, b);
		const body = { bytes: pairBytes(a.header), pieces: writePair(a, b) };
		const answer = await connection.exchange('POST', '/v1/differences', body);
		if (answer.status !== 200) throw await refusalOf(answer, connection.url);
		return await expectDifference(answer, expected, connection.url);
	} catch (error) {
		await Promise.all([a.close(), b.close()]);
		throw error;
	}
}

/** An answer as the difference that was asked for. Throws: DataError when its header is another. */
async function expectDifference(answer: StreamedAnswer, expected: VctHeader, url: string): Promise<VctStream> {
	const stream = await openVct(answer.body, `the answer of ${url}`);
	if (Buffer.compare(encodeVctHeader(stream.header), encodeVctHeader(expected)) !== 0) {
		await stream.close();
		throw otherDifference(url);
	}
	async function* records(): AsyncGenerator<Uint8Array> {
		try {
			yield* stream.records();
		} catch (error) {
			const why = answer.trailer(ERROR_TRAILER);
			if (why === undefined) throw error;
			throw new PeerError('server-refused', `${url}: ${decoded(why)}`, {
				hint: 'Look at both files with veilcam inspect, and encrypt the pictures again.',
				cause: error,
			});
		}
	}
	return { ...stream, records };
}

/** Throws by return: a server that answers with other frames than those asked for. */
export function otherDifference(url: string): DataError {
	return new DataError('other-frames', `${url}: answered another difference than the one asked for; discarded`, {
		hint: 'Do not use that server: it mixes up frames, or cheats. Subtract on this machine instead.',
	});
}

/** Throws by return: what a refused request becomes; see `asRefusal`. */
export async function refusalOf(answer: StreamedAnswer, url: string): Promise<Error> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of answer.body) {
		length += chunk.length;
		if (length > SHORT_ANSWER_BYTES) break;
		chunks.push(chunk);
	}
	return asRefusal({ ...answer, body: Buffer.concat(chunks) }, url);
}

/** Throws by return: what a subtractor's refusal becomes, BusyError where it is worth another try. */
export function asRefusal(answer: Pick<Answer, 'status' | 'headers' | 'body'>, url: string): Error {
	const message = `${url}: ${messageOf(answer)}`;
	if (verdictOf(answer.status) === 'later') {
		const hint = 'Run the command again in a few seconds; --retry-for waits longer.';
		return new BusyError(answer.status === 429 ? 'overload' : 'server-failed', message, { ...answer, hint });
	}
	switch (answer.status) {
		case 401:
			return wrongToken(url);
		case 404:
			return new PeerError('not-found', message, { hint: 'Check that the address is that of a subtractor.' });
		case 422:
			return new DataError('server-refused', message, { hint: 'Look at both files with veilcam inspect.' });
		default:
			return new PeerError('server-failed', message, { hint: 'Check that the address is that of a subtractor.' });
	}
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text).slice(0, 300);
	} catch {
		return text.slice(0, 300);
	}
}

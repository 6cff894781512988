import { PeerError } from '../../core/errors.js';
import type { SealedFrame } from '../../core/subtract/frames.js';
import { toHex } from '../../core/subtract/vct-header.js';
import { writeVct } from '../../core/subtract/vct-stream.js';
import { type RetryOptions, retryWhileAway } from './backoff.js';
import { type Answer, type Connection, SHORT_ANSWER_BYTES } from './connection.js';
import { asRefusal } from './subtract-remote.js';
import { type UploadOutcome, uploadReport } from './upload-report.js';

/** A frame as a subtractor lists it. */
export interface ListedFrame {
	readonly number: number;
	/** 128 bits in hexadecimal. */
	readonly id: string;
}

function cameraPath(camera: string): string {
	return `/v1/cameras/${encodeURIComponent(camera)}`;
}

/** Sends a frame until the subtractor confirms or refuses it. Throws: those of `uploadReport`. */
export async function uploadFrame(
	connection: Connection,
	camera: string,
	frame: SealedFrame,
	options: RetryOptions,
): Promise<UploadOutcome> {
	const pieces: Uint8Array[] = [];
	for await (const piece of writeVct(frame.header, frame.records)) pieces.push(piece);
	const path = `${cameraPath(camera)}/frames/${toHex(frame.header.ids[0])}`;
	return await uploadReport(connection, path, Buffer.concat(pieces), options);
}

/**
 * Frames that came after number `after`, oldest first; not always all of them.
 * Throws: PeerError, PolicyError for the token.
 */
export async function listFrames(
	connection: Connection,
	camera: string,
	after: number,
	options: RetryOptions,
): Promise<ListedFrame[]> {
	const answer = await get(connection, `${cameraPath(camera)}/frames?after=${after}`, SHORT_ANSWER_BYTES, options);
	const { frames } = Object.assign({ frames: undefined as unknown }, answer.json());
	if (Array.isArray(frames) && frames.every((frame) => isListed(frame))) return frames;
	throw new PeerError('not-a-subtractor', `${connection.url}: its list of frames is none`, {
		hint: 'Check that the address is that of a subtractor.',
	});
}

function isListed(value: unknown): value is ListedFrame {
	const { number, id } = Object.assign({ number: undefined, id: undefined }, value);
	return Number.isSafeInteger(number) && typeof id === 'string' && /^[0-9a-f]{32}$/.test(id);
}

/**
 * The bytes that a subtractor answers for the difference of two frames that it keeps: whole, whatever they are, so that
 * it cannot tell by how they are read what becomes of them.
 * Throws: what `asRefusal` makes of a refusal; PeerError when the subtractor stays away.
 */
export async function fetchDifference(
	connection: Connection,
	camera: string,
	[a, b]: readonly [string, string],
	maxBytes: number,
	options: RetryOptions,
): Promise<Uint8Array> {
	const answer = await get(connection, `${cameraPath(camera)}/differences/${a}/${b}`, maxBytes, options);
	return answer.body;
}

/** Asks again while the server is away, or has no place. Throws: what `asRefusal` makes of any answer but 200. */
async function get(connection: Connection, path: string, maxBytes: number, options: RetryOptions): Promise<Answer> {
	return await retryWhileAway(async () => {
		const answer = await connection.send('GET', path, undefined, maxBytes);
		if (answer.status !== 200) throw asRefusal(answer, connection.url);
		return answer;
	}, options);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { DataError, PolicyError } from '../../core/errors.js';
import { type RecordSubtractor, subtractStreams } from '../../core/subtract/difference.js';
import { motionBytes } from '../../core/subtract/motion/header.js';
import { readMotionPair } from '../../core/subtract/motion/pair.js';
import { scoreStreams } from '../../core/subtract/motion/score.js';
import { writeMotion } from '../../core/subtract/motion/stream.js';
import { MAX_SAMPLES } from '../../core/subtract/parameters.js';
import { toHex, vctBytes } from '../../core/subtract/vct-header.js';
import { readPair } from '../../core/subtract/vct-pair.js';
import { openVct, type VctStream } from '../../core/subtract/vct-stream.js';
import { allowedMs, BODY_DEADLINE, type BodyDeadline } from '../body-deadline.js';
import { drain } from '../drain.js';
import { answerDifference, breakOff } from './answer-difference.js';
import { type Exchange, PREVIOUS, parseExchange } from './exchange-url.js';
import type { IndexedFrame } from './frame-index.js';
import { type FrameStore, noSuchFrame } from './frame-store.js';
import type { Places } from './places.js';
import { refusalOf, refuse } from './refusals.js';
import type { SubtractorStats } from './stats.js';

/** Longer bodies than that of the largest pair are not listened to. */
const MAX_BODY_BYTES = 8 * MAX_SAMPLES;

export interface ExchangeParts {
	readonly store: FrameStore;
	readonly subtractor: RecordSubtractor;
	readonly places: Places;
	/** Those of them that compute scores. */
	readonly scorers: Places;
	readonly stats: SubtractorStats;
	readonly mayEnter: (authorization: string | undefined) => boolean;
	readonly nowMs: () => number;
	readonly bodyDeadline?: BodyDeadline | undefined;
	/** Told of what is our mistake, or the disk's. */
	readonly onFailure: (error: unknown) => void;
}

/**
 * The routes on which frames come and differences go (`parseExchange`), beside the web framework: they are streams in both
 * directions. Gives false for a request of another route.
 */
export function createExchangeRoute(parts: ExchangeParts) {
	const { places, stats, mayEnter, nowMs, bodyDeadline = BODY_DEADLINE } = parts;
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
			// an answer is about as long as what it is made of
			if (exchange.kind !== 'kept') allow(2 * checkedLength(request));
			if (request.headers.expect !== undefined) response.writeContinue();
			await serve(exchange, { request, response, parts, allow, signal: gone.signal, startedMs });
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

interface Turn {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	readonly parts: ExchangeParts;
	readonly allow: (bytes: number) => void;
	/** Aborts when the connection has gone. */
	readonly signal: AbortSignal;
	readonly startedMs: number;
}

async function serve(exchange: Exchange, turn: Turn): Promise<void> {
	const { request, parts } = turn;
	const { store, stats } = parts;
	if (exchange.kind === 'kept') {
		const frame = store.index.find(exchange.camera, exchange.id);
		if (frame === undefined) throw noSuchFrame(exchange.id);
		return await answerKept(200, frame, exchange.against, turn);
	}
	const body = bodyOf(request, stats);
	try {
		if (exchange.kind === 'pair') {
			const [a, b] = await readPair(body, ['A', 'B']);
			checkLength(request, vctBytes(a.header) + vctBytes(b.header));
			return await answer(200, a, b, turn);
		}
		if (exchange.kind === 'scores') return await answerScores(body, turn);
		const { camera, id, against } = exchange;
		const { frame, added } = await store.put(camera, await openUpload(request, body, id));
		if (added) stats.uploads++;
		else stats.duplicates++;
		const status = added ? 201 : 200;
		// the first frame of a camera has none before it: it is kept, and there is nothing to answer
		const isFirst = against === PREVIOUS && store.index.before(camera, frame.number) === undefined;
		if (against !== undefined && !isFirst) return await answerKept(status, frame, against, turn);
		turn.response.writeHead(status, ['content-length', '0']).end();
	} finally {
		// or what is left of it could not be read and dropped
		await body.return(undefined);
	}
}

async function answer(status: number, a: VctStream, b: VctStream, turn: Turn): Promise<void> {
	const { stats, subtractor, nowMs } = turn.parts;
	const difference = await subtractStreams(a, b, subtractor);
	const { bytes } = await answerDifference(turn.response, status, difference, turn.signal);
	stats.bytesOut += bytes;
	stats.answered(nowMs() - turn.startedMs);
}

/** Answers the scores of two frames: half a second of work and more, so that few are at it at once. */
async function answerScores(body: AsyncIterable<Uint8Array>, { request, response, parts }: Turn): Promise<void> {
	const leave = parts.scorers.take();
	if (leave === null) throw new PolicyError('overload', 'too many scores at once; try again');
	try {
		const [a, b] = await readMotionPair(body, ['A', 'B']);
		checkLength(request, motionBytes('frame', a.plan) + motionBytes('frame', b.plan));
		const { header, records } = await scoreStreams(a, b);
		const pieces: Uint8Array[] = [];
		for await (const piece of writeMotion(header, records)) pieces.push(piece);
		const answer = Buffer.concat(pieces);
		response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': answer.length });
		response.end(answer);
		parts.stats.bytesOut += answer.length;
	} finally {
		leave();
	}
}

/** Answers the difference of a frame and an earlier one of its camera. Throws: DataError `no-such-frame`. */
async function answerKept(status: number, frame: IndexedFrame, against: string, turn: Turn): Promise<void> {
	const { store } = turn.parts;
	const { camera, number, id, bytes } = frame;
	const found = against === PREVIOUS ? store.index.before(camera, number) : store.index.find(camera, against);
	if (found === undefined) throw noSuchFrame(against === PREVIOUS ? `before ${id}` : against);
	turn.allow(4 * bytes);
	const a = await store.open(frame);
	let b: VctStream;
	try {
		b = await store.open(found);
	} catch (error) {
		await a.close();
		throw error;
	}
	await answer(status, a, b, turn);
}

/** Throws: DataError of `openVct`, and for a body that is no frame of this id. */
async function openUpload(request: IncomingMessage, body: AsyncIterable<Uint8Array>, id: string): Promise<VctStream> {
	const stream = await openVct(body, 'the frame');
	const { header } = stream;
	checkLength(request, vctBytes(header));
	if (header.kind !== 'frame') {
		throw new DataError('not-a-frame', 'the frame: is a difference, not an encrypted picture');
	}
	if (toHex(header.ids[0]) !== id)
		throw new DataError('wrong-id', `the frame: its id is ${toHex(header.ids[0])}, not ${id}`);
	return stream;
}

function checkLength({ headers }: IncomingMessage, expected: number): void {
	const length = Number(headers['content-length']);
	if (length !== expected) throw new DataError('wrong-length', `body: expected ${expected} bytes, got ${length}`);
}

/** The body as it comes; the connection outlives it, for the answer. */
async function* bodyOf(request: IncomingMessage, stats: SubtractorStats): AsyncGenerator<Uint8Array> {
	for await (const chunk of request.iterator({ destroyOnReturn: false })) {
		stats.bytesIn += chunk.length;
		yield chunk;
	}
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { DataError, PolicyError } from '../../core/errors.js';
import { type RecordSubtractor, subtractStreams } from '../../core/subtract/difference.js';
import { motionBytes } from '../../core/subtract/motion/header.js';
import { readMotionPair } from '../../core/subtract/motion/pair.js';
import { scoreStreams } from '../../core/subtract/motion/score.js';
import { writeMotion } from '../../core/subtract/motion/stream.js';
import { toHex, vctBytes } from '../../core/subtract/vct-header.js';
import { readPair } from '../../core/subtract/vct-pair.js';
import { openVct, type VctStream } from '../../core/subtract/vct-stream.js';
import type { BodyDeadline } from '../body-deadline.js';
import { answerDifference } from './answer-difference.js';
import { type Exchange, PREVIOUS } from './exchange-url.js';
import type { IndexedFrame } from './frame-index.js';
import { type FrameStore, noSuchFrame } from './frame-store.js';
import type { Places } from './places.js';
import type { SubtractorStats } from './stats.js';
import type { Turn, Turns } from './turns.js';

export interface ExchangeParts {
	readonly store: FrameStore;
	readonly subtractor: RecordSubtractor;
	readonly places: Places;
	/** Those of them that compute scores. */
	readonly scorers: Places;
	/** For those that bring two frames: read all at once, some would wait far longer than others. */
	readonly turns: Turns;
	readonly stats: SubtractorStats;
	readonly mayEnter: (authorization: string | undefined) => boolean;
	readonly nowMs: () => number;
	readonly bodyDeadline?: BodyDeadline | undefined;
	/** Told of what is our mistake, or the disk's. */
	readonly onFailure: (error: unknown) => void;
}

/** One request that was let in. */
export interface Visit {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	readonly parts: ExchangeParts;
	readonly allow: (bytes: number) => void;
	/** Aborts when the connection has gone. */
	readonly signal: AbortSignal;
	readonly startedMs: number;
	/** Of one that has to wait for its turn. */
	readonly turn: Turn | undefined;
}

/** Answers a request. Throws: DataError, PolicyError, and what is our mistake. */
export async function serveExchange(exchange: Exchange, visit: Visit): Promise<void> {
	const { request, parts } = visit;
	const { store, stats } = parts;
	if (exchange.kind === 'kept') {
		const frame = store.index.find(exchange.camera, exchange.id);
		if (frame === undefined) throw noSuchFrame(exchange.id);
		return await answerKept(200, frame, exchange.against, visit);
	}
	const body = bodyOf(request, stats, visit.turn);
	try {
		if (exchange.kind === 'pair') {
			const [a, b] = await readPair(body, ['A', 'B']);
			checkLength(request, vctBytes(a.header) + vctBytes(b.header));
			return await answer(200, a, b, visit);
		}
		if (exchange.kind === 'scores') return await answerScores(body, visit);
		const { camera, id, against } = exchange;
		const { frame, added } = await store.put(camera, await openUpload(request, body, id));
		if (added) stats.uploads++;
		else stats.duplicates++;
		const status = added ? 201 : 200;
		// the first frame of a camera has none before it: it is kept, and there is nothing to answer
		const isFirst = against === PREVIOUS && store.index.before(camera, frame.number) === undefined;
		if (against !== undefined && !isFirst) return await answerKept(status, frame, against, visit);
		visit.response.writeHead(status, ['content-length', '0']).end();
	} finally {
		// or what is left of it could not be read and dropped
		await body.return(undefined);
	}
}

async function answer(status: number, a: VctStream, b: VctStream, visit: Visit): Promise<void> {
	const { stats, subtractor, nowMs } = visit.parts;
	const difference = await subtractStreams(a, b, subtractor);
	const { bytes } = await answerDifference(status, difference, visit);
	stats.bytesOut += bytes;
	stats.differences.add(nowMs() - visit.startedMs);
}

/** Answers the scores of two frames: half a second of work and more, so that few are at it at once. */
async function answerScores(
	body: AsyncIterable<Uint8Array>,
	{ request, response, parts, startedMs }: Visit,
): Promise<void> {
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
		parts.stats.scores.add(parts.nowMs() - startedMs);
	} finally {
		leave();
	}
}

/** Answers the difference of a frame and an earlier one of its camera. Throws: DataError `no-such-frame`. */
async function answerKept(status: number, frame: IndexedFrame, against: string, visit: Visit): Promise<void> {
	const { store } = visit.parts;
	const { camera, number, id, bytes } = frame;
	const found = against === PREVIOUS ? store.index.before(camera, number) : store.index.find(camera, against);
	if (found === undefined) throw noSuchFrame(against === PREVIOUS ? `before ${id}` : against);
	visit.allow(4 * bytes);
	const a = await store.open(frame);
	let b: VctStream;
	try {
		b = await store.open(found);
	} catch (error) {
		await a.close();
		throw error;
	}
	await answer(status, a, b, visit);
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
async function* bodyOf(
	request: IncomingMessage,
	stats: SubtractorStats,
	turn: Turn | undefined,
): AsyncGenerator<Uint8Array> {
	const chunks = request.iterator({ destroyOnReturn: false });
	try {
		for (;;) {
			const next = chunks.next();
			const { done, value } = await (turn === undefined ? next : turn.during(next));
			if (done === true) return;
			stats.bytesIn += value.length;
			yield value;
		}
	} finally {
		await chunks.return?.();
	}
}

import { PeerError } from '../../errors.js';
import type { Channel, MessageLabel } from '../channel.js';
import type { PartyIndex } from '../party-index.js';
import { FRAME_HEAD_BYTES, type Frame } from './frame.js';

/** How an attempt's channel reaches its links, and what it puts up with. */
export interface AttemptOptions {
	/** 16 bytes, hexadecimal. */
	readonly attempt: string;
	readonly index: PartyIndex;
	readonly send: (to: PartyIndex, frame: Frame) => void;
	/** A party that owes a message for so long is silent. */
	readonly timeoutMs: number;
	/** Messages that may wait for their step, over both senders. */
	readonly maxQueuedBytes: number;
	/** The step in words, for errors: "step 14, relu". */
	readonly describeStep?: (step: number) => string;
}

/** The messages of one attempt at one party. It ends once; every receive after that fails with the reason. */
export interface AttemptChannel extends Channel {
	/** What the other parties sent; called by the links. */
	deliver(from: PartyIndex, frame: Frame): void;
	/** Ends the attempt here, and tells the others unless it was them who ended it. */
	fail(reason: PeerError, tellOthers: boolean): void;
	/** The same for a link that broke: says at which step. */
	lose(reason: PeerError): void;
	readonly failure: PeerError | null;
	/** Longest body that there can be room for. */
	readonly maxQueuedBytes: number;
	/** Aborts with the failure: for what waits for something else than a message. */
	readonly signal: AbortSignal;
	readonly sentBytes: number;
}

interface Waiting {
	readonly label: MessageLabel;
	readonly byteLength: number;
	readonly resolve: (bytes: Uint8Array) => void;
	readonly reject: (reason: Error) => void;
	readonly timer: NodeJS.Timeout;
}

/** Tells a party that this one has no part in the attempt, or none any more: it would wait for a message in vain. */
export function abortFrame(attempt: string, why: string): Frame {
	return { attempt, kind: 'abort', label: { step: 0, part: 0 }, body: Buffer.from(why.slice(0, 500)) };
}

/** Opens the channel of an attempt; the caller routes the attempt's frames to `deliver`. */
export function createAttemptChannel(options: AttemptOptions): AttemptChannel {
	const { attempt, index, describeStep = (step: number) => `step ${step}` } = options;
	const queues = new Map<PartyIndex, Frame[]>();
	const waiting = new Map<PartyIndex, Waiting>();
	let queuedBytes = 0;
	let sentBytes = 0;
	let failure: PeerError | null = null;
	/** The step that this party is at. */
	let current: MessageLabel | null = null;
	const ending = new AbortController();

	const fail = (reason: PeerError, tellOthers: boolean): void => {
		if (failure !== null) return;
		failure = reason;
		queues.clear();
		for (const { reject, timer } of waiting.values()) {
			clearTimeout(timer);
			reject(reason);
		}
		waiting.clear();
		ending.abort(reason);
		if (!tellOthers) return;
		for (const to of [0, 1, 2] as const) {
			if (to !== index) options.send(to, abortFrame(attempt, reason.message));
		}
	};
	const where = (): string => (current === null ? 'before the first step' : `at ${describeStep(current.step)}`);
	const lose = ({ code, message, hint, cause }: PeerError): void => {
		fail(new PeerError(code, `${message}, ${where()}`, { cause, ...(hint === undefined ? {} : { hint }) }), true);
	};
	const check = (from: PartyIndex, frame: Frame, label: MessageLabel, byteLength: number): PeerError | null => {
		const isExpected = frame.label.step === label.step && frame.label.part === label.part;
		if (isExpected && frame.body.length === byteLength) return null;
		const got = `message ${frame.label.step}.${frame.label.part} of ${frame.body.length} bytes`;
		return new PeerError(
			'unexpected-message',
			`party ${from} sent ${got} at ${describeStep(label.step)}, expected ${label.step}.${label.part} of ${byteLength}`,
		);
	};
	return {
		get failure() {
			return failure;
		},
		get sentBytes() {
			return sentBytes;
		},
		signal: ending.signal,
		fail,
		lose,
		maxQueuedBytes: options.maxQueuedBytes,
		send(to, label, bytes) {
			if (failure !== null) return;
			current = label;
			sentBytes += bytes.length;
			options.send(to, { attempt, kind: 'message', label, body: bytes });
		},
		receive(from, label, byteLength) {
			if (failure !== null) return Promise.reject(failure);
			current = label;
			const queued = queues.get(from)?.shift();
			if (queued !== undefined) {
				queuedBytes -= queuedLength(queued);
				const wrong = check(from, queued, label, byteLength);
				if (wrong === null) return Promise.resolve(queued.body);
				fail(wrong, true);
				return Promise.reject(wrong);
			}
			return new Promise((resolve, reject) => {
				const timer = setTimeout(() => {
					const seconds = Math.round(options.timeoutMs / 1000);
					const step = describeStep(label.step);
					fail(new PeerError('party-silent', `party ${from} sent nothing for ${seconds} s at ${step}`), true);
				}, options.timeoutMs);
				waiting.set(from, { label, byteLength, resolve, reject, timer });
			});
		},
		deliver(from, frame) {
			if (failure !== null) {
				// it did not hear of the end: its link was not up then
				if (frame.kind === 'message') options.send(from, abortFrame(attempt, failure.message));
				return;
			}
			if (frame.kind === 'abort') {
				const why = Buffer.from(frame.body.subarray(0, 500)).toString('utf8');
				fail(new PeerError('party-gave-up', `party ${from} gave the attempt up ${where()}: ${why}`), false);
				return;
			}
			const receiver = waiting.get(from);
			if (receiver === undefined) {
				queuedBytes += queuedLength(frame);
				if (queuedBytes > options.maxQueuedBytes) {
					fail(new PeerError('too-much-ahead', `party ${from} sent more than this attempt has room for`), true);
					return;
				}
				const queue = queues.get(from);
				if (queue === undefined) queues.set(from, [frame]);
				else queue.push(frame);
				return;
			}
			waiting.delete(from);
			clearTimeout(receiver.timer);
			const wrong = check(from, frame, receiver.label, receiver.byteLength);
			if (wrong === null) {
				receiver.resolve(frame.body);
			} else {
				receiver.reject(wrong);
				fail(wrong, true);
			}
		},
	};
}

/** Also a frame without a body takes memory while it waits: a flood of them has to end somewhere. */
function queuedLength({ body }: Frame): number {
	return body.length + FRAME_HEAD_BYTES;
}

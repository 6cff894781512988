import { setTimeout } from 'node:timers/promises';
import type { Image } from '../image/image.js';

/** Frames of one source, once through. Ends quietly when it is closed or its signal aborts. */
export interface FrameSource extends AsyncIterable<Image> {
	/** For people: "webcam /dev/video0", "12 pictures". */
	readonly describe: string;
	/** How many frames will come; null where only `close` ends it. */
	readonly total: number | null;
	/** What frame number `index`, from 0, is called: its file, or "picture 3". */
	nameOf(index: number): string;
	/** Stops, also in the middle of a shot, and resolves when nothing is left behind. Safe to call again. */
	close(): Promise<void>;
}

/** Waits, and rejects when the signal aborts. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<unknown>;

export interface FrameSourceParts {
	readonly describe: string;
	readonly total: number | null;
	/** Files have names; frames of cameras are numbered. */
	nameOf?(index: number): string;
	/** Pause between a frame and the next. */
	readonly intervalMs: number;
	readonly signal: AbortSignal | undefined;
	readonly wait?: Wait | undefined;
	/** Makes frame number `index`; gives up when the signal aborts. */
	produce(index: number, signal: AbortSignal): Promise<Image>;
}

const waitByTimer: Wait = (ms, signal) => setTimeout(ms, undefined, { signal });

/** A source that makes one frame at a time, when it is asked for it. */
export function createFrameSource(parts: FrameSourceParts): FrameSource {
	const closing = new AbortController();
	const stop = parts.signal === undefined ? closing.signal : AbortSignal.any([parts.signal, closing.signal]);
	const frames = produceFrames(parts, stop);
	return {
		describe: parts.describe,
		total: parts.total,
		nameOf: (index) => parts.nameOf?.(index) ?? `picture ${index + 1}`,
		[Symbol.asyncIterator]: () => frames,
		close: async () => {
			closing.abort();
			// A generator queues its requests: this one is answered after the shot that is being taken has ended.
			await frames.return(undefined);
		},
	};
}

async function* produceFrames(parts: FrameSourceParts, stop: AbortSignal): AsyncGenerator<Image, undefined> {
	const { total, intervalMs, wait = waitByTimer } = parts;
	for (let index = 0; total === null || index < total; index++) {
		const frame = await unlessStopped(stop, async () => {
			if (index > 0 && intervalMs > 0) {
				await wait(intervalMs, stop);
			}
			return await parts.produce(index, stop);
		});
		if (frame === null) {
			return;
		}
		yield frame;
	}
}

/** Null once stopped: what fails then fails because of it. */
async function unlessStopped(stop: AbortSignal, work: () => Promise<Image>): Promise<Image | null> {
	if (stop.aborted) {
		return null;
	}
	try {
		const frame = await work();
		return stop.aborted ? null : frame;
	} catch (error) {
		if (stop.aborted) {
			return null;
		}
		throw error;
	}
}

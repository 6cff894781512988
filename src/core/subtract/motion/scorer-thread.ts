import { Worker } from 'node:worker_threads';
import { DataError } from '../../errors.js';
import type { ScorerReply, ScorerRequest } from './scorer-messages.js';

/** A request takes 15 ms; opening SEAL some hundred. One that takes as long as this will not end. */
const REQUEST_LIMIT_MS = 60_000;
const HEAP_LIMIT_MB = 128;

/** A thread that scores two frames, without a key. */
export interface ScorerThread {
	/** One request at a time. Throws: DataError for what SEAL or we refuse, and when the thread dies or hangs. */
	ask(request: ScorerRequest): Promise<Uint8Array | null>;
	end(): Promise<unknown>;
}

/** Starts one; `url` and `limitMs` are for tests. */
export function startScorer(
	url: URL = new URL('./scorer-worker.js', import.meta.url),
	limitMs = REQUEST_LIMIT_MS,
): ScorerThread {
	const worker = new Worker(url, {
		resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
		// no secret of the environment is there to be found
		env: {},
	});
	return {
		ask: (request) =>
			new Promise((resolve, reject) => {
				const settle = (done: () => void): void => {
					clearTimeout(timer);
					worker.off('message', onMessage).off('error', onError).off('exit', onExit);
					done();
				};
				const onMessage = (reply: ScorerReply): void =>
					settle(() => {
						if (reply.kind === 'done') resolve(reply.score);
						else if (reply.kind === 'failed') reject(reply.error);
						else reject(new DataError(reply.code, reply.message, reply.hint === undefined ? {} : { hint: reply.hint }));
					});
				const onError = (cause: unknown): void => settle(() => reject(died(cause)));
				const onExit = (): void => onError(undefined);
				const timer = setTimeout(onExit, limitMs);
				worker.on('message', onMessage).on('error', onError).on('exit', onExit);
				worker.postMessage(request);
			}),
		end: () => worker.terminate(),
	};
}

function died(cause: unknown): DataError {
	return new DataError('scorer-died', 'the thread that scores died on these frames', {
		hint: 'They were probably not made by veilcam encrypt --blocks.',
		cause,
	});
}

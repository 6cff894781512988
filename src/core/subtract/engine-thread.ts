import { Worker } from 'node:worker_threads';
import { BugError } from '../errors.js';
import type { Credential } from './engine.js';
import type { EngineParts, EngineQuestion, EngineReply, EngineRequest } from './engine-messages.js';

/** An engine on a thread of its own, which does one request after the other. */
export interface EngineThread {
	/** Resolves when it can be asked. Throws: what `run` throws. */
	readonly ready: Promise<EngineParts>;
	/** Requests may overlap: each gets its own reply. Throws: what the engine throws; BugError when the thread died. */
	run(request: EngineRequest): Promise<EngineParts>;
	/** Requests that are not answered yet are not answered any more. */
	close(): Promise<unknown>;
}

interface Waiting {
	readonly resolve: (parts: EngineParts) => void;
	readonly reject: (error: unknown) => void;
}

export function startEngineThread(credential: Credential): EngineThread {
	const worker = new Worker(new URL('./engine-worker.js', import.meta.url), { workerData: credential });
	const waiting = new Map<number, Waiting>();
	let asked = 0;
	let death: BugError | undefined;
	const expect = (id: number): Promise<EngineParts> =>
		new Promise((resolve, reject) => {
			if (death === undefined) waiting.set(id, { resolve, reject });
			else reject(death);
		});
	const die = (cause: unknown): void => {
		death ??= new BugError('engine-died', 'a thread of encryption died', { cause });
		for (const { reject } of waiting.values()) reject(death);
		waiting.clear();
	};
	worker
		.on('message', (reply: EngineReply) => {
			const whose = waiting.get(reply.id);
			waiting.delete(reply.id);
			if (reply.kind === 'done') whose?.resolve(reply.parts);
			else whose?.reject(reply.error);
		})
		.on('error', die)
		.on('exit', () => die(undefined));
	return {
		// the thread's first reply, to nothing that was asked
		ready: expect(0),
		run(request) {
			const id = ++asked;
			const parts = expect(id);
			worker.postMessage({ id, request } satisfies EngineQuestion);
			return parts;
		},
		close: () => worker.terminate(),
	};
}

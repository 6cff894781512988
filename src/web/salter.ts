import type { SaltAnswers, SaltKind, SaltReply, SaltRequest } from './salt-protocol.js';

/** The worker that draws noise, as promises. */
export interface Salter {
	ask<Kind extends SaltKind>(request: Extract<SaltRequest, { kind: Kind }>): Promise<SaltAnswers[Kind]>;
}

/** Rejects what is asked once the worker has failed. */
export function createSalter(worker: Worker): Salter {
	const waiting = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>();
	let next = 0;
	let dead: Error | undefined;
	worker.addEventListener('message', ({ data }: MessageEvent<SaltReply>) => {
		const asked = waiting.get(data.number);
		waiting.delete(data.number);
		if ('failure' in data) asked?.reject(new Error(data.failure));
		// the worker answers each kind with its own type
		else asked?.resolve(data.answer as never);
	});
	worker.addEventListener('error', ({ message }: ErrorEvent) => {
		dead = new Error(message || 'the worker could not be started');
		for (const { reject } of waiting.values()) reject(dead);
		waiting.clear();
	});
	return {
		ask(request) {
			return new Promise((resolve, reject) => {
				if (dead !== undefined) {
					reject(dead);
					return;
				}
				const number = next++;
				waiting.set(number, { resolve, reject });
				// a frame is handed over, not copied
				const frames = 'picture' in request && 'frame' in request.picture ? [request.picture.frame] : [];
				worker.postMessage({ number, request }, frames);
			});
		},
	};
}

// A thread that lets SEAL work on what strangers sent. It has no key, and may die.
import { parentPort } from 'node:worker_threads';
import { BugError, DataError } from '../../errors.js';
import { type MotionScorer, openMotionBfv } from './bfv.js';
import type { ScorerReply, ScorerRequest } from './scorer-messages.js';

const port = parentPort;
if (port === null) throw new BugError('not-a-thread', 'this scorer runs in a thread of its own');
const reply = (message: ScorerReply): void => port.postMessage(message);
let scorer: MotionScorer | undefined;

async function answer(request: ScorerRequest): Promise<Uint8Array | null> {
	if (request.kind === 'open') {
		scorer = (await openMotionBfv(request.plainModulus)).scorer(request.evaluationKey);
		return null;
	}
	if (scorer === undefined) throw new BugError('scorer-not-open', 'a scorer was asked before it was opened');
	if (request.kind === 'finish') return scorer.finish();
	scorer.add(request.a, request.b);
	return null;
}

port.on('message', (request: ScorerRequest) => {
	answer(request).then(
		(score) => reply({ kind: 'done', score }),
		(error: unknown) => {
			if (error instanceof DataError) {
				reply({ kind: 'refused', code: error.code, message: error.message, hint: error.hint });
			} else reply({ kind: 'failed', error });
		},
	);
});

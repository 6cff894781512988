// A thread that encrypts or decrypts with one key.
import { parentPort, workerData } from 'node:worker_threads';
import { BugError } from '../errors.js';
import { type Credential, createEngine } from './engine.js';
import type { EngineQuestion, EngineReply } from './engine-messages.js';
import { doEngineWork } from './engine-work.js';

const port = parentPort;
if (port === null) throw new BugError('not-a-thread', 'this engine runs in a thread of its own');
const reply = (message: EngineReply): void => port.postMessage(message);
// the thread was started by `createEnginePool` with this type
const engine = await createEngine(workerData as Credential);
port.on('message', ({ id, request }: EngineQuestion) => {
	try {
		reply({ id, kind: 'done', parts: doEngineWork(engine, request) });
	} catch (error) {
		reply({ id, kind: 'failed', error });
	}
});
reply({ id: 0, kind: 'done', parts: [] });

// The thread that counts reports: sums in shared memory, ids and tags, and the store.
import { existsSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { createMechanism } from '../../core/average/mechanism.js';
import { sampleCountOf } from '../../core/average/session.js';
import { BugError, VeilcamError } from '../../core/errors.js';
import { paddedSampleCount } from '../../core/kernels/accumulate.js';
import { createWasmAccumulate } from '../../core/kernels/accumulate-wasm.js';
import { KernelMemory } from '../../core/kernels/memory.js';
import { lockStore, removeStore } from '../store-lock.js';
import { Ledger, reportStatuses } from './ledger.js';
import type { LedgerFailure, LedgerReply, LedgerRequest, LedgerWorkerData } from './ledger-messages.js';
import { createSlotTable } from './slots.js';
import { type CollectorStore, openStore, type Sums } from './store.js';

const port = parentPort;
if (port === null) throw new BugError('not-a-thread', 'the ledger runs in a thread of its own');
// the thread was started by `startLedger` with this type
const { storeFile, session, memory, usedBytes, layout, replies, replyCountAt } = workerData as LedgerWorkerData;
const replyCount = new Int32Array(memory.buffer, replyCountAt, 1);
const reply = (message: LedgerReply): void => {
	replies.postMessage(message);
	Atomics.add(replyCount, 0, 1);
};

try {
	const unlock = lockStore(storeFile);
	const isNew = !existsSync(storeFile);
	const store = openOrUnlock();
	const kernelMemory = KernelMemory.onto(memory, usedBytes);
	const padded = paddedSampleCount(sampleCountOf(session));
	const sums = new Int32Array(memory.buffer, kernelMemory.allocate(4 * padded), padded);
	const ledger = new Ledger({
		mechanism: createMechanism(session.mechanism),
		kernel: await createWasmAccumulate(kernelMemory, layout.bodyBytes),
		slots: createSlotTable(memory.buffer, layout),
		sums,
		store,
		minBatch: session.minBatch,
	});

	port.on('message', (request: LedgerRequest) => {
		if (request.type === 'commit') {
			const { statuses, error } = ledger.commitGroup(request.slots);
			reply({
				type: 'committed',
				statuses: Uint8Array.from(statuses, (status) => reportStatuses.indexOf(status)),
				count: ledger.count,
				releasedCount: ledger.release?.count ?? 0,
				failure: error === null ? null : failureOf(error),
			});
		} else if (request.type === 'release') {
			const { release } = ledger;
			reply({ type: 'release', count: release?.count ?? 0, sums: release === null ? null : wholeSums(release) });
		} else {
			store.close();
			const isForgotten = request.isForgotten && isNew && ledger.count === 0;
			if (isForgotten) removeStore(storeFile);
			unlock(isForgotten);
			reply({ type: 'closed' });
			replies.close();
			port.close();
		}
	});
	reply({ type: 'ready', count: ledger.count, releasedCount: ledger.release?.count ?? 0, tagKey: store.tagKey });

	function openOrUnlock(): CollectorStore {
		try {
			return openStore(storeFile, session, new Date());
		} catch (error) {
			unlock();
			throw error;
		}
	}
} catch (error) {
	reply({ type: 'refused', failure: failureOf(error) });
	replies.close();
	port.close();
}

function wholeSums({ base, recent }: Sums): Float64Array {
	return base.map((sum, i) => sum + recent[i]);
}

function failureOf(error: unknown): LedgerFailure {
	if (error instanceof VeilcamError) {
		return { code: error.code, message: error.message, hint: error.hint, exitCode: error.exitCode };
	}
	const message = error instanceof Error ? error.message : String(error);
	return { code: 'ledger', message: `the ledger failed: ${message}`, hint: undefined, exitCode: 1 };
}

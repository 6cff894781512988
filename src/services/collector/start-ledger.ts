import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { createMechanism } from '../../core/average/mechanism.js';
import { type SessionParameters, sampleCountOf } from '../../core/average/session.js';
import { BugError, DataError, type VeilcamError } from '../../core/errors.js';
import { paddedSampleCount } from '../../core/kernels/accumulate.js';
import { accumulateScratchBytes } from '../../core/kernels/accumulate-wasm.js';
import { KernelMemory } from '../../core/kernels/memory.js';
import { type ReportStatus, reportStatuses } from './ledger.js';
import type { LedgerFailure, LedgerReply, LedgerRequest, LedgerWorkerData } from './ledger-messages.js';
import { reportTag } from './report-tag.js';
import { createSlotTable, layoutSlots, paddedReportBytes, slotBytes } from './slots.js';

/** Memory for reports that have not been counted yet; more are turned away until some are. */
const SLOT_MEMORY_BYTES = 48 * 1024 * 1024;
/** From so many waiting reports on, the next commit does not wait for the end of a burst of requests. */
const EARLY_GROUP = 48;
const SLOT_COUNT_RANGE = { min: 8, max: 1024 } as const;

/** The sums behind a release, whole numbers. */
export interface ReleaseSums {
	readonly count: number;
	readonly sums: Float64Array;
	/** Expected RMSE of the noise that was added to the sums, in gray levels of the average; 0 for none. */
	readonly noiseRmseGray: number;
}

/** What a collector shows of its reports, whoever counts them. */
export interface Counting {
	/** Reports counted and durable. */
	readonly count: number;
	readonly releasedCount: number;
	/** What the store said when it last failed; null since it has worked again. */
	readonly storeFailure: VeilcamError | null;
	/** Reports that are on their way to the store. */
	readonly slotsInUse: number;
	/** The latest release, or null before the first. */
	releaseSums(): Promise<ReleaseSums | null>;
	close(isForgotten?: boolean): Promise<void>;
}

/** The network thread's side of the ledger. */
export interface LedgerClient extends Counting {
	readonly reportBytes: number;
	/** A free slot for the report of this id, or -1 when all are taken. */
	take(id: Uint8Array): number;
	/** Where the bytes of the report go. */
	body(slot: number): Buffer;
	/** Gives a slot back that was not submitted. */
	release(slot: number): void;
	/** Counts the report; calls back when that is durable, or refused. The slot is given back. */
	submit(slot: number, done: (status: Exclude<ReportStatus, 'later'>) => void): void;
	/** Commits what was submitted, closes the store, ends the thread. `isForgotten` removes a store that was made for nothing. */
	close(isForgotten?: boolean): Promise<void>;
	/** Called once if the thread dies. */
	onDeath(listener: (error: Error) => void): void;
}

/**
 * Starts the ledger's thread on a store.
 * Throws: DataError when the store cannot be used.
 */
export async function startLedger(storeFile: string, session: SessionParameters): Promise<LedgerClient> {
	const sampleCount = sampleCountOf(session);
	const reportBytes = createMechanism(session.mechanism).reportBytes(sampleCount);
	const bodyBytes = paddedReportBytes(sampleCount, reportBytes);
	const perSlot = slotBytes({ bodyBytes });
	const slotCount = Math.min(
		SLOT_COUNT_RANGE.max,
		Math.max(SLOT_COUNT_RANGE.min, Math.floor(SLOT_MEMORY_BYTES / perSlot)),
	);
	const sumsBytes = 4 * paddedSampleCount(sampleCount);
	const memory = new KernelMemory(slotCount * perSlot + sumsBytes + accumulateScratchBytes(bodyBytes) + 4096);
	const layout = layoutSlots(memory, { sampleCount, reportBytes, slotCount });
	const slots = createSlotTable(memory.memory.buffer, layout);
	const replyCountAt = memory.allocate(4);
	const replyCount = new Int32Array(memory.memory.buffer, replyCountAt, 1);
	const { port1: replies, port2: repliesOfWorker } = new MessageChannel();
	const data: LedgerWorkerData = {
		storeFile,
		session,
		memory: memory.memory,
		usedBytes: memory.usedBytes,
		layout,
		replies: repliesOfWorker,
		replyCountAt,
	};
	const worker = new Worker(new URL('./ledger-worker.js', import.meta.url), {
		workerData: data,
		transferList: [repliesOfWorker],
	});
	const send = (request: LedgerRequest): void => worker.postMessage(request);

	const free = Array.from({ length: slotCount }, (_, slot) => slotCount - 1 - slot);
	let waiting: { slot: number; done: (status: Exclude<ReportStatus, 'later'>) => void }[] = [];
	let group: typeof waiting = [];
	let count = 0;
	let releasedCount = 0;
	let tagKey: Uint8Array = new Uint8Array(0);
	let storeFailure: VeilcamError | null = null;
	let closing: (() => void) | null = null;
	let isForgotten = false;
	let died: Error | null = null;
	let deathListener: ((error: Error) => void) | undefined;
	const releaseWaiters: ((sums: ReleaseSums | null) => void)[] = [];

	let isPlanned = false;
	/** Commits what waits once the requests that have already come are read: a commit costs as much as ten reports. */
	const commitSoon = (): void => {
		if (isPlanned) return;
		isPlanned = true;
		setImmediate(() => {
			isPlanned = false;
			commitNext();
		});
	};
	/** One group at a time: while it is being committed, the next one gathers. */
	const commitNext = (): void => {
		if (group.length > 0) return;
		if (waiting.length > 0) {
			group = waiting;
			waiting = [];
			send({ type: 'commit', slots: group.map(({ slot }) => slot) });
		} else if (closing !== null) {
			send({ type: 'close', isForgotten });
		}
	};
	const settle = (reply: LedgerReply & { type: 'committed' }): void => {
		// a group of repeated reports does not touch the store: it says nothing of how the store is
		const wasStored = reply.count > count;
		({ count, releasedCount } = reply);
		if (reply.failure !== null) storeFailure = errorOf(reply.failure);
		else if (wasStored) storeFailure = null;
		const done = group;
		group = [];
		const statuses = Array.from(reply.statuses, (index) => reportStatuses[index]);
		const later = done.filter((_report, i) => statuses[i] === 'later');
		if (later.length > 0) waiting = [...later, ...waiting];
		if (waiting.length >= EARLY_GROUP) commitNext();
		else commitSoon();
		done.forEach((report, i) => {
			const status = statuses[i];
			if (status === 'later') return;
			free.push(report.slot);
			report.done(status);
		});
	};

	let onStart: (failure: VeilcamError | null) => void = () => {};
	let handledCount = 0;
	const handle = (reply: LedgerReply): void => {
		handledCount++;
		switch (reply.type) {
			case 'ready':
				({ count, releasedCount, tagKey } = reply);
				onStart(null);
				break;
			case 'refused':
				onStart(errorOf(reply.failure));
				break;
			case 'committed':
				settle(reply);
				break;
			case 'release':
				releaseWaiters.shift()?.(
					reply.sums === null ? null : { count: reply.count, sums: reply.sums, noiseRmseGray: 0 },
				);
				break;
			case 'closed':
				// the thread ends now, and with it the store is closed for good
				break;
		}
	};
	const receive = (): { message: LedgerReply } | undefined => receiveMessageOnPort(replies);
	/** Takes a reply that has come in the middle of a burst of requests, so that the disk does not wait for its end. */
	const handleEarly = (): void => {
		if (Atomics.load(replyCount, 0) === handledCount) return;
		const received = receive();
		if (received !== undefined) handle(received.message);
	};

	await new Promise<void>((resolve, reject) => {
		onStart = (failure) => (failure === null ? resolve() : reject(failure));
		replies.on('message', handle);
		const onEnd = (error: Error): void => {
			died ??= error;
			reject(error);
			for (const report of [...group.splice(0), ...waiting.splice(0)]) report.done('failed');
			for (const waiter of releaseWaiters.splice(0)) waiter(null);
			if (closing === null) deathListener?.(died);
			closing?.();
		};
		worker.on('error', onEnd);
		worker.on('exit', () => {
			// its last words come by the other port, and may lie there still: why it refused to start
			for (let last = receive(); last !== undefined; last = receive()) handle(last.message);
			replies.close();
			onEnd(new BugError('ledger-ended', 'the thread that counts reports has ended'));
		});
	});

	return {
		reportBytes,
		get count() {
			return count;
		},
		get releasedCount() {
			return releasedCount;
		},
		get storeFailure() {
			return storeFailure;
		},
		get slotsInUse() {
			return slotCount - free.length;
		},
		take(id) {
			const slot = free.pop() ?? -1;
			if (slot >= 0) slots.id(slot).set(id);
			return slot;
		},
		body: (slot) => slots.body(slot),
		release: (slot) => void free.push(slot),
		submit(slot, done) {
			if (died !== null || closing !== null) {
				free.push(slot);
				done('failed');
				return;
			}
			// here, not in the ledger's thread: that one waits for the disk, and this one does not
			slots.tag(slot).set(reportTag(tagKey, slots.id(slot), slots.body(slot)));
			waiting.push({ slot, done });
			if (waiting.length < EARLY_GROUP) return commitSoon();
			handleEarly();
			commitNext();
		},
		releaseSums() {
			if (died !== null || closing !== null) return Promise.resolve(null);
			return new Promise((resolve) => {
				releaseWaiters.push(resolve);
				send({ type: 'release' });
			});
		},
		close(forgets = false) {
			isForgotten = forgets;
			return new Promise((resolve) => {
				if (died !== null) return resolve();
				closing = resolve;
				commitNext();
			});
		},
		onDeath(listener) {
			deathListener = listener;
		},
	};
}

function errorOf({ code, message, hint, exitCode }: LedgerFailure): VeilcamError {
	const options = hint === undefined ? {} : { hint };
	return exitCode === 1 ? new BugError(code, message, options) : new DataError(code, message, options);
}

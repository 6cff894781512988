import type { MessagePort } from 'node:worker_threads';
import type { SessionParameters } from '../../core/average/session.js';
import type { SlotLayout } from './slots.js';

/** What the ledger's thread is started with. */
export interface LedgerWorkerData {
	readonly storeFile: string;
	readonly session: SessionParameters;
	readonly memory: WebAssembly.Memory;
	readonly usedBytes: number;
	readonly layout: SlotLayout;
	/** Where replies go. */
	readonly replies: MessagePort;
	/** Offset of an int32 in the memory: how many replies have been sent, for who wants to know without waiting. */
	readonly replyCountAt: number;
}

export type LedgerRequest =
	| { readonly type: 'commit'; readonly slots: readonly number[] }
	| { readonly type: 'release' }
	/** `isForgotten`: a store that this thread made, and that nothing was counted in, is removed. */
	| { readonly type: 'close'; readonly isForgotten: boolean };

/** An error as it crosses threads. */
export interface LedgerFailure {
	readonly code: string;
	readonly message: string;
	readonly hint: string | undefined;
	readonly exitCode: number;
}

export type LedgerReply =
	| { readonly type: 'ready'; readonly count: number; readonly releasedCount: number; readonly tagKey: Uint8Array }
	| { readonly type: 'refused'; readonly failure: LedgerFailure }
	| {
			readonly type: 'committed';
			/** Indexes into `reportStatuses`, one per slot. */
			readonly statuses: Uint8Array;
			readonly count: number;
			readonly releasedCount: number;
			readonly failure: LedgerFailure | null;
	  }
	| { readonly type: 'release'; readonly count: number; readonly sums: Float64Array | null }
	| { readonly type: 'closed' };

import { backoffMs, retryAfterMs, verdictOf } from '../core/average/retry.js';
import type { SharesTarget } from '../core/average/session-description.js';
import type { Keep, KeptReport, Run } from './keep.js';

/** How the sending stands. */
export interface OutboxState {
	readonly run: Run;
	/** Taken, and not confirmed yet. */
	readonly waiting: number;
	/** Why nothing moves; null while all is well. */
	readonly trouble: 'network' | 'busy' | 'wrong-token' | SharesTrouble | null;
}

/** One of three servers does not answer, or is said to hold a picture and has not proven it. */
export type SharesTrouble = 'server' | 'unproven';

/** An answer to an upload. */
export interface SendResult {
	readonly status: number;
	readonly retryAfter: string | null;
	/** In place of `busy`, where another try is worth it. */
	readonly trouble?: SharesTrouble;
}

export interface OutboxParts {
	readonly keep: Keep;
	/** Rejects where the network failed. */
	readonly send: (report: KeptReport) => Promise<SendResult>;
	/** Waits; ends early when the network may be back. */
	readonly wait: (ms: number) => Promise<void>;
	/** Uniform in 0..1. */
	readonly jitter: () => number;
	readonly onChange: (state: OutboxState) => void;
}

/** Sends kept reports one after the other until each is confirmed or refused, for as long as the page is open. */
export interface Outbox {
	readonly state: OutboxState;
	/** Starts a run of so many pictures, or more of them in a run that is over. */
	want(pictures: number): Promise<void>;
	/** Keeps a report first, and sends it then. */
	add(report: KeptReport): Promise<void>;
	/** Tries again after a wrong token. */
	resume(): void;
}

export function createOutbox(parts: OutboxParts, kept: { run: Run; reports: readonly KeptReport[] }): Outbox {
	const { keep, send, wait, jitter, onChange } = parts;
	const queue = [...kept.reports];
	let { run } = kept;
	let trouble: OutboxState['trouble'] = null;
	let isSending = false;
	let keeping = 0;

	// taken is told when a reload cannot lose it any more
	const state = (): OutboxState => ({
		run: { ...run, taken: run.taken - keeping },
		waiting: queue.length,
		trouble,
	});
	const change = (next: Partial<{ run: Run; trouble: OutboxState['trouble'] }>): void => {
		run = next.run ?? run;
		if (next.trouble !== undefined) trouble = next.trouble;
		onChange(state());
	};

	/** False when nothing can be sent until `resume`. */
	const sendOne = async (report: KeptReport): Promise<boolean> => {
		for (let attempt = 1; ; attempt++) {
			let pauseMs = backoffMs(attempt, jitter());
			try {
				const { status, retryAfter, trouble: why = 'busy' } = await send(report);
				const verdict = verdictOf(status);
				if (verdict === 'counted' || verdict === 'held') {
					await settle(report, { counted: run.counted + 1 });
					return true;
				}
				if (verdict === 'wrong-token') {
					change({ trouble: 'wrong-token' });
					return false;
				}
				if (verdict === 'refused') {
					await settle(report, { refused: run.refused + 1 });
					return true;
				}
				pauseMs = Math.max(pauseMs, retryAfterMs(retryAfter));
				change({ trouble: why });
			} catch {
				change({ trouble: 'network' });
			}
			await wait(pauseMs);
		}
	};
	const settle = async (report: KeptReport, counts: Partial<Run>): Promise<void> => {
		queue.shift();
		// changed before anything is awaited: a picture that is added meanwhile counts on it
		change({ run: { ...run, ...counts }, trouble: null });
		await keep.settle(report.id, run);
	};
	const pump = async (): Promise<void> => {
		if (isSending) return;
		isSending = true;
		try {
			while (queue.length > 0 && (await sendOne(queue[0]))) {
				// the next one
			}
		} finally {
			isSending = false;
		}
	};
	void pump();

	return {
		get state() {
			return state();
		},
		async want(pictures) {
			change({ run: { ...run, wanted: run.taken + pictures } });
			await keep.save(run);
		},
		async add(report) {
			run = { ...run, taken: run.taken + 1 };
			keeping++;
			await keep.add(report, run);
			keeping--;
			queue.push(report);
			onChange(state());
			void pump();
		},
		resume() {
			change({ trouble: null });
			void pump();
		},
	};
}

/** Everything that a report's bytes depend on: what was salted for another session is not sent to this one. */
export function sessionKey(session: {
	readonly name: string;
	readonly width: number;
	readonly height: number;
	readonly channels: number;
	readonly mechanism: unknown;
	readonly minBatch: number;
	readonly shares?: SharesTarget;
}): string {
	const { name, width, height, channels, mechanism, minBatch, shares } = session;
	// what is sealed opens with these keys, in this session, only
	const seal = shares === undefined ? [] : [minBatch, ...shares.parties.map(({ uploadKey }) => uploadKey)];
	return JSON.stringify([name, width, height, channels, mechanism, ...seal]);
}

import { createRateMeter } from '../rate-meter.js';

/** Why a report was turned away, in the words of metrics and dashboard. */
export type RejectionCause =
	| 'conflict'
	| 'out of range'
	| 'wrong length'
	| 'wrong id'
	| 'wrong type'
	| 'wrong session'
	| 'no token'
	| 'overload'
	| 'too slow'
	| 'store failed'
	| 'party away'
	| 'not sealed'
	| 'session full';

/** What a collector has seen since it started. Counts only: nothing of a report. */
export interface CollectorStats {
	accepted: number;
	duplicates: number;
	openConnections: number;
	readonly rejected: Map<RejectionCause, number>;
	reject(cause: RejectionCause): void;
	/** Accepted reports per second over the last four seconds. Call it a few times per second. */
	sampleRate(nowMs: number): number;
}

export function createCollectorStats(): CollectorStats {
	const rate = createRateMeter();
	const rejected = new Map<RejectionCause, number>();
	return {
		accepted: 0,
		duplicates: 0,
		openConnections: 0,
		rejected,
		reject: (cause) => void rejected.set(cause, (rejected.get(cause) ?? 0) + 1),
		sampleRate(nowMs) {
			return rate(this.accepted, nowMs);
		},
	};
}

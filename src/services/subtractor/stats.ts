import { createRateMeter } from '../rate-meter.js';

/** The newest durations that a percentile is taken of. */
const DURATIONS = 512;

/** What a subtractor has seen since it started. Counts only: nothing of a frame. */
export interface SubtractorStats {
	/** Answered whole. */
	readonly differences: Answers;
	readonly scores: Answers;
	/** Frames taken in. */
	uploads: number;
	/** Frames that were there already. */
	duplicates: number;
	bytesIn: number;
	bytesOut: number;
	openConnections: number;
	/** Cause -> count. */
	readonly rejected: Map<string, number>;
	reject(cause: string): void;
	/** Differences per second over the last four seconds. Call it a few times per second. */
	sampleRate(nowMs: number): number;
}

/** Answers of one kind, and how long they took. */
export interface Answers {
	readonly count: number;
	/** One was answered whole, so long after its request's head had come. */
	add(durationMs: number): void;
	/** Of the newest durations, the one that a share of them does not exceed; null without any. */
	durationMs(share: number): number | null;
}

export function createSubtractorStats(): SubtractorStats {
	const rejected = new Map<string, number>();
	const rate = createRateMeter();
	const differences = createAnswers();
	return {
		differences,
		scores: createAnswers(),
		uploads: 0,
		duplicates: 0,
		bytesIn: 0,
		bytesOut: 0,
		openConnections: 0,
		rejected,
		reject: (cause) => void rejected.set(cause, (rejected.get(cause) ?? 0) + 1),
		sampleRate: (nowMs) => rate(differences.count, nowMs),
	};
}

function createAnswers(): Answers {
	const durations: number[] = [];
	let count = 0;
	return {
		get count() {
			return count;
		},
		add(durationMs) {
			durations[count % DURATIONS] = durationMs;
			count++;
		},
		durationMs(share) {
			const sorted = durations.toSorted((a, b) => a - b);
			return sorted.at(Math.ceil(share * sorted.length) - 1) ?? null;
		},
	};
}

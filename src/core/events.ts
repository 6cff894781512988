import type { Image } from './image/image.js';

/** One step of long work, as every face (dashboard, lines, JSON) shows it. */
export interface ProgressEvent {
	readonly phase: string;
	readonly done: number;
	/** Null where the end is not known. */
	readonly total: number | null;
}

/** What a running collector tells a dashboard, about every 250 ms. Reports themselves never appear in it. */
export interface CollectorSnapshot {
	readonly session: string;
	/** Where clients send reports: an address that leads here from their side. */
	readonly url: string;
	/** For people: "one-bit, epsilon 2". */
	readonly mechanismText: string;
	readonly width: number;
	readonly height: number;
	readonly channels: 1 | 3;
	/** Reports counted and durable. */
	readonly count: number;
	readonly minBatch: number;
	/** Count of the latest release; 0 before the first. */
	readonly releasedCount: number;
	/** Reports per second over the last few seconds. */
	readonly reportsPerSecond: number;
	/** Gray levels, for the latest release; null before the first. */
	readonly expectedRmseGray: number | null;
	/** The latest release; null before the first. */
	readonly average: Image | null;
	/** Cause -> how many requests were turned away for it ("conflict", "wrong length", "overload", …). */
	readonly rejected: Readonly<Record<string, number>>;
	readonly duplicates: number;
	readonly openConnections: number;
	readonly uptimeMs: number;
	/** Sentences the operator should see (listening wide without TLS, store read-only, …). */
	readonly warnings: readonly string[];
}

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
	/** Whether an average comes only when somebody asks for it, which costs a part of a budget. */
	readonly isReleasedWhenAsked: boolean;
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

/** How a job ended at a party; `dropped` is by its client, or because nobody asked for its run. */
export type JobEnding = 'done' | 'failed' | 'dropped';

/** A job that has ended, as a party tells it. */
export interface PartyJob {
	/** What the client calls its network. */
	readonly name: string;
	readonly ending: JobEnding;
	readonly ms: number;
	/** By this party to the two others. */
	readonly bytesSent: number;
	readonly rounds: number;
	/** Why it did not end well. */
	readonly message: string | null;
	readonly agoMs: number;
}

/** What a party says of itself; counts are since its start. */
export interface PartyStatus {
	readonly party: 0 | 1 | 2;
	/** By party. */
	readonly isConnected: readonly [boolean, boolean, boolean];
	/** Uploads that arrive, or are not asked to run yet. */
	readonly jobsHeld: number;
	readonly jobsQueued: number;
	readonly jobsRunning: number;
	readonly jobsDone: number;
	readonly jobsFailed: number;
	readonly jobsDropped: number;
	readonly jobsRefused: number;
	/** Questions to the gallery by client, counted for good where it is kept. */
	readonly queries: Readonly<Record<string, number>>;
	/** Questions above the limit, since the start. */
	readonly queriesRefused: number;
	readonly bytesSent: number;
	readonly rounds: number;
	/** The last failure in a sentence. */
	readonly lastError: string | null;
	/** Newest first. */
	readonly lastJobs: readonly PartyJob[];
	readonly residentBytes: number;
	readonly uptimeMs: number;
}

/** One of three processes, as the one that started them sees it. */
export interface PartySnapshot {
	/** `away`: it has ended, and is about to be started again. */
	readonly state: 'starting' | 'running' | 'away';
	readonly pid: number;
	readonly restarts: number;
	/** Null while it does not answer. */
	readonly status: PartyStatus | null;
}

/** What three parties on one machine tell a dashboard. */
export interface PartiesSnapshot {
	readonly folder: string;
	readonly parties: readonly PartySnapshot[];
	readonly uptimeMs: number;
	/** Jobs that all three have done. */
	readonly jobsDone: number;
	readonly jobsPerSecond: number;
	/** Sentences the operator should see. */
	readonly warnings: readonly string[];
}

/** What a running subtractor tells a dashboard, about every 250 ms. Nothing of a frame but its length is in it. */
export interface SubtractorSnapshot {
	readonly url: string;
	/** Folder of the frames that are kept. */
	readonly store: string;
	/** Differences answered since the start. */
	readonly differences: number;
	/** Over the last few seconds. */
	readonly differencesPerSecond: number;
	/** From a request's head to the end of its answer, over the newest; null before the first. */
	readonly medianMs: number | null;
	readonly p99Ms: number | null;
	/** Motion scores answered since the start, and how long the newest took. */
	readonly scores: number;
	readonly scoreMedianMs: number | null;
	/** Frames taken in since the start, without those that were there. */
	readonly uploads: number;
	readonly duplicates: number;
	/** Frames that are kept, with their length and the most that is kept. */
	readonly frames: number;
	readonly frameBytes: number;
	readonly keepBytes: number;
	/** Cameras with the number of frames that are kept, the one that sent last first; a few at most. */
	readonly cameras: readonly { readonly camera: string; readonly count: number }[];
	readonly atWork: number;
	readonly maxAtWork: number;
	/** Cause -> how many requests were turned away for it. */
	readonly rejected: Readonly<Record<string, number>>;
	readonly openConnections: number;
	readonly uptimeMs: number;
	/** Sentences the operator should see. */
	readonly warnings: readonly string[];
}

/** What `watch` tells a dashboard. */
export interface WatchSnapshot {
	/** Of the subtractor. */
	readonly url: string;
	readonly camera: string;
	/** Where pictures come from; null on the owner's side, which uploads none. */
	readonly source: string | null;
	/** Whether the key is here that shows what moves. */
	readonly decrypts: boolean;
	readonly uploaded: number;
	/** Differences that were decrypted. */
	readonly compared: number;
	/** Answers that were not the difference asked for. */
	readonly refused: number;
	/** Differences that the server did not give. */
	readonly missed: number;
	/** Between the newest two frames; null before the second. */
	readonly moved: {
		readonly pixels: number;
		/** Of the picture. Range: 0..1. */
		readonly share: number;
		readonly placeCount: number;
		/** "40x33 at 100,20"; null where nothing moved. */
		readonly largest: string | null;
	} | null;
	/** The newest difference; null before the first. */
	readonly picture: Image | null;
	/** Why uploads wait and when they go on; null while all is well. */
	readonly retrying: string | null;
	readonly uptimeMs: number;
	/** Sentences that somebody should see. */
	readonly warnings: readonly string[];
}

import type { JobEnding, PartyJob } from '../../core/events.js';
import type { JobResult } from './job-wire.js';

/** How many of the last jobs a party tells. */
const LAST_JOBS = 8;

/** What a party counts of its jobs; metrics and status read it. */
export interface PartyStats {
	readonly jobs: Readonly<Record<JobEnding, number>>;
	/** Requests for which there was no room. */
	readonly jobsRefused: number;
	readonly bytesSent: number;
	readonly rounds: number;
	/** The last failure in a sentence. */
	readonly lastError: string | null;
	/** Newest first. */
	lastJobs(): readonly PartyJob[];
	/** Of the last jobs that were done; null before the first. */
	meanJobMs(): number | null;
	done(name: string, result: JobResult): void;
	ended(name: string, ending: 'failed' | 'dropped', message: string): void;
	refused(): void;
}

/** `onDone` hears of each job's duration: what a histogram wants. */
export function createPartyStats(nowMs: () => number, onDone: (ms: number) => void): PartyStats {
	const jobs = { done: 0, failed: 0, dropped: 0 };
	const last: (Omit<PartyJob, 'agoMs'> & { readonly atMs: number })[] = [];
	const counts = { jobsRefused: 0, bytesSent: 0, rounds: 0, lastError: null as string | null };
	const remember = (job: Omit<PartyJob, 'agoMs'>): void => {
		jobs[job.ending]++;
		last.unshift({ ...job, atMs: nowMs() });
		last.splice(LAST_JOBS);
	};
	return {
		jobs,
		get jobsRefused() {
			return counts.jobsRefused;
		},
		get bytesSent() {
			return counts.bytesSent;
		},
		get rounds() {
			return counts.rounds;
		},
		get lastError() {
			return counts.lastError;
		},
		lastJobs: () => last.map(({ atMs, ...job }) => ({ ...job, agoMs: Math.round(nowMs() - atMs) })),
		meanJobMs() {
			const times = last.filter(({ ending }) => ending === 'done').map(({ ms }) => ms);
			return times.length === 0 ? null : times.reduce((sum, ms) => sum + ms, 0) / times.length;
		},
		done(name, { ms, bytesSent, rounds }) {
			counts.bytesSent += bytesSent;
			counts.rounds += rounds;
			remember({ name, ending: 'done', ms, bytesSent, rounds, message: null });
			onDone(ms);
		},
		ended(name, ending, message) {
			if (ending === 'failed') counts.lastError = message;
			remember({ name, ending, ms: 0, bytesSent: 0, rounds: 0, message });
		},
		refused() {
			counts.jobsRefused++;
		},
	};
}

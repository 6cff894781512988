import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { PartyStatus } from '../../core/events.js';

/** A party's figures in the text format of Prometheus: sizes and counts, nothing of a job. */
export interface PartyMetrics {
	readonly registry: Registry;
	/** Counts a job that was done into the histogram. */
	observeJobMs(ms: number): void;
}

/** Milliseconds: a filter of a small picture takes 3, a large network minutes. */
const JOB_MS_BUCKETS = [2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 20_000, 60_000];

export function createPartyMetrics(status: () => PartyStatus & { readonly heldBytes: number }): PartyMetrics {
	const registry = new Registry();
	const gauge = (name: string, help: string, read: (now: ReturnType<typeof status>) => number): void => {
		new Gauge({
			name: `veilcam_party_${name}`,
			help,
			registers: [registry],
			collect() {
				this.set(read(status()));
			},
		});
	};
	const counter = (name: string, help: string, read: (now: ReturnType<typeof status>) => number): void => {
		new Counter({
			name: `veilcam_party_${name}_total`,
			help,
			registers: [registry],
			collect() {
				this.reset();
				this.inc(read(status()));
			},
		});
	};
	new Counter({
		name: 'veilcam_party_jobs_total',
		help: 'Jobs that ended here, by result; refused ones found no room',
		labelNames: ['result'],
		registers: [registry],
		collect() {
			this.reset();
			const { jobsDone, jobsFailed, jobsDropped, jobsRefused } = status();
			const results = { done: jobsDone, failed: jobsFailed, dropped: jobsDropped, refused: jobsRefused };
			for (const [result, count] of Object.entries(results)) this.inc({ result }, count);
		},
	});
	new Counter({
		name: 'veilcam_party_queries_total',
		help: 'Questions to the gallery that were answered, by client; counted for good where it is kept',
		labelNames: ['client'],
		registers: [registry],
		collect() {
			this.reset();
			for (const [client, count] of Object.entries(status().queries)) this.inc({ client }, count);
		},
	});
	counter('queries_refused', 'Questions to the gallery above the limit of a minute', (now) => now.queriesRefused);
	const jobMs = new Histogram({
		name: 'veilcam_party_job_ms',
		help: 'Milliseconds of the jobs that were done, from the nonces to the share of the result',
		buckets: JOB_MS_BUCKETS,
		registers: [registry],
	});
	counter('bytes_sent', 'Bytes of messages sent to the other parties in jobs that were done', (now) => now.bytesSent);
	counter('rounds', 'Rounds of the jobs that were done', (now) => now.rounds);
	gauge('jobs_held', 'Uploads that arrive, or are not asked to run yet', (now) => now.jobsHeld);
	gauge('jobs_queued', 'Jobs that wait for their turn', (now) => now.jobsQueued);
	gauge('jobs_running', 'Jobs that run', (now) => now.jobsRunning);
	gauge('held_bytes', 'Bytes of the uploads of all jobs that are here', (now) => now.heldBytes);
	gauge('links', 'Links to the other parties that are up, of two', (now) => now.isConnected.filter(Boolean).length - 1);
	gauge('resident_bytes', 'Resident memory of the process', (now) => now.residentBytes);
	return { registry, observeJobMs: (ms) => jobMs.observe(ms) };
}

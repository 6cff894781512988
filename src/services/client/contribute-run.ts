import { createMechanism } from '../../core/average/mechanism.js';
import type { SessionParameters } from '../../core/average/session.js';
import type { Image } from '../../core/image/image.js';
import type { RetryOptions } from './backoff.js';
import type { Connection } from './connection.js';
import { sessionPath } from './fetch-session.js';
import type { ReportSeed } from './report-seed.js';
import type { SharesUploader } from './share-upload.js';
import { type UploadOutcome, uploadReport } from './upload-report.js';

/** How far a run is. */
export interface ContributeCounts {
	readonly accepted: number;
	readonly duplicates: number;
	readonly rejected: number;
}

export interface ContributeRun {
	readonly connection: Connection;
	readonly session: SessionParameters;
	/** Pictures of the session's shape, one per report, from report number `firstNumber` on. */
	readonly frames: AsyncIterable<Image>;
	readonly firstNumber: number;
	readonly seed: ReportSeed;
	/** Uploads on their way at once. */
	readonly concurrency: number;
	readonly upload: Omit<RetryOptions, 'onRetry'>;
	/** Where the shares go, in a session on shares. */
	readonly shares?: SharesUploader | undefined;
	/** After each report, with the number of the first that is not settled. */
	readonly onSettled: (counts: ContributeCounts, settledCount: number) => void;
	/** A picture and the report that leaves of it. */
	readonly onSalted?: ((picture: Image, body: Uint8Array) => void) | undefined;
	readonly onRetry: (why: string | null) => void;
	readonly onRejected: (reason: string) => void;
}

/**
 * Salts and sends pictures until the frames end.
 * Throws: what an upload throws; the uploads that are on their way are settled first.
 */
export async function runContribution(run: ContributeRun): Promise<ContributeCounts> {
	const mechanism = createMechanism(run.session.mechanism);
	const counts = { accepted: 0, duplicates: 0, rejected: 0 };
	const settled = createPrefix(run.firstNumber);
	const underway = new Set<Promise<void>>();
	let failure: unknown;

	const retry = { ...run.upload, onRetry: run.onRetry };
	const upload = (reportNumber: number, frame: Image): Promise<UploadOutcome> => {
		const id = run.seed.idOf(reportNumber);
		const noise = run.seed.noiseOf(reportNumber);
		if (run.shares !== undefined) {
			const onShared = (component: Uint8Array): void => run.onSalted?.(frame, component);
			return run.shares.upload(frame.samples, id, noise, { ...retry, onShared });
		}
		const body = mechanism.privatize(frame.samples, noise);
		run.onSalted?.(frame, body);
		return uploadReport(run.connection, `${sessionPath(run.session.name)}/reports/${id}`, body, retry);
	};
	const send = async (reportNumber: number, frame: Image): Promise<void> => {
		const outcome = await upload(reportNumber, frame);
		if (outcome.kind === 'rejected') {
			counts.rejected++;
			run.onRejected(outcome.reason);
		} else if (outcome.kind === 'accepted') {
			counts.accepted++;
		} else {
			counts.duplicates++;
		}
		run.onSettled({ ...counts }, settled.add(reportNumber));
	};

	let reportNumber = run.firstNumber;
	for await (const frame of run.frames) {
		const number = reportNumber++;
		const task: Promise<void> = send(number, frame)
			.catch((error: unknown) => {
				failure ??= error;
			})
			.finally(() => underway.delete(task));
		underway.add(task);
		if (underway.size >= run.concurrency) await Promise.race(underway);
		if (failure !== undefined || run.upload.signal.aborted) break;
	}
	await Promise.all(underway);
	// at Ctrl-C some pictures may not have left: those that were settled are told all the same
	const { signal } = run.upload;
	const wasEnded = signal.aborted && failure === signal.reason;
	const isAnySettled = counts.accepted + counts.duplicates + counts.rejected > 0;
	if (failure !== undefined && !(wasEnded && isAnySettled)) throw failure;
	return counts;
}

/** Tells how many numbers are settled without a gap, from the first on. */
function createPrefix(first: number): { add(number: number): number } {
	const ahead = new Set<number>();
	let next = first;
	return {
		add(number) {
			ahead.add(number);
			while (ahead.delete(next)) next++;
			return next;
		},
	};
}

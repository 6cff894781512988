import type { ProgressEvent } from '../../core/events.js';

/** What a failed run tells: machine word, sentence, what to do, and the stack only under `--debug`. */
export interface ReportedError {
	readonly code: string;
	readonly message: string;
	readonly hint?: string | undefined;
	readonly debug?: string | undefined;
}

/**
 * One face of a command. A run ends with exactly one `result` or `error`; a second one throws BugError, and whatever
 * else comes after it (a late progress event) is dropped.
 */
export interface Reporter {
	progress(event: ProgressEvent): void;
	note(line: string): void;
	warn(line: string): void;
	/** Throws: BugError for the names that have a method of their own (`result`, `error`, `progress`, …). */
	event(name: string, fields: Record<string, unknown>): void;
	/** `fields` for programs, `text` (may have several lines, and colours) for people. */
	result(fields: Record<string, unknown>, text: string): void;
	error(error: ReportedError): void;
}

/** Told once per stream when its reader is gone (`brokenPipe`, as under `| head`) or it fails (a full disk). */
export interface LostOutput {
	readonly stream: 'stdout' | 'stderr';
	readonly brokenPipe: boolean;
	readonly error: Error;
}

export interface OutputStream extends NodeJS.WritableStream {
	readonly isTTY?: boolean | undefined;
	readonly columns?: number | undefined;
}

export interface ReporterOptions {
	readonly stdout: OutputStream;
	readonly stderr: OutputStream;
	/** Drops progress and notes; warnings, events, errors and results stay. */
	readonly quiet?: boolean | undefined;
	/** The run may want to stop, or to fail because nobody can read its result. Without it the loss is silent. */
	readonly onOutputLost?: ((lost: LostOutput) => void) | undefined;
}

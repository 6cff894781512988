/**
 * The error families. Each owns its exit code; `hint` says what the user can do.
 * A foreign error is wrapped in the one file that imports its library, and stays as `cause`.
 */
interface ErrorOptionsWithHint {
	readonly hint?: string;
	readonly cause?: unknown;
}

export abstract class VeilcamError extends Error {
	/** Process exit code that this family maps to. */
	abstract readonly exitCode: 1 | 2 | 3 | 4 | 5;
	/** Stable machine word, kebab-case, for `--json` consumers. */
	readonly code: string;
	/** One sentence: what to do about it. */
	readonly hint: string | undefined;

	constructor(code: string, message: string, options: ErrorOptionsWithHint = {}) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.name = new.target.name;
		this.code = code;
		this.hint = options.hint;
	}
}

/** The command line or a configuration is wrong. */
export class UserError extends VeilcamError {
	readonly exitCode = 2;
}

/** A file, picture, key, ciphertext or model is not what it should be. */
export class DataError extends VeilcamError {
	readonly exitCode = 3;
}

/** Another process, a device or the network failed. */
export class PeerError extends VeilcamError {
	readonly exitCode = 4;
}

/** A rule refused: minimum batch, privacy floor, budget, authentication. */
export class PolicyError extends VeilcamError {
	readonly exitCode = 5;
}

/** Ours. */
export class BugError extends VeilcamError {
	readonly exitCode = 1;
}

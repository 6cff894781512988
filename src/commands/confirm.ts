import { createInterface } from 'node:readline/promises';
import { PolicyError } from '../core/errors.js';

/** Where a person is asked something. */
export interface Terminal {
	readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
	readonly stdout: { readonly isTTY?: boolean };
	readonly stderr: NodeJS.WritableStream;
	readonly json: boolean;
	readonly abort: AbortController;
}

/**
 * Asks on the terminal, and goes on only after "y" or "yes"; without a terminal, and under --json, nothing is asked.
 * Throws: PolicyError `not-confirmed`.
 */
export async function confirm(
	question: string,
	declined: { readonly message: string; readonly hint: string },
	{ stdin, stdout, stderr, json, abort }: Terminal,
): Promise<void> {
	if (!canAsk({ stdin, stdout, json })) return;
	const lines = createInterface({ input: stdin, output: stderr });
	// in the raw mode of a line editor Ctrl-C is a character, and no signal
	lines.on('SIGINT', () => abort.abort());
	try {
		const answer = await lines.question(`${question} [y/N] `, { signal: abort.signal });
		if (/^y(es)?$/i.test(answer.trim())) return;
	} finally {
		lines.close();
	}
	throw new PolicyError('not-confirmed', declined.message, { hint: declined.hint });
}

/** Whether somebody is there who can answer. */
export function canAsk({ stdin, stdout, json }: Pick<Terminal, 'stdin' | 'stdout' | 'json'>): boolean {
	return stdin.isTTY === true && stdout.isTTY === true && !json;
}

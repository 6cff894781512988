import type { CommandContext } from '../../src/commands/define-command.js';
import type { ProgressEvent } from '../../src/core/events.js';
import { seededRandom } from '../core/average/keystream.js';

/** The world of a command that runs in the process of its test. */
export function commandContext({
	abort = new AbortController(),
	onProgress = () => {},
	onNote = () => {},
}: {
	readonly abort?: AbortController;
	readonly onProgress?: (event: ProgressEvent) => void;
	readonly onNote?: (line: string) => void;
}): CommandContext {
	const unused = (): void => {};
	return {
		reporter: { progress: onProgress, note: onNote, warn: unused, event: unused, result: unused, error: unused },
		abort,
		env: {},
		stdin: process.stdin,
		stdout: process.stdout,
		stderr: process.stderr,
		dashboard: false,
		json: true,
		quiet: false,
		random: seededRandom(1),
		nowMs: () => 0,
	};
}

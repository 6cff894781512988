import type { ProgressEvent } from '../../core/events.js';
import { safeText } from '../safe-text.js';
import type { OutputStream } from './reporter.js';

/** At most two lines per second: readable in a log, and enough for a person. */
const MIN_INTERVAL_MS = 500;
const ERASE_LINE = '\r\u001b[2K';

export interface ProgressLines {
	/** Shows the event now, or keeps it until something forces it out: the end of its phase, or `finish`. */
	show(event: ProgressEvent): void;
	/** Makes room for another line; on a terminal the progress line comes back with the next event. */
	interrupt(): void;
	/** Shows what was held back and leaves the cursor at the start of an empty line. */
	finish(): void;
}

/**
 * Progress for people, rate-limited, the last event of each phase always shown. On a terminal one line is written over;
 * in a file each event is a line. No timer: an event that was held back waits for the next call.
 */
export function createProgressLines(
	write: (text: string) => void,
	stream: OutputStream,
	nowMs: () => number,
): ProgressLines {
	const onTerminal = stream.isTTY === true;
	let lineIsOpen = false;
	let shownAtMs = Number.NEGATIVE_INFINITY;
	let shown: ProgressEvent | undefined;
	let held: ProgressEvent | undefined;

	const print = (event: ProgressEvent): void => {
		held = undefined;
		shownAtMs = nowMs();
		shown = event;
		const text = safeText(progressText(event));
		if (onTerminal) {
			write(`${ERASE_LINE}${clip(text, (stream.columns ?? 80) - 1)}`);
			lineIsOpen = true;
		} else {
			write(`${text}\n`);
		}
	};
	const closeLine = (): void => {
		if (lineIsOpen) {
			write('\n');
			lineIsOpen = false;
		}
	};
	const flushHeld = (): void => {
		if (held !== undefined) {
			print(held);
		}
	};
	return {
		show(event) {
			if (event.phase !== shown?.phase) {
				flushHeld();
				closeLine();
				print(event);
			} else if (event.done === shown.done && event.total === shown.total) {
				held = undefined;
			} else if (event.done === event.total || nowMs() - shownAtMs >= MIN_INTERVAL_MS) {
				print(event);
			} else {
				held = event;
			}
		},
		interrupt() {
			if (lineIsOpen) {
				write(ERASE_LINE);
				lineIsOpen = false;
			}
		},
		finish() {
			flushHeld();
			closeLine();
		},
	};
}

/** "uploading 120 of 1000 (12 %)", or "uploading 120" where the end is not known. */
export function progressText({ phase, done, total }: ProgressEvent): string {
	if (total === null) {
		return `${phase} ${done}`;
	}
	// Rounded down, so that 100 % is said only when all of it is done.
	const percent = total > 0 ? Math.floor((done / total) * 100) : 100;
	return `${phase} ${done} of ${total} (${percent} %)`;
}

function clip(text: string, columns: number): string {
	const chars = [...text];
	return chars.length <= columns ? text : `${chars.slice(0, Math.max(0, columns - 1)).join('')}…`;
}

import { BugError } from '../../core/errors.js';

const OWN_METHODS: ReadonlySet<string> = new Set(['progress', 'note', 'warning', 'result', 'error']);

/** Keeps the promise "exactly one result or error, and nothing after it". */
export interface Ending {
	/** True once the run has ended: whatever comes late is dropped. */
	readonly reached: boolean;
	/** Throws: BugError when the run has ended already. */
	reach(how: string): void;
}

export function createEnding(): Ending {
	let reachedBy: string | undefined;
	return {
		get reached() {
			return reachedBy !== undefined;
		},
		reach(how) {
			if (reachedBy !== undefined) {
				throw new BugError('second-ending', `reporter: ${how} after ${reachedBy}; a run ends once`);
			}
			reachedBy = how;
		},
	};
}

/** Throws: BugError for an event name that would pose as a line with a method of its own. */
export function eventName(name: string): string {
	if (OWN_METHODS.has(name)) {
		throw new BugError('reserved-event', `reporter: event "${name}" has a method of its own`);
	}
	return name;
}

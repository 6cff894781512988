/** One thing at a time, in the order in which they came. */
export interface Lane {
	/**
	 * Resolves when it is the caller's turn, with how to end it.
	 * Throws: the signal's reason when that aborts first; the turn then goes to the next.
	 */
	take(signal: AbortSignal): Promise<() => void>;
}

export function createLane(): Lane {
	const waiting: (() => void)[] = [];
	let isTaken = false;
	const release = (): void => {
		const next = waiting.shift();
		if (next === undefined) isTaken = false;
		else next();
	};
	return {
		async take(signal) {
			signal.throwIfAborted();
			if (isTaken) {
				await new Promise<void>((resolve, reject) => {
					const leave = (): void => {
						waiting.splice(waiting.indexOf(enter), 1);
						reject(signal.reason);
					};
					const enter = (): void => {
						signal.removeEventListener('abort', leave);
						resolve();
					};
					waiting.push(enter);
					signal.addEventListener('abort', leave, { once: true });
				});
			}
			isTaken = true;
			return release;
		},
	};
}

/** The right of one request to be read and answered. */
export interface Turn {
	/**
	 * Waits for the other side. Whoever has let the others wait for a while gives the turn away, and goes on before those
	 * that have not begun.
	 * Throws: what `wait` throws; the signal's reason when it aborts meanwhile.
	 */
	during<T>(wait: Promise<T>): Promise<T>;
	end(): void;
}

/** Few requests are read at a time, in the order they came. The others wait unread, so that their senders wait too. */
export interface Turns {
	readonly waiting: number;
	/** Throws: the signal's reason when it aborts before the turn comes. */
	take(signal: AbortSignal): Promise<Turn>;
}

/** So long in all a turn is held for a sender or a reader that is not as fast as we are. */
const PATIENCE_MS = 100;

export function createTurns(total: number, nowMs: () => number, patienceMs = PATIENCE_MS): Turns {
	let free = total;
	const queue: (() => void)[] = [];
	const release = (): void => {
		const enter = queue.shift();
		if (enter === undefined) free++;
		else enter();
	};
	const acquire = (signal: AbortSignal, hasBegun: boolean): Promise<void> => {
		signal.throwIfAborted();
		if (free > 0) {
			free--;
			return Promise.resolve();
		}
		return new Promise((resolve, reject) => {
			const leave = (): void => {
				queue.splice(queue.indexOf(enter), 1);
				reject(signal.reason);
			};
			const enter = (): void => {
				signal.removeEventListener('abort', leave);
				resolve();
			};
			signal.addEventListener('abort', leave, { once: true });
			if (hasBegun) queue.unshift(enter);
			else queue.push(enter);
		});
	};
	return {
		get waiting() {
			return queue.length;
		},
		async take(signal) {
			await acquire(signal, false);
			let isMine = true;
			let waitedMs = 0;
			const end = (): void => {
				if (isMine) release();
				isMine = false;
			};
			return {
				async during(wait) {
					const sinceMs = nowMs();
					const timer = setTimeout(end, Math.max(0, patienceMs - waitedMs));
					try {
						return await wait;
					} finally {
						clearTimeout(timer);
						waitedMs += nowMs() - sinceMs;
						if (!isMine) {
							await acquire(signal, true);
							isMine = true;
						}
					}
				},
				end,
			};
		},
	};
}

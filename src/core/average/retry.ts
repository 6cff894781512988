const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5000;
const LONGEST_RETRY_AFTER_MS = 60_000;

/** The wait after the `attempt`-th try, which doubles from try to try. Unit: `jitter` is uniform in 0..1. */
export function backoffMs(attempt: number, jitter: number): number {
	return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1)) * (0.5 + jitter / 2);
}

/** What an answer's `retry-after` asks for, at most a minute; 0 without one. */
export function retryAfterMs(header: string | null | undefined): number {
	const seconds = Number(header ?? 0);
	return seconds > 0 ? Math.min(seconds * 1000, LONGEST_RETRY_AFTER_MS) : 0;
}

/** What a collector's answer means for a report. */
export type ReportVerdict =
	/** Counted now. */
	| 'counted'
	/** Counted before: by an earlier try whose answer was lost, or in an earlier run. */
	| 'held'
	| 'wrong-token'
	/** The same id and bytes again, later. */
	| 'later'
	/** No other try will do better. */
	| 'refused';

/** 502 and 504 are a proxy's, whose collector is away; 500 is nobody's verdict on a report. */
const LATER: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** The verdict of an HTTP status on the report route. */
export function verdictOf(status: number): ReportVerdict {
	if (status === 201) return 'counted';
	if (status === 200) return 'held';
	if (status === 401) return 'wrong-token';
	return LATER.has(status) ? 'later' : 'refused';
}

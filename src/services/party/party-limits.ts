/** What a party puts up with; tests take smaller ones. */
export interface PartyLimits {
	/** Jobs that wait or run. */
	readonly maxJobs: number;
	readonly maxUploadBytes: number;
	/** Of all uploads that arrive or wait. */
	readonly maxHeldBytes: number;
	/** An upload that is not run within this time, and what its siblings may take to arrive, is dropped. */
	readonly uploadLifeMs: number;
	/** A body may take this long, and a millisecond more for so many bytes. */
	readonly bodyMs: number;
	readonly minBytesPerMs: number;
	/** A job waits for its turn no longer than this. */
	readonly queueLifeMs: number;
	/** How often a client that waits for its result hears that the party lives. */
	readonly keepAliveMs: number;
	/** A party that owes a message for so long is silent. */
	readonly stepTimeoutMs: number;
	readonly maxConnections: number;
	/** Questions to the gallery: each answer tells a little of the templates. */
	readonly maxQueriesPerMinute: number;
	/** Job ids that are remembered, so that none runs twice. */
	readonly maxRememberedIds: number;
}

export const PARTY_LIMITS: PartyLimits = {
	maxJobs: 8,
	maxUploadBytes: 512 * 1024 * 1024,
	maxHeldBytes: 1024 * 1024 * 1024,
	uploadLifeMs: 60_000,
	bodyMs: 30_000,
	minBytesPerMs: 128,
	queueLifeMs: 600_000,
	keepAliveMs: 5000,
	stepTimeoutMs: 20_000,
	maxConnections: 128,
	maxQueriesPerMinute: 300,
	maxRememberedIds: 100_000,
};

/** The longest that a body of so many bytes may take. */
export function allowedMs(bytes: number, { bodyMs, minBytesPerMs }: PartyLimits): number {
	return bodyMs + bytes / minBytesPerMs;
}

/** A body has to arrive within this time, and no slower than this rate, or its place goes to somebody else. */
export interface BodyDeadline {
	readonly baseMs: number;
	readonly bytesPerSecond: number;
}

export const BODY_DEADLINE: BodyDeadline = { baseMs: 10_000, bytesPerSecond: 32_768 };

/** How long so many bytes may take. */
export function allowedMs(deadline: BodyDeadline, bytes: number): number {
	return deadline.baseMs + (bytes / deadline.bytesPerSecond) * 1000;
}

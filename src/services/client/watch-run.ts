import { setTimeout as delay } from 'node:timers/promises';
import type { Image } from '../../core/image/image.js';
import type { SealedFrame } from '../../core/subtract/frames.js';
import { toHex } from '../../core/subtract/vct-header.js';
import type { RetryOptions } from './backoff.js';
import { listFrames, uploadFrame } from './camera-frames.js';
import type { Comparer } from './compare-frames.js';
import type { Connection } from './connection.js';
import type { UploadOutcome } from './upload-report.js';

/** Ids of frames that are told from new ones. */
const REMEMBERED_IDS = 100_000;

interface WatchParts {
	readonly connection: Connection;
	readonly camera: string;
	/** From the beginning of a turn to that of the next, however long it takes. */
	readonly intervalMs: number;
	readonly retry: RetryOptions;
}

/** Encrypts and uploads picture after picture; with a comparer asks for the difference of each to the one before. */
export async function runCamera(
	parts: WatchParts & {
		readonly frames: AsyncIterable<Image>;
		readonly encrypt: (image: Image) => Promise<SealedFrame>;
		readonly comparer: Comparer | undefined;
		readonly onUploaded: (outcome: UploadOutcome) => void;
	},
): Promise<void> {
	const { connection, camera, retry, comparer } = parts;
	const nextTurn = createTurns(parts);
	let older: string | undefined;
	for await (const image of parts.frames) {
		const frame = await parts.encrypt(image);
		const outcome = await uploadFrame(connection, camera, frame, retry);
		parts.onUploaded(outcome);
		if (outcome.kind !== 'rejected') {
			const newer = toHex(frame.header.ids[0]);
			if (older !== undefined) await comparer?.compare({ newer, older });
			older = newer;
		}
		await nextTurn();
	}
	await comparer?.settled();
}

/**
 * Follows what a camera uploads, from now on: asks for the difference of each new frame to the one before, `count` times,
 * or until the signal aborts. A frame that is listed a second time is left out, and told of.
 */
export async function runOwner(
	parts: WatchParts & {
		readonly comparer: Comparer;
		readonly count: number | undefined;
		/** Told once, when all that was there before is known. */
		readonly onFollowing: () => void;
		readonly onRepeated: (id: string) => void;
	},
): Promise<void> {
	const { connection, camera, retry, comparer, count = Number.POSITIVE_INFINITY } = parts;
	const nextTurn = createTurns(parts);
	const seen = new Set<string>();
	let after = 0;
	let older: string | undefined;
	let isBeginning = true;
	for (let compared = 0; compared < count; ) {
		const listed = await listFrames(connection, camera, after, retry);
		for (const { number, id } of listed) {
			after = Math.max(after, number);
			if (seen.has(id)) {
				parts.onRepeated(id);
				continue;
			}
			remember(seen, id);
			if (older !== undefined && !isBeginning && compared < count) {
				await comparer.compare({ newer: id, older });
				compared++;
			}
			older = id;
		}
		// what was there before is no news; a list may hold a part of it
		if (isBeginning && listed.length === 0) {
			isBeginning = false;
			parts.onFollowing();
		}
		if (!isBeginning && compared < count) await nextTurn();
	}
	await comparer.settled();
}

/** Bounded: the oldest is forgotten. */
function remember(seen: Set<string>, id: string): void {
	seen.add(id);
	const [oldest] = seen;
	if (seen.size > REMEMBERED_IDS && oldest !== undefined) seen.delete(oldest);
}

/** Waits for the next multiple of the interval; at once when it has passed. */
function createTurns({ intervalMs, retry }: WatchParts): () => Promise<void> {
	let dueMs = retry.nowMs();
	return async () => {
		dueMs = Math.max(dueMs + intervalMs, retry.nowMs());
		const waitMs = dueMs - retry.nowMs();
		if (waitMs > 0) await delay(waitMs, undefined, { signal: retry.signal });
		retry.signal.throwIfAborted();
	};
}

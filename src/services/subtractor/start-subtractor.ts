import type { SubtractorSnapshot } from '../../core/events.js';
import { createRecordSubtractor } from '../../core/subtract/difference.js';
import { createTokenCheck } from '../bearer-token.js';
import type { BodyDeadline } from '../body-deadline.js';
import { asListenError, createHttpServer, urlOf } from '../http-server.js';
import type { TlsIdentity } from '../self-signed.js';
import { createSubtractorApp } from './app.js';
import { createExchangeRoute } from './exchange-route.js';
import { openFrameStore, type Retention } from './frame-store.js';
import { createSubtractorMetrics } from './metrics.js';
import { createPlaces } from './places.js';
import { createSubtractorStats } from './stats.js';
import { createTurns } from './turns.js';

export interface SubtractorOptions {
	readonly host: string;
	/** 0 takes any free port. */
	readonly port: number;
	readonly identity?: TlsIdentity | undefined;
	readonly token?: string | undefined;
	/** Folder of earlier frames. */
	readonly storeFolder: string;
	readonly retention: Retention;
	/** Requests at work at once; the next one gets 429. */
	readonly maxAtWork?: number | undefined;
	readonly bodyDeadline?: BodyDeadline | undefined;
	readonly nowMs: () => number;
	/** Sentences for the operator that hold for the whole run. */
	readonly warnings: readonly string[];
	/** Told of what is our mistake, or the disk's. */
	readonly onFailure: (error: unknown) => void;
}

/** A running subtractor. */
export interface Subtractor {
	/** What clients are given: `http://127.0.0.1:7500`. */
	readonly url: string;
	snapshot(): SubtractorSnapshot;
	/** Ends every connection, and closes the store. What was acknowledged is kept. */
	close(): Promise<void>;
}

const MAX_AT_WORK = 32;
/** Each takes a thread, and SEAL's heap of some 60 MB. */
const MAX_SCORERS = 2;
/** Pairs that are read at once: enough to keep the thread busy, and few enough that each is soon done. */
const MAX_READ = 4;
const LONGEST_REQUEST_MS = 3_600_000;
/** Cameras that a dashboard has room for. */
const CAMERAS_SHOWN = 8;

/**
 * Starts a subtractor and resolves when it listens.
 * Throws: DataError for its store, PeerError when it cannot listen.
 */
export async function startSubtractor(options: SubtractorOptions): Promise<Subtractor> {
	const { identity, nowMs } = options;
	const subtractor = await createRecordSubtractor();
	const store = openFrameStore(options.storeFolder, options.retention);
	const stats = createSubtractorStats();
	const places = createPlaces(options.maxAtWork ?? MAX_AT_WORK);
	const scorers = createPlaces(MAX_SCORERS);
	const mayEnter = createTokenCheck(options.token);
	const turns = createTurns(MAX_READ, nowMs);
	const { bodyDeadline, onFailure } = options;
	const parts = { store, subtractor, places, scorers, turns, stats, mayEnter, nowMs, bodyDeadline, onFailure };
	const take = createExchangeRoute(parts);
	const app = createSubtractorApp({
		store,
		mayEnter,
		metrics: createSubtractorMetrics(parts),
		makeServer: (handle) =>
			createHttpServer({
				identity,
				take,
				handle,
				// the exchange route has deadlines of its own, by the length of what comes
				requestTimeoutMs: LONGEST_REQUEST_MS,
				onConnections(openConnections) {
					stats.openConnections = openConnections;
				},
			}),
	});
	const close = async (): Promise<void> => {
		await app.close();
		store.close();
	};
	try {
		await app.listen({ host: options.host, port: options.port });
	} catch (error) {
		await close();
		throw asListenError(error, options.host, options.port);
	}
	const url = urlOf(app.server, options.host, identity !== undefined);
	const startedMs = nowMs();
	return {
		url,
		snapshot: () => ({
			url,
			store: options.storeFolder,
			differences: stats.differences.count,
			differencesPerSecond: stats.sampleRate(nowMs()),
			medianMs: stats.differences.durationMs(0.5),
			p99Ms: stats.differences.durationMs(0.99),
			scores: stats.scores.count,
			scoreMedianMs: stats.scores.durationMs(0.5),
			uploads: stats.uploads,
			duplicates: stats.duplicates,
			frames: store.frameCount,
			frameBytes: store.bytes,
			keepBytes: options.retention.bytes,
			cameras: store.cameras(CAMERAS_SHOWN),
			atWork: places.taken,
			maxAtWork: places.total,
			rejected: Object.fromEntries(stats.rejected),
			openConnections: stats.openConnections,
			uptimeMs: nowMs() - startedMs,
			warnings: store.failure === null ? options.warnings : [store.failure.message, ...options.warnings],
		}),
		close,
	};
}

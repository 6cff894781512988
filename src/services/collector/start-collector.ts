import type { IncomingMessage, ServerResponse } from 'node:http';
import { isReleasedWhenAsked } from '../../core/average/mechanism-parameters.js';
import { describeMechanism, type SessionParameters } from '../../core/average/session.js';
import { BugError } from '../../core/errors.js';
import type { CollectorSnapshot } from '../../core/events.js';
import { createTokenCheck } from '../bearer-token.js';
import type { BodyDeadline } from '../body-deadline.js';
import { asListenError, createHttpServer, urlOf } from '../http-server.js';
import type { ClientConfig } from '../party/party-config.js';
import type { TlsIdentity } from '../self-signed.js';
import { createCollectorApp } from './app.js';
import { createEventStream } from './event-stream.js';
import type { FrontRoutes } from './front-routes.js';
import { createCollectorMetrics } from './metrics.js';
import { createReleaseReader, type ReleasedAverage } from './released-average.js';
import { createReportRoute } from './report-route.js';
import { startSharesLedger } from './shares-ledger.js';
import { openSharesRelay, type SharesRelay } from './shares-relay.js';
import { type Counting, startLedger } from './start-ledger.js';
import { type CollectorStats, createCollectorStats } from './stats.js';
import { readWebPages } from './web-pages.js';

export interface CollectorOptions {
	readonly session: SessionParameters;
	readonly storeFile: string;
	readonly host: string;
	/** 0 takes any free port. */
	readonly port: number;
	readonly identity?: TlsIdentity | undefined;
	/** What people are given, from `url`: another address of this machine, or of the proxy before it. */
	readonly pageOf?: ((url: string) => string) | undefined;
	readonly token?: string | undefined;
	readonly nowMs: () => number;
	/** How long a report may take to arrive; see the report route. */
	readonly bodyDeadline?: BodyDeadline | undefined;
	/** Sentences for the operator that hold for the whole run. */
	readonly warnings: readonly string[];
	/** Ends a start that waits for a party. */
	readonly signal?: AbortSignal | undefined;
	/** The three parties of a session on shares. */
	readonly parties?: ClientConfig | undefined;
	/** The ledger's thread died: the collector counts no more. */
	readonly onDeath: (error: Error) => void;
}

/** A running collector. */
export interface Collector {
	/** What clients are given: `http://127.0.0.1:7400`. */
	readonly url: string;
	/** For browsers; without the token. */
	readonly page: string;
	readonly count: number;
	readonly duplicates: number;
	snapshot(): CollectorSnapshot;
	/** The latest release, or null before the first. */
	release(): Promise<ReleasedAverage | null>;
	/** Answers what has come, commits it, and closes. */
	close(): Promise<void>;
}

/**
 * Starts a collector and resolves when it listens.
 * Throws: DataError for its store, PeerError when it cannot listen.
 */
export async function startCollector(options: CollectorOptions): Promise<Collector> {
	const { session, identity, nowMs } = options;
	const stats = createCollectorStats();
	const mayEnter = createTokenCheck(options.token);
	const { ledger, route, front, relay } = await startCounting(options, { stats, mayEnter });
	const readRelease = createReleaseReader(session, ledger);
	const startedMs = nowMs();
	let url = '';
	let page = '';
	let released: ReleasedAverage | null = null;

	const snapshot = (): CollectorSnapshot => {
		// the newest picture is there at the next snapshot
		if (ledger.releasedCount !== (released?.count ?? 0)) {
			readRelease().then(
				(release) => {
					released = release;
				},
				() => {},
			);
		}
		const failure = ledger.storeFailure;
		return {
			session: session.name,
			url: page === '' ? url : page.replace(/\/$/, ''),
			mechanismText: describeMechanism(session.mechanism),
			width: session.width,
			height: session.height,
			channels: session.channels,
			count: ledger.count,
			minBatch: session.minBatch,
			isReleasedWhenAsked: isReleasedWhenAsked(session.mechanism),
			releasedCount: released?.count ?? 0,
			reportsPerSecond: stats.sampleRate(nowMs()),
			expectedRmseGray: released?.expectedRmseGray ?? null,
			average: released?.image ?? null,
			rejected: Object.fromEntries(stats.rejected),
			duplicates: stats.duplicates,
			openConnections: stats.openConnections,
			uptimeMs: nowMs() - startedMs,
			warnings: [...(failure === null ? [] : [failure.message]), ...(front?.warnings ?? []), ...options.warnings],
		};
	};
	const events = createEventStream(snapshot);
	const pages = readWebPages();
	const app = createCollectorApp({
		session,
		ledger,
		front,
		mayEnter,
		readRelease,
		metrics: createCollectorMetrics(stats, ledger),
		events,
		pages,
		page: () => page,
		isSelfSigned: identity?.isSelfSigned === true,
		makeServer: (handle) =>
			createHttpServer({
				identity,
				take: route,
				handle,
				requestTimeoutMs: 60_000,
				onConnections(openConnections) {
					stats.openConnections = openConnections;
				},
			}),
	});
	const close = async (isForgotten = false): Promise<void> => {
		events.close();
		app.server.closeIdleConnections();
		await ledger.close(isForgotten);
		await app.close();
		relay?.close();
	};
	try {
		await app.listen({ host: options.host, port: options.port });
	} catch (error) {
		// who mends the port or the address may choose another store as well
		await close(true);
		throw asListenError(error, options.host, options.port);
	}
	url = urlOf(app.server, options.host, identity !== undefined);
	page = (options.pageOf ?? ((own) => `${own}/`))(url);
	return {
		url,
		page,
		get count() {
			return ledger.count;
		},
		get duplicates() {
			return stats.duplicates;
		},
		snapshot,
		release: readRelease,
		close: () => close(),
	};
}

interface CountingParts {
	readonly ledger: Counting;
	/** Answers a report; false for requests of another kind. */
	readonly route: (request: IncomingMessage, response: ServerResponse) => boolean;
	readonly front?: FrontRoutes | undefined;
	/** Of pages, in a session on shares. */
	readonly relay?: SharesRelay | undefined;
}

/** Reports come here and are counted in a thread, or they go to three parties and this collector is their front. */
async function startCounting(
	{ session, storeFile, parties, bodyDeadline, onDeath, nowMs, signal }: CollectorOptions,
	{ stats, mayEnter }: { stats: CollectorStats; mayEnter: (authorization: string | undefined) => boolean },
): Promise<CountingParts> {
	if (session.mechanism.kind === 'shares') {
		if (parties === undefined) throw new BugError('no-parties', 'a session on shares needs three parties');
		const shares = await startSharesLedger({ storeFile, session, parties, stats, nowMs, signal });
		try {
			const relay = await openSharesRelay({ session, target: shares.target, stats, mayEnter });
			return { ledger: shares, front: shares, relay, route: relay.route };
		} catch (error) {
			await shares.close(true);
			throw error;
		}
	}
	const ledger = await startLedger(storeFile, session);
	ledger.onDeath(onDeath);
	const route = createReportRoute({ sessionName: session.name, ledger, stats, mayEnter, bodyDeadline });
	return { ledger, route };
}

import type { AddressInfo } from 'node:net';
import { PeerError } from '../../core/errors.js';
import type { PartyStatus } from '../../core/events.js';
import type { PartyIndex } from '../../core/mpc/party-index.js';
import { createTlsTransport } from '../../core/mpc/transport/tls-transport.js';
import { collectWholeHeap } from '../heap-growth.js';
import { sharesBeside } from '../shares/shares-beside.js';
import { createControlPlane } from './control-plane.js';
import { createFaceModel } from './face-model.js';
import { createJobMemories } from './job-memory.js';
import { createModelStore } from './model-store.js';
import type { PartyConfig } from './party-config.js';
import { type GalleryOptions, openPartyGallery } from './party-gallery.js';
import { createPartyJobs } from './party-jobs.js';
import { PARTY_LIMITS, type PartyLimits } from './party-limits.js';
import { createPartyMetrics } from './party-metrics.js';
import { createPartyStats } from './party-stats.js';

export interface RunningParty {
	readonly url: string;
	/** Resolves when both other parties are linked. Throws: PeerError. */
	connected(timeoutMs: number): Promise<void>;
	status(): PartyStatus;
	close(): Promise<void>;
}

const MAX_MESSAGE_BYTES = 512 * 1024 * 1024;

/**
 * Starts one party: links to the others, and a control plane for clients over TLS with a token.
 * `changed` limits replace the usual ones. Throws: PeerError when a port is taken.
 */
export async function startParty(
	config: PartyConfig,
	changed: Partial<PartyLimits> = {},
	galleryOptions: Pick<GalleryOptions, 'file' | 'onQuestion'> = {},
): Promise<RunningParty> {
	const { index, keyPem, peers, pairKeys } = config;
	const limits = { ...PARTY_LIMITS, ...changed };
	const startedMs = performance.now();
	const { maxQueriesPerMinute } = limits;
	const nowMs = (): number => performance.now();
	const gallery = await openPartyGallery({
		...galleryOptions,
		openDistances: config.openDistances,
		maxQueriesPerMinute,
		nowMs,
	});
	const transport = await createTlsTransport({
		index,
		keyPem,
		peers,
		maxMessageBytes: MAX_MESSAGE_BYTES,
		timeoutMs: limits.stepTimeoutMs,
	});
	const memories = createJobMemories({ onIdle: collectWholeHeap });
	const models = createModelStore(config.modelFolder);
	const metrics = createPartyMetrics(() => ({ ...status(), heldBytes: jobs.heldBytes }));
	const stats = createPartyStats(() => performance.now(), metrics.observeJobMs);
	const jobs = createPartyJobs({
		index,
		transport,
		pairKeys,
		limits,
		stats,
		memories,
		gallery,
		models,
		model: createFaceModel(),
	});
	const isUp = (peer: PartyIndex): boolean => peer === index || transport.isConnected(peer);
	const status = (): PartyStatus => ({
		party: index,
		isConnected: [isUp(0), isUp(1), isUp(2)],
		jobsHeld: jobs.count('arriving') + jobs.count('held'),
		jobsQueued: jobs.count('queued'),
		jobsRunning: jobs.count('running'),
		jobsDone: stats.jobs.done,
		jobsFailed: stats.jobs.failed,
		jobsDropped: stats.jobs.dropped,
		jobsRefused: stats.jobsRefused,
		queries: gallery.state.queries,
		queriesRefused: gallery.state.queriesRefused,
		bytesSent: stats.bytesSent,
		rounds: stats.rounds,
		lastError: stats.lastError,
		lastJobs: stats.lastJobs(),
		residentBytes: process.memoryUsage.rss(),
		uptimeMs: Math.round(performance.now() - startedMs),
	});
	const shares = await sharesBeside(config, transport);
	const { before } = shares;
	const app = createControlPlane({ before, config, limits, jobs, gallery, models, status, metrics: metrics.registry });
	try {
		await app.listen({ host: config.host, port: config.port });
	} catch (cause) {
		await transport.close();
		shares.close();
		throw new PeerError('port-in-use', `${config.host}:${config.port}: cannot listen for clients`, {
			hint: 'End the program that listens there, or choose other ports.',
			cause,
		});
	}
	const { port } = app.server.address() as AddressInfo;
	return {
		url: `https://${config.host}:${port}`,
		connected: (timeoutMs) => transport.connected(timeoutMs),
		status,
		async close() {
			jobs.close();
			await transport.close();
			await app.close();
			shares.close();
			memories.close();
			gallery.close();
		},
	};
}

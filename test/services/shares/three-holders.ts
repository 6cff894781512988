import { createHash, randomBytes } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import type { SessionParameters } from '../../../src/core/average/session.js';
import { sessionText } from '../../../src/core/average/session-hash.js';
import { type Connection, openConnection } from '../../../src/services/client/connection.js';
import { openShares, type SharesUploader } from '../../../src/services/client/share-upload.js';
import { openSharesParties, type SharesParties } from '../../../src/services/client/shares-parties.js';
import type { ClientConfig, PartyConfig } from '../../../src/services/party/party-config.js';
import type { PartyLimits } from '../../../src/services/party/party-limits.js';
import type { RunningParty } from '../../../src/services/party/start-party.js';
import { seededRandom } from '../../core/average/keystream.js';
import { startThree } from '../../helpers/party-services.js';

export const SESSION: SessionParameters = {
	name: 'room',
	width: 20,
	height: 13,
	channels: 1,
	mechanism: { kind: 'shares', bits: 8, budget: null },
	minBatch: 5,
};

export interface ThreeHolders {
	readonly configs: readonly PartyConfig[];
	readonly client: ClientConfig;
	/** By party. */
	readonly running: RunningParty[];
	readonly front: SharesParties;
	readonly uploader: SharesUploader;
	/** Straight to each party, with the token of the front. */
	readonly connections: readonly Connection[];
	/** Sends pictures of this seed, and gives their clear sum. */
	send(count: number, seed: number): Promise<Float64Array>;
}

/** Three parties in this process that hold shares, with a session. */
export async function startHolders(
	t: ExecutionContext,
	session: SessionParameters = SESSION,
	limits: Partial<PartyLimits> = {},
): Promise<ThreeHolders> {
	const { configs, client, running } = await startThree(t, limits, { keepShares: true });
	const front = await openSharesParties(client, session);
	const { signal } = new AbortController();
	const retry = { retryForMs: 10_000, signal, nowMs: () => performance.now(), jitter: () => 0.5, onRetry() {} };
	const uploader = await openShares(session, front.target, retry);
	const connections = await Promise.all(
		client.parties.map((party) => openConnection({ ...party, token: client.token })),
	);
	t.teardown(() => {
		for (const { close } of [front, uploader, ...connections]) close();
	});
	return {
		...{ configs, client, running, front, uploader, connections },
		async send(count, seed) {
			const sums = new Float64Array(session.width * session.height * session.channels);
			const uploads = Array.from({ length: count }, (_, i) => {
				const samples = pictureOf(session, seed + i);
				for (const [at, sample] of samples.entries()) sums[at] += sample;
				return uploader.upload(samples, freshId(), seededRandom(seed + i), retry);
			});
			for (const { kind } of await Promise.all(uploads)) t.is(kind, 'accepted');
			return sums;
		},
	};
}

/** Where a party takes one picture of a session, or without an id several. */
export function uploadPath(session: SessionParameters, id?: string): string {
	const hash = createHash('sha256').update(sessionText(session)).digest('hex');
	return `/v1/shares/${session.name}/reports${id === undefined ? '' : `/${id}`}?session=${hash}`;
}

export function freshId(): string {
	return randomBytes(16).toString('hex');
}

export function pictureOf({ width, height, channels }: SessionParameters, seed: number): Uint8Array {
	const samples = new Uint8Array(width * height * channels);
	seededRandom(seed).fillInto(samples);
	return samples;
}

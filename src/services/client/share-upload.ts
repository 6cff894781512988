import { createMechanism } from '../../core/average/mechanism.js';
import type { SessionParameters } from '../../core/average/session.js';
import type { SharesTarget } from '../../core/average/session-description.js';
import { SEED_BYTES, sharePlanes } from '../../core/average/share-planes.js';
import { expandKey } from '../../core/mpc/keystream.js';
import type { RandomSource } from '../../core/random.js';
import type { RetryOptions } from './backoff.js';
import { type Connection, openConnection } from './connection.js';
import { createShareSender, REQUESTS_AT_ONCE } from './share-sender.js';
import type { UploadOutcome } from './upload-report.js';

/** Connections to three parties for one run of uploads. */
export interface SharesUploader {
	/** Shares a picture with this report's randomness, and sends each party its part until all three hold it. */
	upload(
		samples: Uint8Array,
		id: string,
		random: RandomSource,
		options: RetryOptions & { readonly onShared?: ((component: Uint8Array) => void) | undefined },
	): Promise<UploadOutcome>;
	close(): void;
}

/** Throws: PeerError, PolicyError for a certificate that is not the pinned one. */
export async function openShares(
	session: SessionParameters,
	target: SharesTarget,
	signal: AbortSignal,
): Promise<SharesUploader> {
	const mechanism = createMechanism(session.mechanism);
	const connections: Connection[] = await Promise.all(
		target.parties.map(({ url, fingerprint }) =>
			openConnection({ url, fingerprint, token: target.uploadToken, concurrency: REQUESTS_AT_ONCE, signal }),
		),
	);
	const path = `/v1/shares/${encodeURIComponent(session.name)}/reports`;
	const senders = connections.map((connection) => createShareSender(connection, path));
	return {
		async upload(samples, id, random, retry) {
			const planes = mechanism.privatize(samples, random);
			const bodies = await sharePlanes(planes, random, expandKey);
			planes.fill(0);
			retry.onShared?.(bodies[1].subarray(SEED_BYTES));
			const idBytes = new Uint8Array(Buffer.from(id, 'hex'));
			const outcomes = await Promise.all(
				senders.map((sender, party) => sender.send({ id: idBytes, body: bodies[party] }, retry)),
			);
			// it counts when all three hold it, and it was there before only if it was there at all three
			const rejected = outcomes.find(({ kind }) => kind === 'rejected');
			if (rejected !== undefined) return rejected;
			return outcomes.find(({ kind }) => kind === 'accepted') ?? { kind: 'duplicate' };
		},
		close() {
			for (const connection of connections) connection.close();
		},
	};
}

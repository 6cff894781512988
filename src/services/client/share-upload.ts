import { createMechanism } from '../../core/average/mechanism.js';
import type { SessionParameters } from '../../core/average/session.js';
import type { SharesTarget } from '../../core/average/session-description.js';
import { hashSession } from '../../core/average/session-hash.js';
import { SEED_BYTES, sharePlanes } from '../../core/average/share-planes.js';
import { expandKey } from '../../core/mpc/keystream.js';
import type { RandomSource } from '../../core/random.js';
import { type RetryOptions, retryWhileAway } from './backoff.js';
import { type Connection, openConnection } from './connection.js';
import { namingParty } from './name-party.js';
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

/** Addresses, certificates and token of the parties come from the collector: what a contributor can do about each. */
const HINTS: Readonly<Record<string, string>> = {
	token: 'The collector gave another token than this party takes. Start the collector again: it tells the parties.',
	'other-certificate':
		'The collector names another certificate for it. Either somebody answers in its place, or the party has a new one ' +
		'and the collector is to be started again with it. Nothing was sent to it.',
	unreachable:
		'Tell whoever runs the session: a picture counts when all three parties hold it. --retry-for waits longer.',
	'gave-up':
		'Tell whoever runs the session: a picture counts when all three parties hold it. --retry-for waits longer, --resume goes on.',
};

/**
 * Connects to the three parties, waiting for one that is away.
 * Throws: PeerError, PolicyError for a certificate that is not the pinned one; each names the party.
 */
export async function openShares(
	session: SessionParameters,
	target: SharesTarget,
	retry: RetryOptions,
): Promise<SharesUploader> {
	const mechanism = createMechanism(session.mechanism);
	const { signal } = retry;
	const connections: Connection[] = await Promise.all(
		target.parties.map(({ url, fingerprint }, party) => {
			const open = () =>
				openConnection({ url, fingerprint, token: target.uploadToken, concurrency: REQUESTS_AT_ONCE, signal });
			return namingParty(party, () => retryWhileAway(open, tellingParty(party, retry)), HINTS);
		}),
	);
	// a party that keeps the session with other noise or another minimum batch than we were told refuses
	const path = `/v1/shares/${encodeURIComponent(session.name)}/reports?session=${await hashSession(crypto.subtle, session)}`;
	const senders = connections.map((connection) => createShareSender(connection, path));
	return {
		async upload(samples, id, random, retry) {
			const planes = mechanism.privatize(samples, random);
			const bodies = await sharePlanes(planes, random, expandKey);
			planes.fill(0);
			retry.onShared?.(bodies[1].subarray(SEED_BYTES));
			const idBytes = new Uint8Array(Buffer.from(id, 'hex'));
			const outcomes = await Promise.all(
				senders.map((sender, party) => {
					const report = { id: idBytes, body: bodies[party] };
					return namingParty(party, () => sender.send(report, tellingParty(party, retry)), HINTS);
				}),
			);
			// it counts when all three hold it, and it was there before only if it was there at all three
			for (const [party, outcome] of outcomes.entries()) {
				if (outcome.kind !== 'rejected') continue;
				return { kind: 'rejected', reason: `party ${party} (${connections[party].url}): ${outcome.reason}` };
			}
			return outcomes.find(({ kind }) => kind === 'accepted') ?? { kind: 'duplicate' };
		},
		close() {
			for (const connection of connections) connection.close();
		},
	};
}

function tellingParty(party: number, retry: RetryOptions): RetryOptions {
	return { ...retry, onRetry: (why) => retry.onRetry(why === null ? null : `party ${party}: ${why}`) };
}

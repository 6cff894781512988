import { bytesOfHex } from '../core/average/hex.js';
import { createMechanism } from '../core/average/mechanism.js';
import { type SealedShare, sealShare } from '../core/average/sealed-share.js';
import { type SessionDescription, UPLOAD_KEY_BYTES } from '../core/average/session-description.js';
import { hashSession } from '../core/average/session-hash.js';
import { type ExpandSeed, sharePlanes } from '../core/average/share-planes.js';
import type { RandomSource } from '../core/random.js';

interface Means {
	readonly random: RandomSource;
	readonly expand: ExpandSeed;
	readonly subtle: SubtleCrypto;
}

/**
 * A picture as the three servers get it: shared, and each part sealed to its server. Throws: Error for a session that
 * names no servers.
 */
export async function sharePicture(
	session: SessionDescription,
	id: string,
	samples: Uint8Array,
	{ random, expand, subtle }: Means,
): Promise<readonly SealedShare[]> {
	const { parties = [] } = session.shares ?? {};
	const planes = createMechanism(session.mechanism).privatize(samples, random);
	const bodies = await sharePlanes(planes, random, expand);
	planes.fill(0);
	const sessionHash = await hashSession(subtle, session);
	return Promise.all(
		bodies.map((body, party) => {
			const uploadKey = bytesOfHex(parties[party]?.uploadKey ?? '', UPLOAD_KEY_BYTES);
			if (uploadKey === undefined) throw new Error('this session names no servers for shares');
			return sealShare(subtle, uploadKey, { session: sessionHash, id, party }, body);
		}),
	);
}

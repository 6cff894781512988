import { parsePromise, type ReleasePromise } from '../../core/average/release-noise.js';
import { PeerError } from '../../core/errors.js';
import type { Connection } from './connection.js';
import { sessionPath } from './fetch-session.js';
import { messageOf } from './upload-report.js';

/** One batch as a front tells it. */
export interface ToldRelease {
	readonly batch: number;
	readonly count: number;
	readonly rho: number;
	readonly promise: ReleasePromise | null;
}

/** Some 150 bytes a batch. */
const MAX_BYTES = 16 * 1024 * 1024;

/** What a front tells of its session. */
export interface ToldReleases {
	/** All, in order. */
	readonly batches: readonly ToldRelease[];
	/** Pictures that are in none of them yet. */
	readonly waiting: number;
}

/**
 * All releases of a session on shares, and what waits: at this moment with `isFresh`, which asks the parties.
 * Throws: PeerError for an answer that tells none.
 */
export async function fetchReleases(
	connection: Connection,
	session: string,
	{ isFresh = false } = {},
): Promise<ToldReleases> {
	const path = `${sessionPath(session)}/releases${isFresh ? '?fresh' : ''}`;
	const answer = await connection.send('GET', path, undefined, MAX_BYTES);
	if (answer.status !== 200) throw new PeerError('no-releases', `${connection.url}: ${messageOf(answer)}`);
	const { batches, waiting }: { batches?: unknown; waiting?: unknown } = Object.assign({}, answer.json());
	if (!Array.isArray(batches) || typeof waiting !== 'number' || !(waiting >= 0)) {
		throw new PeerError('no-releases', `${connection.url}: tells no releases`);
	}
	const told = batches.map((fields: unknown) => {
		const { batch, count, rho, promise }: Record<string, unknown> = Object.assign({}, fields);
		if (typeof batch !== 'number' || typeof count !== 'number' || typeof rho !== 'number' || !(rho >= 0)) {
			throw new PeerError('no-releases', `${connection.url}: tells a release without its figures`);
		}
		return { batch, count, rho, promise: promise === null ? null : parsePromise(promise, 'peer') };
	});
	return { batches: told, waiting };
}

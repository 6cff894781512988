import { randomBytes } from 'node:crypto';
import { PeerError, VeilcamError } from '../../core/errors.js';
import { MAX_REFRESHED_AT_ONCE } from '../party/gallery-program.js';
import { refreshPiece, settleOnParties, summedCounts } from './gallery-on-parties.js';
import { statesOf } from './gallery-states.js';
import type { JobCounts, PartiesClient } from './run-on-parties.js';

/** What it took, over all pieces. */
export type RefreshedGallery = Pick<JobCounts, 'ms' | 'rounds' | 'bytesSent'>;

/** So many templates are shared anew; when all are, the new shares take the old ones' place. */
export type RefreshProgress = (done: number, total: number) => void;

/** A removal while templates are shared anew begins it again. */
const MAX_STARTS = 3;

/**
 * Shares all templates anew, from generation `base` to a fresh one: in pieces, between which questions are answered from
 * the old shares, and then at once. Templates that are enrolled meanwhile are shared anew as well.
 * Throws: PeerError. All three parties use the old shares then, or can go on to the new ones (`settledStates`).
 */
export async function refreshGallery(
	client: PartiesClient,
	base: string,
	onProgress: RefreshProgress = () => {},
	pieceTemplates = MAX_REFRESHED_AT_ONCE,
): Promise<RefreshedGallery> {
	const spent: JobCounts[] = [];
	for (let starts = 0; starts < MAX_STARTS; starts++) {
		const generation = randomBytes(32).toString('hex');
		try {
			for await (const { done, total, counts } of pieces(client, { generation, base, pieceTemplates })) {
				if (counts !== undefined) spent.push(counts);
				onProgress(done, total);
				if (done < total) continue;
				if (total > 0) spent.push(await settleOnParties(client, generation));
				return summedCounts(spent);
			}
		} catch (error) {
			// somebody came between two pieces
			if (!(error instanceof VeilcamError && error.code === 'not-refreshed')) throw error;
		}
		const states = await statesOf(client);
		if (states.some(({ fresh }) => fresh !== null && fresh.generation !== generation)) break;
	}
	throw new PeerError('refresh-disturbed', 'the parties let go of the new shares while they were made', {
		hint: 'Does another client share the gallery anew, or remove templates? Try again when it is done.',
	});
}

/** How many templates are shared anew, before the first piece and after each one. Ends when the parties let go of them. */
async function* pieces(
	client: PartiesClient,
	{ generation, base, pieceTemplates }: { generation: string; base: string; pieceTemplates: number },
) {
	let counts: JobCounts | undefined;
	for (let done = 0; ; ) {
		const states = await statesOf(client);
		const total = Math.min(...states.map(({ templates }) => templates));
		if (done > 0 && !states.every(({ fresh }) => fresh?.generation === generation && fresh.templates === done)) return;
		yield { done, total, counts };
		const count = Math.min(pieceTemplates, total - done);
		counts = await refreshPiece(client, { generation, base, start: done, count });
		done += count;
	}
}

import { DataError, PeerError } from '../../core/errors.js';
import type { GalleryState } from '../party/party-gallery.js';
import { abandonOnParties, settleOnParties } from './gallery-on-parties.js';
import { isCounts } from './party-status.js';
import type { PartiesClient } from './run-on-parties.js';

/** What a client reads of a party's gallery. */
export type PartyState = Omit<GalleryState, 'queriesRefused'>;

/** Another client may be at the same. */
const MAX_TRIES = 3;

/**
 * The galleries' states when all three use shares of one generation, and no new ones wait. Where a refreshing broke off at
 * its end it is finished, for some may use the new shares, or undone, where none does and not all three have them.
 * Throws: DataError when the galleries are of different times.
 */
export async function settledStates(client: PartiesClient): Promise<readonly PartyState[]> {
	for (let tries = 1; ; tries++) {
		const states = await statesOf(client);
		const way = wayOut(states);
		if (way === 'none') return states;
		if (way === undefined || tries === MAX_TRIES) {
			throw new DataError('galleries-differ', "the parties' galleries are of different times", {
				hint: 'Was a party put back from a backup? Put all three back from the same time, or enroll anew.',
			});
		}
		if (way.do === 'settle') await settleOnParties(client, way.generation);
		else await abandonOnParties(client, way.generation);
	}
}

type WayOut = 'none' | { readonly do: 'settle' | 'abandon'; readonly generation: string } | undefined;

/** Undefined where there is none. */
function wayOut(states: readonly PartyState[]): WayOut {
	const generations = new Set(states.map(({ generation }) => generation));
	const [{ generation, pending }] = states;
	if (generations.size === 1) {
		if (states.every((state) => state.pending === null)) return 'none';
		if (pending === null || states.some((state) => state.pending !== pending)) return { do: 'abandon', generation };
		return { do: 'settle', generation: pending };
	}
	// who does not use the new shares yet has them
	const next = states.map((state) => state.pending).find((waiting) => waiting !== null && generations.has(waiting));
	if (next === undefined || next === null) return undefined;
	const canSettle = states.every((state) => state.generation === next || state.pending === next);
	return canSettle ? { do: 'settle', generation: next } : undefined;
}

export async function statesOf(client: PartiesClient): Promise<readonly PartyState[]> {
	return (await client.ask('GET', '/v1/gallery')).map((answer, party) => {
		const { templates, digest, generation, pending, fresh, opensDistances, model, queries }: Record<string, unknown> =
			Object(answer);
		if (
			typeof templates === 'number' &&
			typeof digest === 'string' &&
			typeof generation === 'string' &&
			isCounts(queries)
		) {
			const waiting = typeof pending === 'string' ? pending : null;
			return {
				templates,
				digest,
				generation,
				pending: waiting,
				fresh: freshOf(fresh),
				opensDistances: opensDistances === true,
				model: typeof model === 'string' ? model : null,
				queries,
			};
		}
		throw notAGallery(party);
	});
}

function freshOf(value: unknown): PartyState['fresh'] {
	const { generation, templates }: { generation?: unknown; templates?: unknown } = Object(value);
	return typeof generation === 'string' && typeof templates === 'number' ? { generation, templates } : null;
}

export function notAGallery(party: number): PeerError {
	return new PeerError('not-a-gallery', `party ${party}: its answer is not that of a gallery`, {
		hint: 'Are all parties of this version?',
	});
}

import { setImmediate as turn } from 'node:timers/promises';
import { nextParty, type PartyIndex } from '../../core/mpc/party-index.js';
import type { PartyTalk } from './party-talk.js';
import { bodyBytesAt, HASH_BYTES, hashComponents } from './share-hash.js';
import type { HeldReport, ShareStore, StoredSession } from './share-store.js';

/** What a party says of a report; of what the three say the largest counts. */
export const VERDICT = { added: 0, missing: 1, differs: 2, damaged: 3 } as const;

/** A report that was named, as this party has it. */
export interface NamedReport {
	readonly id: Uint8Array;
	/** Null where this party has nothing of it that could be added. */
	readonly held: HeldReport | null;
}

interface CompareParts {
	readonly index: PartyIndex;
	readonly talk: PartyTalk;
	readonly store: Pick<ShareStore, 'readBodyInto'>;
	readonly session: StoredSession;
}

/** Reports whose bytes are read in one piece: the event loop waits for it, and the other parties do. */
const REPORTS_PER_PIECE = 256;

/**
 * This party's verdicts. Each component's hash goes between the two parties that hold it, and never to the third. What
 * lies on the disk is hashed once more: nobody would see it in the sum.
 * Throws: PeerError, DataError of the store.
 */
export async function compareReports(parts: CompareParts, reports: readonly NamedReport[]): Promise<Uint8Array> {
	const verdicts = new Uint8Array(reports.length);
	const body = new Uint8Array(bodyBytesAt(parts.index, parts.session.parameters));
	for (let from = 0; from < reports.length; from += REPORTS_PER_PIECE) {
		const piece = reports.slice(from, from + REPORTS_PER_PIECE);
		verdicts.set(await comparePiece(parts, piece, body), from);
		// messages that are here already would keep all else waiting
		await turn();
	}
	return verdicts;
}

async function comparePiece(
	parts: CompareParts,
	reports: readonly NamedReport[],
	body: Uint8Array,
): Promise<readonly number[]> {
	const { index, talk } = parts;
	const own = reports.map((report) => ownVerdict(parts, report, body));
	const lists = new Map<PartyIndex, Uint8Array>();
	const listFor = (party: PartyIndex): Uint8Array => {
		const list = new Uint8Array(reports.length * HASH_BYTES);
		for (const [i, { held }] of reports.entries()) {
			if (held === null || own[i] !== VERDICT.added) continue;
			list.set(party === nextParty(index) ? held.secondHash : held.firstHash, i * HASH_BYTES);
		}
		lists.set(party, list);
		return list;
	};
	const theirs = await talk.exchange(listFor, reports.length * HASH_BYTES);
	const none = new Uint8Array(HASH_BYTES);
	return own.map((verdict, i) => {
		const at = (list: Uint8Array): Uint8Array => list.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
		const compared = [...theirs].map(([party, list]) => {
			if (verdict !== VERDICT.added || Buffer.compare(at(list), none) === 0) return VERDICT.missing;
			return Buffer.compare(at(list), at(lists.get(party) ?? list)) === 0 ? VERDICT.added : VERDICT.differs;
		});
		return Math.max(verdict, ...compared);
	});
}

/** What this party knows by itself. */
function ownVerdict(
	{ index, store, session }: CompareParts,
	{ id, held }: NamedReport,
	body: Uint8Array,
): (typeof VERDICT)[keyof typeof VERDICT] {
	if (held === null) return VERDICT.missing;
	// the others may not have heard of it, when one of them was started anew
	if (held.batch < 0) return VERDICT.differs;
	if (!store.readBodyInto(body, session.number, held.ordinal)) return VERDICT.damaged;
	const { firstHash, secondHash } = hashComponents(index, session.hash, id, body);
	const isWhole = Buffer.compare(firstHash, held.firstHash) === 0 && Buffer.compare(secondHash, held.secondHash) === 0;
	return isWhole ? VERDICT.added : VERDICT.damaged;
}

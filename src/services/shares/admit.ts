import { createHash } from 'node:crypto';
import { PeerError, PolicyError } from '../../core/errors.js';
import { PARTIES, type PartyIndex } from '../../core/mpc/party-index.js';
import { compareReports, type NamedReport, VERDICT } from './compare-reports.js';
import type { PartyTalk } from './party-talk.js';
import { ID_BYTES } from './share-hash.js';
import type { Seal, ShareStore, StoredSession } from './share-store.js';

/** Pictures of one batch at most; more wait for the next. */
const MAX_BATCH = 1 << 17;

/** The pictures of a batch as all three parties have agreed on them. */
export interface AdmittedList {
	/** In the order agreed on. */
	readonly ordinals: readonly number[];
	readonly ids: Uint8Array;
	readonly listHash: Uint8Array;
	readonly isSealed: boolean;
}

interface AdmitParts {
	readonly index: PartyIndex;
	readonly talk: PartyTalk;
	readonly store: ShareStore;
	readonly session: StoredSession;
	readonly batch: number;
	/** This party's, if it has fixed this batch before. */
	readonly ownSeal: Seal | null;
	/** The first party that has fixed this batch before, or null. */
	readonly sealedAt: PartyIndex | null;
}

/**
 * Admission: one party names the ids that it has, the holders of each component compare its hash, and all three take the
 * reports that every holder has alike. What differs is left out for good; what one of them has not got (yet) waits.
 * A batch that one party has fixed before is taken as it was, or not at all.
 * Throws: PeerError where the parties do not come to one list, PolicyError below the minimum batch.
 */
export async function admit(parts: AdmitParts): Promise<AdmittedList> {
	const { index, talk, store, session, batch, ownSeal, sealedAt } = parts;
	const leader = sealedAt ?? 0;
	const proposed = (): Uint8Array => ownSeal?.ids ?? store.waitingIds(session.number, MAX_BATCH);
	const own = index === leader ? proposed() : new Uint8Array(0);
	const head = new DataView(new ArrayBuffer(4));
	head.setUint32(0, own.length / ID_BYTES);
	const announced = await talk.broadcast(leader, () => new Uint8Array(head.buffer), 4);
	const count = new DataView(announced.buffer, announced.byteOffset).getUint32(0);
	if (count > MAX_BATCH) throw new PeerError('list-too-long', `party ${leader} named ${count} pictures`);
	const ids = await talk.broadcast(leader, () => own, count * ID_BYTES);
	const idAt = (i: number): Uint8Array => ids.slice(i * ID_BYTES, (i + 1) * ID_BYTES);
	if (new Set(Array.from({ length: count }, (_, i) => Buffer.from(idAt(i)).toString('hex'))).size !== count) {
		throw new PeerError('list-repeats', `party ${leader} named a picture twice`);
	}
	// hashes of other pictures would differ, and what differs is left out for good
	await agreeOnList(parts, ids);

	const reports = Array.from({ length: count }, (_, i) => {
		const held = store.find(session.number, idAt(i));
		// what was added in another batch is none of this one
		return { id: idAt(i), held: held !== null && held.batch > 0 && held.batch !== batch ? null : held };
	});
	const verdicts = await compareReports(parts, reports);
	const all = new Map([[index, verdicts], ...(await talk.exchange(() => verdicts, count))]);
	const combined = Array.from(verdicts, (_, i) => Math.max(...[...all.values()].map((party) => party[i])));
	if (sealedAt === null) {
		leaveOut(parts, reports, verdicts, combined);
	} else if (combined.some((verdict) => verdict !== VERDICT.added)) {
		throw incomplete(batch, all);
	}
	const { minBatch, mechanism } = session.parameters;
	const added = Array.from(combined.keys()).filter((i) => combined[i] === VERDICT.added);
	const isExact = mechanism.kind === 'shares' && mechanism.budget === null;
	// exact averages come at multiples of the minimum batch; noise is paid for, so it covers all there is
	const kept = isExact && sealedAt === null ? added.slice(0, added.length - (added.length % minBatch)) : added;
	if (kept.length < minBatch) {
		throw new PolicyError('minimum-batch', `no release yet: ${added.length} of ${minBatch} pictures are held by all`);
	}
	const keptIds = Buffer.concat(kept.map(idAt));
	const listHash = await agreeOnList(parts, keptIds);
	if (ownSeal !== null && Buffer.compare(ownSeal.listHash, listHash) !== 0) {
		throw new PeerError('lists-differ', `batch ${batch} was fixed with other pictures at party ${index}`);
	}
	const ordinals = kept.flatMap((i) => reports[i].held?.ordinal ?? []);
	return { ordinals, ids: new Uint8Array(keptIds), listHash, isSealed: ownSeal !== null };
}

/** For good: what differs between two holders, and what one of them cannot read any more. */
function leaveOut(
	{ store, session }: AdmitParts,
	reports: readonly NamedReport[],
	own: Uint8Array,
	combined: readonly number[],
): void {
	const waiting = Array.from(reports.keys()).filter(
		(i) => combined[i] > VERDICT.missing && reports[i].held?.batch === 0,
	);
	const ordinalsOf = (places: readonly number[]): number[] => places.flatMap((i) => reports[i].held?.ordinal ?? []);
	const [damaged, others] = [true, false].map((isDamaged) =>
		ordinalsOf(waiting.filter((i) => (own[i] === VERDICT.damaged) === isDamaged)),
	);
	if (damaged.length > 0) store.reject(session.number, damaged, 'damaged');
	if (others.length > 0) store.reject(session.number, others, 'differs');
}

function incomplete(batch: number, verdicts: ReadonlyMap<PartyIndex, Uint8Array>): PeerError {
	const damagedAt = PARTIES.find((party) => verdicts.get(party)?.includes(VERDICT.damaged));
	const who = damagedAt === undefined ? 'a party has no longer' : `party ${damagedAt} cannot read any more`;
	return new PeerError('batch-incomplete', `batch ${batch} was fixed with pictures that ${who}`, {
		hint: 'Nothing is released before its files are restored; a session of another name begins anew.',
	});
}

/** Gives the hash of a list that all three have alike. Throws: PeerError. */
async function agreeOnList({ index, talk, session, batch }: AdmitParts, ids: Uint8Array): Promise<Uint8Array> {
	const hash = createHash('sha256').update(session.hash).update(`batch ${batch}`).update(ids);
	const listHash = new Uint8Array(hash.digest());
	const other = await talk.findOther(listHash);
	if (other === null) return listHash;
	throw new PeerError('lists-differ', `party ${other} and party ${index} would add other pictures`);
}

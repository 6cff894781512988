import { createHash } from 'node:crypto';
import { PeerError, PolicyError } from '../../core/errors.js';
import { nextParty, type PartyIndex } from '../../core/mpc/party-index.js';
import type { PartyTalk } from './party-talk.js';
import { HASH_BYTES, ID_BYTES } from './share-hash.js';
import type { HeldReport, Seal, ShareStore, StoredSession } from './share-store.js';

/** Pictures of one batch at most; more wait for the next. */
const MAX_BATCH = 1 << 17;

const VERDICT = { added: 0, missing: 1, differs: 2 } as const;

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

	const isUsable = (report: HeldReport | null): boolean => report?.batch === 0 || report?.batch === batch;
	const held = Array.from({ length: count }, (_, i) => {
		const report = store.find(session.number, idAt(i));
		return isUsable(report) ? report : null;
	});
	const verdicts = await compareHashes(parts, held);
	const all = await talk.exchange(() => verdicts, count);
	const combined = verdicts.map((verdict, i) => Math.max(verdict, ...[...all.values()].map((other) => other[i])));
	const ordinalsWhere = (verdict: number): number[] =>
		held.flatMap((report, i) => (combined[i] === verdict && report !== null ? [report.ordinal] : []));
	if (sealedAt !== null) {
		if (combined.some((verdict) => verdict !== VERDICT.added)) {
			throw new PeerError('batch-incomplete', `batch ${batch} was fixed with pictures that a party has no longer`);
		}
	} else if (combined.includes(VERDICT.differs)) {
		store.reject(session.number, ordinalsWhere(VERDICT.differs));
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
	const ordinals = kept.flatMap((i) => held[i]?.ordinal ?? []);
	return { ordinals, ids: new Uint8Array(keptIds), listHash, isSealed: ownSeal !== null };
}

/** Each component's hash goes between the two parties that hold it, and never to the third. */
async function compareHashes({ index, talk }: AdmitParts, held: readonly (HeldReport | null)[]): Promise<Uint8Array> {
	const lists = new Map<PartyIndex, Uint8Array>();
	const listFor = (party: PartyIndex): Uint8Array => {
		const list = new Uint8Array(held.length * HASH_BYTES);
		for (const [i, report] of held.entries()) {
			if (report === null) continue;
			list.set(party === nextParty(index) ? report.secondHash : report.firstHash, i * HASH_BYTES);
		}
		lists.set(party, list);
		return list;
	};
	const theirs = await talk.exchange(listFor, held.length * HASH_BYTES);
	const verdicts = new Uint8Array(held.length);
	const none = new Uint8Array(HASH_BYTES);
	for (const [party, list] of theirs) {
		const own = lists.get(party) ?? none;
		for (const [i, report] of held.entries()) {
			const [a, b] = [own, list].map((hashes) => hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
			const isMissing = report === null || Buffer.compare(b, none) === 0;
			const verdict = isMissing ? VERDICT.missing : Buffer.compare(a, b) === 0 ? VERDICT.added : VERDICT.differs;
			verdicts[i] = Math.max(verdicts[i], verdict);
		}
	}
	return verdicts;
}

/** Gives the hash of a list that all three have alike. Throws: PeerError. */
async function agreeOnList({ index, talk, session, batch }: AdmitParts, ids: Uint8Array): Promise<Uint8Array> {
	const hash = createHash('sha256').update(session.hash).update(`batch ${batch}`).update(ids);
	const listHash = new Uint8Array(hash.digest());
	const other = await talk.findOther(listHash);
	if (other === null) return listHash;
	throw new PeerError('lists-differ', `party ${other} and party ${index} would add other pictures`);
}

import { type ReportVerdict, verdictOf } from '../core/average/retry.js';
import type { SealedShare } from '../core/average/sealed-share.js';
import type { SendResult } from './outbox.js';

/** An answer of a server to its part, as the collector brought it. */
export interface PartAnswer {
	readonly status: number;
	readonly retryAfter: string | null;
	/** What the server says that it opened and holds; undefined without. */
	readonly receipt: string | undefined;
	/** The collector's word for a refusal. */
	readonly error: string | undefined;
}

/** Rejects where the network failed. */
export type PutShare = (id: string, party: number, body: Uint8Array<ArrayBuffer>) => Promise<PartAnswer>;

/**
 * Sends sealed shares to their servers until all three have proven that they hold them; those that have are not sent
 * again while this page is open. Only then a picture counts as sent.
 */
export function createSharesSender(put: PutShare) {
	/** By id: the servers that have proven it. */
	const held = new Map<string, Set<number>>();

	const sendPart = async (id: string, party: number, { sealed, receipt }: SealedShare): Promise<SendResult> => {
		const answer = await put(id, party, sealed);
		const { status, retryAfter } = answer;
		const verdict = verdictOf(status);
		if (verdict === 'counted' || verdict === 'held') {
			// the collector cannot make a receipt: it would have to open the seal
			if (answer.receipt !== receipt) return { status: 502, retryAfter, trouble: 'unproven' };
			heldOf(id).add(party);
		}
		return answer.error === 'party away' ? { status, retryAfter, trouble: 'server' } : { status, retryAfter };
	};
	const heldOf = (id: string): Set<number> => {
		const known = held.get(id) ?? new Set();
		held.set(id, known);
		return known;
	};
	return async (id: string, shares: readonly SealedShare[]): Promise<SendResult> => {
		const missing = [...shares.entries()].filter(([party]) => !heldOf(id).has(party));
		const outcomes = await Promise.allSettled(missing.map(([party, share]) => sendPart(id, party, share)));
		const results = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
		const resultOf = (verdict: ReportVerdict): SendResult | undefined =>
			results.find(({ status }) => verdictOf(status) === verdict);
		const final = resultOf('wrong-token') ?? resultOf('refused');
		if (final !== undefined) return final;
		for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
		const later = resultOf('later');
		if (later !== undefined) return later;
		held.delete(id);
		return resultOf('counted') ?? { status: 200, retryAfter: null };
	};
}

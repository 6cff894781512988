import { PeerError } from '../../errors.js';
import type { Party } from '../party.js';
import { nextParty, PARTIES } from '../party-index.js';
import { keepLowInto, type Ring } from '../ring.js';
import type { Additive, Replicated } from '../shares.js';
import { beginStep } from '../step.js';
import { type StepCost, stepCost, words } from '../step-cost.js';
import { componentHash } from './share-input.js';
import { addZeroShareInto, zeroShareDraws } from './zero-share.js';

/** What one party sends to the client: its first component, and the hash of its second, which the next party sends. */
export interface OpenedShare {
	readonly words: Int32Array;
	/** Missing where components are held once. */
	readonly secondHash?: Uint8Array;
}

/**
 * Opens a replicated value to the client alone: 4 bytes per value and 32 of each party, none between parties.
 * Only for a result that came out of a step with fresh draws (truncation, selection, AND): what a party worked out by
 * itself from older values would tell the client about these.
 */
export function openToClient(party: Party, x: Replicated): OpenedShare {
	const own = x.first.slice();
	keepLowInto(own, party.ring.mask);
	return { words: own, secondHash: componentHash(x.second, party.ring) };
}

/** The draws of `openAdditiveToClient`: a zero share, and no message between parties. */
export function declareOpenAdditive(shape: { readonly count: number }): StepCost {
	return stepCost(zeroShareDraws(words(shape.count)), []);
}

/** Opens an additive value to the client alone as z_i + a_i: 4 bytes per value of each party. */
export function openAdditiveToClient(party: Party, z: Additive): OpenedShare {
	const step = beginStep(party, declareOpenAdditive({ count: z.own.length }));
	const mark = party.arena.mark();
	const masked = party.arena.words(z.own.length);
	addZeroShareInto(party, step, masked, z.own);
	const own = masked.slice();
	party.arena.release(mark);
	keepLowInto(own, party.ring.mask);
	return { words: own };
}

/**
 * The client: the sum of the components, as signed numbers of the ring.
 * Throws: PeerError where a party's hash is not that of the component which the next party sent.
 */
export function combineOpened(shares: readonly [OpenedShare, OpenedShare, OpenedShare], ring: Ring): Int32Array {
	checkOpened(shares, ring, shares[0].words.length);
	const shift = 32 - ring.bits;
	const [a, b, c] = shares.map(({ words: own }) => own);
	return a.map((value, i) => ((value + b[i] + c[i]) << shift) >> shift);
}

/** Throws: PeerError unless each party sent so many words, and its hash is that of what the next party sent. */
export function checkOpened(
	shares: readonly [OpenedShare, OpenedShare, OpenedShare],
	ring: Ring,
	wordCount: number,
): void {
	for (const index of PARTIES) {
		const { words: own, secondHash } = shares[index];
		if (own.length !== wordCount) {
			throw new PeerError('results-differ', `party ${index} sent ${own.length} words of the result, not ${wordCount}`);
		}
		if (secondHash === undefined) continue;
		const next = nextParty(index);
		const hash = componentHash(shares[next].words, ring);
		if (secondHash.length !== hash.length || !secondHash.every((byte, i) => byte === hash[i])) {
			throw new PeerError('results-differ', `the results of party ${index} and party ${next} do not agree`);
		}
	}
}

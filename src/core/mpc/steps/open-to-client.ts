import { PeerError } from '../../errors.js';
import type { Words } from '../../kernels/ring.js';
import type { Party } from '../party.js';
import { nextParty, PARTIES } from '../party-index.js';
import { areOf, keepLowInto, RING_32, type Ring, signedSum } from '../ring.js';
import type { Additive, Replicated } from '../shares.js';
import { beginStep } from '../step.js';
import { type StepCost, stepCost, words } from '../step-cost.js';
import { componentHash } from './share-input.js';
import { addZeroShareInto, zeroShareDraws } from './zero-share.js';

/** What one party sends to the client: its first component, and the hash of its second, which the next party sends. */
export interface OpenedShare {
	readonly words: Words;
	/** Missing where components are held once. */
	readonly secondHash?: Uint8Array;
}

/**
 * Opens a replicated value to the client alone: a word per value and 32 bytes of each party, none between parties.
 * Only for a result that came out of a step with fresh draws (truncation, selection, AND): what a party worked out by
 * itself from older values would tell the client about these.
 */
export function openToClient(party: Party, x: Replicated): OpenedShare {
	const own = x.first.slice();
	keepLowInto(own, party.ring.bits);
	return { words: own, secondHash: componentHash(x.second, party.ring) };
}

/** The draws of `openAdditiveToClient`: a zero share, and no message between parties. */
export function declareOpenAdditive(shape: { readonly count: number }, ring: Ring = RING_32): StepCost {
	return stepCost(zeroShareDraws(words(shape.count, ring)), []);
}

/** Opens an additive value to the client alone as z_i + a_i: a word per value of each party. */
export function openAdditiveToClient(party: Party, z: Additive): OpenedShare {
	const step = beginStep(party, declareOpenAdditive({ count: z.own.length }, party.ring));
	const mark = party.arena.mark();
	const masked = party.arena.words(z.own.length);
	addZeroShareInto(party, step, masked, z.own);
	const own = masked.slice();
	party.arena.release(mark);
	keepLowInto(own, party.ring.bits);
	return { words: own };
}

/**
 * The client: the sum of the components, as signed numbers of the ring.
 * Throws: PeerError where a party's hash is not that of the component which the next party sent.
 */
export function combineOpened(shares: readonly [OpenedShare, OpenedShare, OpenedShare], ring: Ring): Words {
	checkOpened(shares, ring, shares[0].words.length);
	const [a, b, c] = shares.map(({ words: own }) => own);
	return signedSum(a, b, c, ring);
}

/** Throws: PeerError unless each party sent so many words of the ring, and its hash is that of what the next party sent. */
export function checkOpened(
	shares: readonly [OpenedShare, OpenedShare, OpenedShare],
	ring: Ring,
	wordCount: number,
): void {
	for (const index of PARTIES) {
		const { words: own, secondHash } = shares[index];
		if (own.length !== wordCount || !areOf(ring, own)) {
			const sent = `${own.length} words of ${8 * own.BYTES_PER_ELEMENT} bits`;
			throw new PeerError(
				'results-differ',
				`party ${index} sent ${sent} of the result, not ${wordCount} of ${ring.wordBits}`,
			);
		}
		if (secondHash === undefined) continue;
		const next = nextParty(index);
		const hash = componentHash(shares[next].words, ring);
		if (secondHash.length !== hash.length || !secondHash.every((byte, i) => byte === hash[i])) {
			throw new PeerError('results-differ', `the results of party ${index} and party ${next} do not agree`);
		}
	}
}

import type { Party } from '../party.js';
import { nextParty, PARTIES, previousParty } from '../party-index.js';
import { copyInto, RING_32, type Ring } from '../ring.js';
import type { Additive, Replicated } from '../shares.js';
import { beginStep } from '../step.js';
import { type StepCost, stepCost, words } from '../step-cost.js';
import { addZeroShareInto, zeroShareDraws, zeroShareMask } from './zero-share.js';

/** Additive -> replicated. 1 round; each party sends a word per value to the previous one, z_i + a_i. */
export function declareReshare(shape: { readonly count: number }, ring: Ring = RING_32): StepCost {
	const form = words(shape.count, ring);
	return stepCost(
		zeroShareDraws(form),
		PARTIES.map((from) => ({
			name: `z${from}`,
			from,
			to: previousParty(from),
			depth: 1,
			fields: [{ name: 'z', form, mask: zeroShareMask(from) }],
		})),
	);
}

/**
 * Source: Araki et al. 2016, High-throughput semi-honest secure three-party computation with an honest majority,
 * section 2.
 */
export async function runReshare(party: Party, z: Additive): Promise<Replicated> {
	const { arena, index } = party;
	const first = arena.words(z.own.length);
	const second = arena.words(z.own.length);
	const step = beginStep(party, declareReshare({ count: z.own.length }, party.ring));
	const mark = arena.mark();
	addZeroShareInto(party, step, first, z.own);
	step.send(`z${index}`, (message) => copyInto(message.words('z'), first));
	const received = await step.receive(`z${nextParty(index)}`);
	copyInto(second, received.words('z'));
	arena.release(mark);
	return { first, second };
}

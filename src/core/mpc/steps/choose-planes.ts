import { planeBytes } from '../../kernels/ring.js';
import type { Party } from '../party.js';
import { nextParty, PARTIES, previousParty } from '../party-index.js';
import type { ReplicatedBits } from '../shares.js';
import { beginStep, planeOf } from '../step.js';
import { planes, type StepCost, stepCost } from '../step-cost.js';
import { drawZeroPlanes, zeroShareDraws, zeroShareMask } from './zero-share.js';

export interface ChoosePlanesShape {
	/** Bits of each plane. */
	readonly count: number;
	readonly planeCount: number;
}

/** One AND per plane: each party sends its masked part to the previous one, 1 bit per plane and value; 1 round. */
export function declareChoosePlanes({ count, planeCount }: ChoosePlanesShape): StepCost {
	const form = planes(count, planeCount);
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
 * For each value: left stays where the bit is 0 and becomes right where it is 1, left ^ bit (left ^ right), in the first
 * `count` bits of each left plane, whole vectors of which may be changed in place. Padding bits of `bit` are zero.
 * Source: Araki et al. 2016, section 2.
 */
export async function runChoosePlanesInto(
	party: Party,
	left: readonly ReplicatedBits[],
	right: readonly ReplicatedBits[],
	bit: ReplicatedBits,
	count: number,
): Promise<void> {
	if (left.length === 0) return;
	const { arena, index, kernels } = party;
	const step = beginStep(party, declareChoosePlanes({ count, planeCount: left.length }));
	const mark = arena.mark();
	const length = planeBytes(count);
	const own = drawZeroPlanes(party, step, 'zero');
	const difference = { first: arena.bytes(length), second: arena.bytes(length) };
	for (const [i, plane] of left.entries()) {
		kernels.bits.xorInto(difference.first, plane.first.subarray(0, length), right[i].first);
		kernels.bits.xorInto(difference.second, plane.second.subarray(0, length), right[i].second);
		const part = planeOf(own, count, i);
		kernels.bits.andInto(part, bit, difference, part);
	}
	step.send(`z${index}`, (message) => message.planes('z').set(own));
	const received = (await step.receive(`z${nextParty(index)}`)).planes('z');
	for (const [i, { first, second }] of left.entries()) {
		kernels.bits.xorInto(first.subarray(0, length), first.subarray(0, length), planeOf(own, count, i));
		kernels.bits.xorInto(second.subarray(0, length), second.subarray(0, length), planeOf(received, count, i));
	}
	arena.release(mark);
}

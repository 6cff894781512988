import { planeBytes } from '../../kernels/ring.js';
import type { Party } from '../party.js';
import { RING_32, type Ring } from '../ring.js';
import type { Replicated, ReplicatedBits } from '../shares.js';
import type { StepCost } from '../step-cost.js';
import type { TemplateSource } from '../template-source.js';
import { declareDistances, runDistances } from './distances.js';
import { piecesOf } from './pieces.js';
import { declareSign, runSign, type SignWindow } from './sign.js';

export interface MatchShape {
	readonly count: number;
	/** Of a distance less the threshold. */
	readonly sign: SignWindow;
}

/**
 * Distance, then its sign, piece by piece. Window of 25 bits: 1 + 5 rounds; 96 + 134 bits per template in all, 9.6 bytes
 * per party, in 32 bits.
 */
export function declareMatchBits({ count, sign }: MatchShape, ring: Ring = RING_32): StepCost[] {
	return piecesOf(count).flatMap((piece) => [
		declareDistances({ count: piece.count }, ring),
		declareSign({ count: piece.count, window: sign }),
	]);
}

/** Bit i is 1 where the squared distance to template i is below the threshold. Error: as `runSign` within the window. */
export async function runMatchBits(
	party: Party,
	a: Replicated,
	templates: TemplateSource,
	options: { readonly threshold: number; readonly sign: SignWindow },
): Promise<ReplicatedBits> {
	const { arena } = party;
	const byteLength = planeBytes(templates.count);
	const bits = { first: arena.bytes(byteLength), second: arena.bytes(byteLength) };
	for (const { from, count } of piecesOf(templates.count)) {
		const mark = arena.mark();
		const excess = await runDistances(party, a, templates, { from, count, minus: options.threshold });
		const part = await runSign(party, excess, options.sign);
		bits.first.set(part.first, from / 8);
		bits.second.set(part.second, from / 8);
		arena.release(mark);
	}
	return bits;
}

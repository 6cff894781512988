import type { Party } from '../party.js';
import { copyInto, RING_32, type Ring } from '../ring.js';
import type { Replicated, ReplicatedBits } from '../shares.js';
import type { StepCost } from '../step-cost.js';
import type { TemplateSource } from '../template-source.js';
import { declareChoosePlanes, runChoosePlanesInto } from './choose-planes.js';
import { declareDistances, runDistances } from './distances.js';
import type { MatchShape } from './match-bits.js';
import { declareNearest, pathLength, placeOfPath, runNearest } from './nearest.js';
import { piecesOf } from './pieces.js';
import { declareSign, runSign, type SignWindow } from './sign.js';

/** Distances, the tournament, the sign of the smallest, and one AND that hides the place of one that is too far. */
export function declareBestMatch({ count, sign }: MatchShape, ring: Ring = RING_32): StepCost[] {
	const planeCount = pathLength(count);
	return [
		...piecesOf(count).map((piece) => declareDistances({ count: piece.count }, ring)),
		...declareNearest({ count, sign }, ring),
		declareSign({ count: 1, window: sign }),
		...(planeCount === 0 ? [] : [declareChoosePlanes({ count: 1, planeCount })]),
	];
}

/**
 * Bits for `openBitsToClient` and `readBestMatch`: whether the nearest template is nearer than the threshold, then the way
 * to it, zeros when it is not: who asks with a face that is not enrolled does not learn whom it resembles.
 * Range: one template or more. Error: as `runSign` and `runNearest` within the window.
 */
export async function runBestMatch(
	party: Party,
	a: Replicated,
	templates: TemplateSource,
	options: { readonly threshold: number; readonly sign: SignWindow },
): Promise<ReplicatedBits[]> {
	const { arena } = party;
	const excess = { first: arena.words(templates.count), second: arena.words(templates.count) };
	for (const { from, count } of piecesOf(templates.count)) {
		const mark = arena.mark();
		const part = await runDistances(party, a, templates, { from, count, minus: options.threshold });
		copyInto(excess.first.subarray(from, from + count), part.first);
		copyInto(excess.second.subarray(from, from + count), part.second);
		arena.release(mark);
	}
	const { value, path } = await runNearest(party, excess, options.sign);
	const isNear = await runSign(party, value, options.sign);
	const shown = path.map(() => ({ first: arena.bytes(16).fill(0), second: arena.bytes(16).fill(0) }));
	const way = path.map(({ first, second }) => ({ first: first.subarray(0, 16), second: second.subarray(0, 16) }));
	await runChoosePlanesInto(party, shown, way, isNear, 1);
	return [isNear, ...shown];
}

/** The place of the nearest of `count` templates, or undefined where it is too far. */
export function readBestMatch(count: number, [isNear, ...path]: readonly number[]): number | undefined {
	return isNear === 1 ? placeOfPath(count, path) : undefined;
}

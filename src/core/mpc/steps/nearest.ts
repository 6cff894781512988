import { planeBytes } from '../../kernels/ring.js';
import type { Party } from '../party.js';
import { RING_32, type Ring } from '../ring.js';
import type { Replicated, ReplicatedBits } from '../shares.js';
import type { StepCost } from '../step-cost.js';
import { declareChoosePlanes, runChoosePlanesInto } from './choose-planes.js';
import { upperLanesInto } from './lanes.js';
import { piecesOf } from './pieces.js';
import { declareSelect, runSelect } from './select.js';
import { declareSign, runSign, type SignWindow } from './sign.js';

export interface NearestShape {
	readonly count: number;
	/** Of the differences of two values. */
	readonly sign: SignWindow;
}

/** The smallest value, and the way to its place: for each level whether it lay in the upper part, the first level first. */
export interface Nearest {
	readonly value: Replicated;
	readonly path: readonly ReplicatedBits[];
}

/** One level of the tournament: value i meets value `lower` + i, for i < `upper`; the others pass. */
interface Level {
	readonly lower: number;
	readonly upper: number;
}

/** Halves; of more than a vector of bits in whole vectors, so that the halves of a plane are parts of it. */
function levelsOf(count: number): Level[] {
	const levels: Level[] = [];
	for (let values = count; values > 1; ) {
		const lower = values > 128 ? 128 * Math.ceil(values / 256) : 2 ** (Math.ceil(Math.log2(values)) - 1);
		levels.push({ lower, upper: values - lower });
		values = lower;
	}
	return levels;
}

/**
 * A tournament: at each level signs and selections, piece by piece, and one choice of the bits of the way so far. At most
 * ceil(log2(count / 128)) + 7 levels of, with a window of 25 bits, 5 + 2 + 1 rounds; about count meetings of
 * 134 + 129 bits in all, 11 bytes per party, and a bit or two for the way.
 */
export function declareNearest({ count, sign }: NearestShape, ring: Ring = RING_32): StepCost[] {
	return levelsOf(count).flatMap(({ upper }, level) => [
		...piecesOf(upper).flatMap((piece) => [
			declareSign({ count: piece.count, window: sign }),
			declareSelect({ count: piece.count, f: 0 }, ring),
		]),
		...(level === 0 ? [] : [declareChoosePlanes({ count: upper, planeCount: level })]),
	]);
}

/**
 * The smallest of the values, which it overwrites. Of equal ones, that whose way has a 0 at the last level where their
 * ways differ.
 * Error: none for differences within the window; one from s > 0 may miss the smallest by up to 2^s - 2.
 */
export async function runNearest(party: Party, values: Replicated, sign: SignWindow): Promise<Nearest> {
	const { arena, kernels } = party;
	const path: ReplicatedBits[] = [];
	for (const { lower, upper } of levelsOf(values.first.length)) {
		const byteLength = planeBytes(lower);
		const isUpper = { first: arena.bytes(byteLength).fill(0), second: arena.bytes(byteLength).fill(0) };
		for (const { from, count } of piecesOf(upper)) {
			const mark = arena.mark();
			const part = (start: number): Replicated => ({
				first: values.first.subarray(start + from, start + from + count),
				second: values.second.subarray(start + from, start + from + count),
			});
			const [low, high] = [part(0), part(lower)];
			const excess = { first: arena.words(count), second: arena.words(count) };
			kernels.ring.subtractInto(excess.first, high.first, low.first);
			kernels.ring.subtractInto(excess.second, high.second, low.second);
			const bit = await runSign(party, excess, sign);
			isUpper.first.set(bit.first, from / 8);
			isUpper.second.set(bit.second, from / 8);
			const change = await runSelect(party, excess, bit, { f: 0 });
			kernels.ring.addInto(low.first, low.first, change.first);
			kernels.ring.addInto(low.second, low.second, change.second);
			arena.release(mark);
		}
		await choosePath(party, path, isUpper, { lower, upper });
		path.push(isUpper);
	}
	return { value: { first: values.first.subarray(0, 1), second: values.second.subarray(0, 1) }, path };
}

/** Of each meeting, the way of the value that won moves to the lower place; what lay above is cleared. */
async function choosePath(
	party: Party,
	path: readonly ReplicatedBits[],
	isUpper: ReplicatedBits,
	{ lower, upper }: Level,
): Promise<void> {
	const { arena, kernels } = party;
	const mark = arena.mark();
	const byteLength = planeBytes(upper);
	const right = path.map(({ first, second }) => {
		const above = { first: arena.bytes(byteLength), second: arena.bytes(byteLength) };
		upperLanesInto(above.first, first, lower);
		upperLanesInto(above.second, second, lower);
		return above;
	});
	const bit = { first: isUpper.first.subarray(0, byteLength), second: isUpper.second.subarray(0, byteLength) };
	await runChoosePlanesInto(party, path, right, bit, upper);
	for (const { first, second } of path) {
		kernels.bits.clearPaddingInto(first.subarray(0, planeBytes(lower)), lower);
		kernels.bits.clearPaddingInto(second.subarray(0, planeBytes(lower)), lower);
	}
	arena.release(mark);
}

/** The place that a way leads to, among `count` values. Range: bits 0 or 1, one per level. */
export function placeOfPath(count: number, bits: ArrayLike<number>): number {
	return levelsOf(count).reduce((place, { lower }, level) => place + bits[level] * lower, 0);
}

/** Levels of a tournament. */
export function pathLength(count: number): number {
	return levelsOf(count).length;
}

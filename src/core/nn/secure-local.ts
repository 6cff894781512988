import type { Words } from '../kernels/ring.js';
import type { Party } from '../mpc/party.js';
import { addNumberInto } from '../mpc/ring.js';
import type { Replicated } from '../mpc/shares.js';
import { type FixedPoint, fixedFill, naturalBits } from './fixed-point.js';
import type { AddNode, GatherNode } from './graph.js';
import { tensorNamed } from './shapes.js';

/** Sum or difference, before a truncation: the coarser of both is shifted left. No message. */
export function addShares(
	party: Party,
	fixedPoint: FixedPoint,
	node: AddNode,
	[a, b]: readonly Replicated[],
): Replicated {
	const bitsOf = (name: string): number => tensorNamed(fixedPoint.fractionalBits, name);
	const [left, right] = [bitsOf(node.left), bitsOf(node.right)];
	const { arena, kernels } = party;
	const component = (of: 'first' | 'second'): Words => {
		const sum = arena.words(a[of].length);
		const mark = arena.mark();
		const shifted = arena.words(a[of].length);
		kernels.ring.scaleInto(shifted, a[of], 2 ** Math.max(0, right - left));
		kernels.ring.scaleInto(sum, b[of], 2 ** Math.max(0, left - right));
		if (node.minus) kernels.ring.subtractInto(sum, shifted, sum);
		else kernels.ring.addInto(sum, sum, shifted);
		arena.release(mark);
		return sum;
	};
	return { first: component('first'), second: component('second') };
}

/**
 * Moves shares as `gatherValues` moves values; what is filled in is public, so component 0 of it alone. No message.
 * Without indices the result is the input itself.
 */
export function gatherShares(
	party: Party,
	fixedPoint: FixedPoint,
	node: GatherNode,
	inputs: readonly Replicated[],
): Replicated {
	const { indices } = node;
	if (indices === undefined) return inputs[0];
	const bits = naturalBits(node, fixedPoint);
	const fill = fixedFill(node, fixedPoint);
	const { arena, kernels } = party;
	const component = (of: 'first' | 'second', holdsPublic: boolean): Words => {
		const moved = arena.zeroWords(indices.length);
		const mark = arena.mark();
		if (holdsPublic && fill !== 0) addNumberInto(moved, fill);
		let start = 0;
		for (const [i, input] of inputs.entries()) {
			const shift = bits - tensorNamed(fixedPoint.fractionalBits, node.inputs[i]);
			let values = input[of];
			if (shift > 0) {
				values = arena.words(input[of].length);
				kernels.ring.scaleInto(values, input[of], 2 ** shift);
			}
			moveInto(moved, values, indices, start);
			start += values.length;
		}
		arena.release(mark);
		return moved;
	};
	return { first: component('first', party.index === 0), second: component('second', party.index === 2) };
}

/** Writes those of the moved values that come from an input whose places begin at `start`. */
function moveInto(moved: Words, values: Words, indices: Int32Array, start: number): void {
	const end = start + values.length;
	for (let at = 0; at < indices.length; at++) {
		const index = indices[at];
		if (index >= start && index < end) moved[at] = values[index - start];
	}
}

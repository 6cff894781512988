import type { Words } from '../../kernels/ring.js';
import type { Party } from '../party.js';
import { copyInto, RING_32, type Ring } from '../ring.js';
import type { Additive, Replicated } from '../shares.js';
import { beginStep, type Step } from '../step.js';
import { type DrawPlan, type StepCost, stepCost, words } from '../step-cost.js';
import { addHalf, drawHalves, halfField, halvesDraws, maskHalf } from './halves.js';
import {
	dealTruncation,
	dealtField,
	firstBit,
	firstBitField,
	secondBit,
	secondBitField,
	truncateFirstInto,
	truncateSecondInto,
	truncationDraws,
} from './truncation-parts.js';
import { addZeroShareInto, zeroShareDraws, zeroShareMask } from './zero-share.js';

export interface TruncateShape {
	readonly count: number;
	/** Bits to drop, 1..k - 2. */
	readonly f: number;
	readonly from: 'replicated' | 'additive';
	/**
	 * Moves a fresh draw from one half to the other first, for a replicated value whose last component need not be
	 * uniform, such as a product with even weights: without it the rounding would be biased.
	 */
	readonly refresh?: boolean;
}

/**
 * Replicated -> replicated, or additive -> replicated, quotient by 2^f. P2 sends s1, f bits; P0 and P1 send a bit and a
 * word each: 2 k + f + 2 bits per value in all, k more from an additive value (z2 + a2).
 * Depth: bits, halves: 2 rounds. From an additive value P1 waits for P2, then sends its bit with its half, and P0 its
 * half after that: 3 rounds.
 */
export function declareTruncate(shape: TruncateShape, ring: Ring = RING_32): StepCost {
	const { count, f } = shape;
	const additive = shape.from === 'additive';
	const refresh: DrawPlan[] =
		shape.refresh === true ? [{ label: 'refresh', pair: '01', form: words(count, ring) }] : [];
	const own = additive ? [{ name: 'z', form: words(count, ring), mask: zeroShareMask(2) }] : [];
	const d = secondBitField(count);
	return stepCost(
		[
			...truncationDraws(count, f, ring),
			...halvesDraws(count, ring),
			...(additive ? zeroShareDraws(words(count, ring)) : refresh),
		],
		[
			{ name: 'dealt', from: 2, to: 1, depth: 1, fields: [dealtField(count, f), ...own] },
			{ name: 'e', from: 0, to: 1, depth: 1, fields: [firstBitField(count)] },
			{ name: 'd', from: 1, to: 0, depth: 1, fields: additive ? [] : [d] },
			{ name: 'o1', from: 1, to: 0, depth: 2, fields: [...(additive ? [d] : []), halfField(1, count, ring)] },
			{ name: 'o0', from: 0, to: 1, depth: additive ? 3 : 2, fields: [halfField(0, count, ring)] },
		],
	);
}

/**
 * Error: floor(y / 2^f) or one more, y / 2^f on average, for |y| < 2^(k-2); silently wrong beyond.
 * Source: derived in `truncation-parts.ts`.
 */
export async function runTruncate(
	party: Party,
	z: Replicated,
	options: { readonly f: number; readonly refresh?: boolean },
): Promise<Replicated> {
	const count = z.first.length;
	const shape = { count, from: 'replicated', ...options } as const;
	const step = beginStep(party, declareTruncate(shape, party.ring));
	const result = drawHalves(party, step, count);
	const mark = party.arena.mark();
	if (party.index === 0) {
		const y0 = party.arena.words(count);
		party.kernels.ring.addInto(y0, z.first, z.second);
		if (shape.refresh === true) party.kernels.ring.addInto(y0, y0, step.drawWords('refresh'));
		await finishFirst(party, step, y0, result, shape);
	} else if (party.index === 1) {
		const y1 = party.arena.words(count);
		copyInto(y1, z.second);
		if (shape.refresh === true) party.kernels.ring.subtractInto(y1, y1, step.drawWords('refresh'));
		const d = secondBit(party, step, y1);
		step.send('d', (message) => message.planes('d').set(d));
		const { s1 } = await receiveDealt(step);
		await finishSecond(party, step, { y1, d, s1 }, result, shape);
	} else {
		step.send('dealt', (message) => dealTruncation(party, step, message, shape));
	}
	party.arena.release(mark);
	return result;
}

/** The same from an additive value, whose zero share is never left out. */
export async function runTruncateAdditive(
	party: Party,
	z: Additive,
	options: { readonly f: number },
): Promise<Replicated> {
	const { arena, kernels } = party;
	const count = z.own.length;
	const shape = { count, from: 'additive', ...options } as const;
	const step = beginStep(party, declareTruncate(shape, party.ring));
	const result = drawHalves(party, step, count);
	const mark = arena.mark();
	const half = arena.words(count);
	addZeroShareInto(party, step, half, z.own);
	if (party.index === 0) {
		await finishFirst(party, step, half, result, shape);
	} else if (party.index === 1) {
		const { s1, message } = await receiveDealt(step);
		kernels.ring.addInto(half, half, message.words('z'));
		const d = secondBit(party, step, half);
		await finishSecond(party, step, { y1: half, d, s1 }, result, shape);
	} else {
		step.send('dealt', (message) => {
			dealTruncation(party, step, message, shape);
			copyInto(message.words('z'), half);
		});
	}
	arena.release(mark);
	return result;
}

async function receiveDealt(step: Step) {
	const message = await step.receive('dealt');
	return { message, s1: message.planes('s1') };
}

async function finishFirst(party: Party, step: Step, y0: Words, result: Replicated, shape: TruncateShape) {
	const { e, phi } = firstBit(party, step, y0);
	step.send('e', (message) => message.planes('e').set(e));
	// from an additive value P1 sends its bit and its half together: it had to wait for P2 with both
	const withBit = await step.receive(shape.from === 'additive' ? 'o1' : 'd');
	truncateFirstInto(party, step, y0, { e, phi, d: withBit.planes('d') }, shape.f);
	const own = maskHalf(party, result, y0);
	step.send('o0', (message) => copyInto(message.words('half'), own));
	const withHalf = shape.from === 'additive' ? withBit : await step.receive('o1');
	addHalf(party, result, withHalf.words('half'));
}

async function finishSecond(
	party: Party,
	step: Step,
	own: { readonly y1: Words; readonly d: Uint8Array; readonly s1: Uint8Array },
	result: Replicated,
	shape: TruncateShape,
) {
	const { y1, d, s1 } = own;
	const e = (await step.receive('e')).planes('e');
	truncateSecondInto(party, y1, { e, d, s1 }, shape.f);
	const masked = maskHalf(party, result, y1);
	step.send('o1', (message) => {
		if (shape.from === 'additive') message.planes('d').set(d);
		copyInto(message.words('half'), masked);
	});
	addHalf(party, result, (await step.receive('o0')).words('half'));
}

import type { Words } from '../../kernels/ring.js';
import type { Party } from '../party.js';
import { liftInto, lowerInto, type Ring } from '../ring.js';
import type { Message, Step } from '../step.js';
import { type DrawPlan, type FieldPlan, planes, words } from '../step-cost.js';

/**
 * Parts of a truncation by f bits of y = y0 at P0 + y1 at P1, |y| < 2^(k-2). With c = y0 + 2^(k-2) and r = -y1, both
 * halves can be shifted by themselves but for one wrap, u m with u = 1 - msb(c) of P0 and m = msb(r) of P1. The bits
 * are multiplied by a product of random bits that P2 deals: phi = F_02, psi = F_12, and s0 + s1 = phi psi mod 2^f.
 */
export function truncationDraws(count: number, f: number, ring: Ring): DrawPlan[] {
	return [
		{ label: 'phi', pair: '02', form: planes(count) },
		{ label: 'psi', pair: '12', form: planes(count) },
		{ label: 's0', pair: '02', form: words(count, ring), bits: f },
	];
}

/** P2 -> P1: f bits per value, which P2 knows from the start. */
export function dealtField(count: number, f: number): FieldPlan {
	return { name: 's1', form: planes(count, f), mask: 's0' };
}

/** P0 -> P1: u ^ phi. */
export function firstBitField(count: number): FieldPlan {
	return { name: 'e', form: planes(count), mask: 'phi' };
}

/** P1 -> P0: m ^ psi. */
export function secondBitField(count: number): FieldPlan {
	return { name: 'd', form: planes(count), mask: 'psi' };
}

/** P2: s1 = phi psi - s0, as f planes. */
export function dealTruncation(party: Party, step: Step, message: Message, shape: { count: number; f: number }): void {
	const { arena, kernels } = party;
	const mark = arena.mark();
	const product = step.drawPlanes('phi');
	const zero = arena.zeroBytes(product.length);
	kernels.bits.andXorInto(product, product, step.drawPlanes('psi'), zero);
	const s1 = arena.words(shape.count);
	kernels.ring.bitMinusInto(s1, product, step.drawWords('s0'));
	kernels.bits.sliceInto(message.planes('s1'), s1, 0, shape.f);
	arena.release(mark);
}

/** P0: moves its half to the top of the words, and gives e and phi. */
export function firstBit(party: Party, step: Step, y0: Words): { e: Uint8Array; phi: Uint8Array } {
	liftInto(y0, party.ring);
	const phi = step.drawPlanes('phi');
	const e = party.arena.bytes(phi.length);
	party.kernels.ring.truncateFirstBitInto(e, y0);
	party.kernels.bits.xorInto(e, e, phi);
	return { e, phi };
}

/** P1: moves its half to the top of the words, and gives d. */
export function secondBit(party: Party, step: Step, y1: Words): Uint8Array {
	liftInto(y1, party.ring);
	const psi = step.drawPlanes('psi');
	const d = party.arena.bytes(psi.length);
	party.kernels.ring.truncateSecondBitInto(d, y1);
	party.kernels.bits.xorInto(d, d, psi);
	return d;
}

/** P0: its half of the quotient, in place. */
export function truncateFirstInto(
	party: Party,
	step: Step,
	y0: Words,
	bits: { readonly e: Uint8Array; readonly phi: Uint8Array; readonly d: Uint8Array },
	f: number,
): void {
	const { e, phi, d } = bits;
	party.kernels.ring.truncateFirstInto(y0, y0, f, { first: e, second: d, phi }, step.drawWords('s0'));
	lowerInto(y0, party.ring, 'down');
}

/** P1: its half of the quotient, in place. The quotient of -y1 is rounded down before its sign changes. */
export function truncateSecondInto(
	party: Party,
	y1: Words,
	bits: { readonly e: Uint8Array; readonly d: Uint8Array; readonly s1: Uint8Array },
	f: number,
): void {
	const mark = party.arena.mark();
	const s1 = party.arena.words(y1.length);
	party.kernels.bits.unsliceInto(s1, bits.s1, f);
	party.kernels.ring.truncateSecondInto(y1, y1, f, { first: bits.e, second: bits.d }, s1);
	lowerInto(y1, party.ring, 'up');
	party.arena.release(mark);
}

import { planeBytes } from '../kernels/ring.js';
import type { Pair, PartyIndex } from './party-index.js';
import type { Ring } from './ring.js';

/** What lies in a draw or in a field of a message: bit planes of `count` values, or one word of the ring for each. */
export type Form =
	| { readonly kind: 'planes'; readonly count: number; readonly planes: number }
	| { readonly kind: 'words'; readonly count: number; readonly wordBytes: number };

/** One draw of a pair's keystream. Words keep their lowest `bits` bits, or those of the ring. */
export interface DrawPlan {
	readonly label: string;
	readonly pair: Pair;
	readonly form: Form;
	readonly bits?: number;
}

/**
 * One field of a message. `mask` names the draw that hides it from the receiver: the field is something that does not
 * depend on this draw, plus or minus (words) or XOR (planes) the draw. Without one, the receiver holds the same already.
 */
export interface FieldPlan {
	readonly name: string;
	readonly form: Form;
	readonly mask?: string;
}

/** One message; its depth counts from 1 at the start of the step. */
export interface MessagePlan {
	readonly name: string;
	readonly from: PartyIndex;
	readonly to: PartyIndex;
	readonly depth: number;
	readonly fields: readonly FieldPlan[];
}

/** What a step draws and sends, known before it runs; nothing in it depends on a value. */
export interface StepCost {
	readonly draws: readonly DrawPlan[];
	readonly messages: readonly MessagePlan[];
	/** Depth of the deepest message. */
	readonly rounds: number;
	readonly bytesByParty: readonly [number, number, number];
}

export function words(count: number, ring: Ring): Form {
	return { kind: 'words', count, wordBytes: ring.wordBits / 8 };
}

export function planes(count: number, planeCount = 1): Form {
	return { kind: 'planes', count, planes: planeCount };
}

/** Bytes of a draw or field: whole vectors of 16, padded with zeros. */
export function formBytes(form: Form): number {
	return form.kind === 'planes'
		? form.planes * planeBytes(form.count)
		: Math.ceil((form.count * form.wordBytes) / 16) * 16;
}

export function messageBytes(message: MessagePlan): number {
	return message.fields.reduce((sum, field) => sum + formBytes(field.form), 0);
}

/** The sums over the messages of a step; a field of no plane and a message of no field are left out. */
export function stepCost(draws: readonly DrawPlan[], planned: readonly MessagePlan[]): StepCost {
	const messages = planned
		.map((message) => ({ ...message, fields: message.fields.filter(({ form }) => formBytes(form) > 0) }))
		.filter(({ fields }) => fields.length > 0);
	const bytesByParty: [number, number, number] = [0, 0, 0];
	for (const message of messages) bytesByParty[message.from] += messageBytes(message);
	return {
		draws: draws.filter(({ form }) => formBytes(form) > 0),
		messages,
		rounds: messages.reduce((deepest, { depth }) => Math.max(deepest, depth), 0),
		bytesByParty,
	};
}

/** Steps one after the other: rounds and bytes add up. Parties overlap them, so fewer rounds may be counted. */
export function inSequence(costs: readonly StepCost[]): { rounds: number; bytesByParty: [number, number, number] } {
	const bytesByParty: [number, number, number] = [0, 0, 0];
	let rounds = 0;
	for (const cost of costs) {
		rounds += cost.rounds;
		for (const [party, bytes] of cost.bytesByParty.entries()) bytesByParty[party] += bytes;
	}
	return { rounds, bytesByParty };
}

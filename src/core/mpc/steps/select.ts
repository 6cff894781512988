import { planeBytes } from '../../kernels/ring.js';
import type { Party } from '../party.js';
import { copyInto, RING_32, type Ring } from '../ring.js';
import type { Replicated, ReplicatedBits } from '../shares.js';
import { beginStep, type Message, type Step } from '../step.js';
import { planes, type StepCost, stepCost, words } from '../step-cost.js';
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

export interface SelectShape {
	readonly count: number;
	/** Bits to drop of what was selected; 0 keeps all. */
	readonly f: number;
}

/**
 * b x for a replicated value and a replicated bit, and its quotient by 2^f, replicated.
 * P2 alone knows rho = b2 ^ F_02, P0 and P1 come to know c = b0 ^ b1 ^ F_02, and b = c ^ rho, so
 * b x = c x + (1 - 2c)(rho x1 + rho (x2 + x0)): P2 deals halves of rho and of rho (x2 + x0), and the halves of b x at P0
 * and P1 go straight into the truncation.
 * Bits: 1 + 2 k dealt, 2 k for the halves; truncation adds f dealt and 2.
 * Depth: dealt, o1, o0 after P1's bit: 3 rounds; without truncation P0's half is ready at once: 2 rounds.
 */
export function declareSelect(shape: SelectShape, ring: Ring = RING_32): StepCost {
	const { count, f } = shape;
	const truncated = f > 0;
	return stepCost(
		[
			{ label: 'flip', pair: '02', form: planes(count) },
			{ label: 'rho0', pair: '02', form: words(count, ring) },
			{ label: 'g0', pair: '02', form: words(count, ring) },
			...(truncated ? truncationDraws(count, f, ring) : []),
			...halvesDraws(count, ring),
		],
		[
			{
				name: 'dealt',
				from: 2,
				to: 1,
				depth: 1,
				fields: [
					{ name: 'b0', form: planes(count), mask: 'flip' },
					...(truncated ? [dealtField(count, f)] : []),
					{ name: 'rho1', form: words(count, ring), mask: 'rho0' },
					{ name: 'g1', form: words(count, ring), mask: 'g0' },
				],
			},
			{ name: 'e', from: 0, to: 1, depth: 1, fields: truncated ? [firstBitField(count)] : [] },
			{
				name: 'o1',
				from: 1,
				to: 0,
				depth: 2,
				fields: [...(truncated ? [secondBitField(count)] : []), halfField(1, count, ring)],
			},
			{ name: 'o0', from: 0, to: 1, depth: truncated ? 3 : 1, fields: [halfField(0, count, ring)] },
		],
	);
}

/** Error: none for f = 0, otherwise as `runTruncate` for |b x| < 2^(k-2). */
export async function runSelect(
	party: Party,
	x: Replicated,
	b: ReplicatedBits,
	options: { readonly f: number },
): Promise<Replicated> {
	const shape = { count: x.first.length, f: options.f };
	const step = beginStep(party, declareSelect(shape, party.ring));
	const result = drawHalves(party, step, shape.count);
	const mark = party.arena.mark();
	if (party.index === 0) await selectAtFirst(party, step, { x, b, result }, shape);
	else if (party.index === 1) await selectAtSecond(party, step, { x, b, result }, shape);
	else step.send('dealt', (message) => deal(party, step, { x, b, message }, shape));
	party.arena.release(mark);
	return result;
}

interface Terms {
	readonly x: Replicated;
	readonly b: ReplicatedBits;
	readonly result: Replicated;
}

async function selectAtFirst(
	party: Party,
	step: Step,
	{ x, b, result }: Terms,
	{ count, f }: SelectShape,
): Promise<void> {
	const { arena, kernels } = party;
	const c = step.drawPlanes('flip');
	kernels.bits.xorInto(c, c, b.first);
	kernels.bits.xorInto(c, c, b.second);
	const y0 = arena.words(count);
	kernels.ring.addInto(y0, x.first, x.second);
	const [rho, g] = [step.drawWords('rho0'), step.drawWords('g0')];
	kernels.ring.selectInto(y0, c, { half: y0, rho, y: x.second, g });
	const sendHalf = () => {
		const own = maskHalf(party, result, y0);
		step.send('o0', (message) => copyInto(message.words('half'), own));
	};
	if (f === 0) {
		sendHalf();
		addHalf(party, result, (await step.receive('o1')).words('half'));
		return;
	}
	const { e, phi } = firstBit(party, step, y0);
	step.send('e', (message) => message.planes('e').set(e));
	const late = await step.receive('o1');
	truncateFirstInto(party, step, y0, { e, phi, d: late.planes('d') }, f);
	sendHalf();
	addHalf(party, result, late.words('half'));
}

async function selectAtSecond(
	party: Party,
	step: Step,
	{ x, b, result }: Terms,
	{ count, f }: SelectShape,
): Promise<void> {
	const { arena, kernels } = party;
	const dealt = await step.receive('dealt');
	const c = arena.bytes(planeBytes(count));
	kernels.bits.xorInto(c, dealt.planes('b0'), b.first);
	const y1 = arena.words(count);
	kernels.ring.selectInto(y1, c, { half: x.second, rho: dealt.words('rho1'), y: x.first, g: dealt.words('g1') });
	let d: Uint8Array | undefined;
	if (f > 0) {
		d = secondBit(party, step, y1);
		const e = (await step.receive('e')).planes('e');
		truncateSecondInto(party, y1, { e, d, s1: dealt.planes('s1') }, f);
	}
	const own = maskHalf(party, result, y1);
	step.send('o1', (message) => {
		if (d !== undefined) message.planes('d').set(d);
		copyInto(message.words('half'), own);
	});
	addHalf(party, result, (await step.receive('o0')).words('half'));
}

function deal(
	party: Party,
	step: Step,
	{ x, b, message }: { readonly x: Replicated; readonly b: ReplicatedBits; readonly message: Message },
	{ count, f }: SelectShape,
): void {
	const { arena, kernels } = party;
	const mark = arena.mark();
	const flip = step.drawPlanes('flip');
	kernels.bits.xorInto(message.planes('b0'), b.second, flip);
	const rho = arena.bytes(flip.length);
	kernels.bits.xorInto(rho, b.first, flip);
	kernels.ring.bitMinusInto(message.words('rho1'), rho, step.drawWords('rho0'));
	kernels.ring.selectedMinusInto(message.words('g1'), rho, x.first, x.second, step.drawWords('g0'));
	if (f > 0) dealTruncation(party, step, message, { count, f });
	arena.release(mark);
}

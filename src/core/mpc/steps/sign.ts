import { BugError } from '../../errors.js';
import { planeBytes } from '../../kernels/ring.js';
import type { Party } from '../party.js';
import { nextParty, PARTIES, previousParty } from '../party-index.js';
import { copyInto } from '../ring.js';
import type { Replicated, ReplicatedBits } from '../shares.js';
import { beginStep, planeOf, type Step } from '../step.js';
import { type DrawPlan, type MessagePlan, planes, type StepCost, stepCost } from '../step-cost.js';
import {
	type BlockShape,
	blockSizes,
	innerProductsInto,
	outcomePlanes,
	passTermsInto,
	productPlanes,
	productsInto,
} from './sign-blocks.js';
import { drawZeroPlanes, zeroShareDraws, zeroShareMask } from './zero-share.js';

/**
 * The bits [from, to) of both summands that decide. All bits of the ring are exact. Dropping bits: exact for
 * -2^(to-1) + 2^from <= x < 2^(to-1), but that 0 <= x <= 2^from - 2 may be called negative.
 */
export interface SignWindow {
	readonly from: number;
	readonly to: number;
	/** Most bits per block of the first level; 4 unless a test wants a deep tree of few bits. */
	readonly blockBits?: number;
}

/** A block of 4 bits costs 19 bits, as much as two of 2 and one more level (20). One of 5 would cost 35. */
const BLOCK_BITS = 4;

/**
 * Replicated value -> replicated bit, 1 where it is negative.
 *
 * P0 knows A = x0 + x1; P1 and P2 know B = x2. The sign is bit t - 1 of both summands and the carry into it, from the
 * m = t - s - 1 bits below. Messages: P0 shares its products (round 1, to P1), P1 and P2 exchange masked inner products
 * (rounds 1 and 2), then a tree of ANDs joins the blocks (one round per level, to the previous party).
 * Bits, of all parties: per block 2^b - 1 products and 4 (the lowest: 2); top bit 1; then 3 per AND, 2 ANDs per pair of
 * blocks, but 1 for the lowest pair. Window of 20 bits, blocks of 4, 3, 3, 3, 3, 3: 50 + 22 + 1 + 3 x 7 = 94 bits, 5
 * rounds; of 32 bits, seven blocks of 4 and one of 3: 112 + 30 + 1 + 3 x 11 = 176 bits, 5
 * rounds; of 64 bits, fifteen blocks of 4 and one of 3: 232 + 62 + 1 + 3 x 26 = 373 bits, 6 rounds; of 17 bits, four of 4:
 * 60 + 14 + 1 + 3 x 4 = 87 bits, 4 rounds.
 */
export function declareSign(shape: { readonly count: number; readonly window: SignWindow }): StepCost {
	const { count, window } = shape;
	const sizes = blockSizes(window.to - window.from - 1, window.blockBits ?? BLOCK_BITS);
	const shared = planes(count, productPlanes(sizes) + 1);
	const outcomes = planes(count, outcomePlanes(sizes));
	const draws: DrawPlan[] = [
		{ label: 'a0', pair: '02', form: shared },
		{ label: 'g0', pair: '02', form: outcomes },
		{ label: 'g1', pair: '01', form: outcomes },
	];
	const messages: MessagePlan[] = [
		{ name: 'a1', from: 0, to: 1, depth: 1, fields: [{ name: 'a1', form: shared, mask: 'a0' }] },
		{ name: 'from 2', from: 2, to: 1, depth: 1, fields: [{ name: 'g', form: outcomes, mask: 'g0' }] },
		{ name: 'from 1', from: 1, to: 2, depth: 2, fields: [{ name: 'g', form: outcomes, mask: 'g1' }] },
	];
	let depth = 2;
	for (let blocks = sizes.length; blocks > 1; blocks = Math.ceil(blocks / 2)) {
		depth++;
		const form = planes(count, 2 * Math.floor(blocks / 2) - 1);
		const name = `level ${depth}`;
		draws.push(...zeroShareDraws(form, name));
		for (const from of PARTIES) {
			const fields = [{ name: 'z', form, mask: zeroShareMask(from, name) }];
			messages.push({ name: `${name} of ${from}`, from, to: previousParty(from), depth, fields });
		}
	}
	return stepCost(draws, messages);
}

/**
 * Throws: RangeError unless 0 <= from, from + 2 <= to <= bits of the ring.
 * Source: Araki et al. 2016, section 2, for AND; Mohassel, Rindal 2018, ABY3, section 5.3, for the sign as a carry.
 */
export async function runSign(party: Party, x: Replicated, window: SignWindow): Promise<ReplicatedBits> {
	const { arena, index, kernels } = party;
	if (window.from < 0 || window.to < window.from + 2 || window.to > party.ring.bits) {
		throw new RangeError(`window: expected two bits or more of ${party.ring.bits}, got ${window.from}..${window.to}`);
	}
	const count = x.first.length;
	const result = { first: arena.bytes(planeBytes(count)), second: arena.bytes(planeBytes(count)) };
	const step = beginStep(party, declareSign({ count, window }));
	const mark = arena.mark();
	const width = window.to - window.from;
	const shape = { count, sizes: blockSizes(width - 1, window.blockBits ?? BLOCK_BITS) };

	const bits = arena.bytes(width * planeBytes(count));
	const known = arena.words(count);
	if (index === 0) kernels.ring.addInto(known, x.first, x.second);
	else copyInto(known, index === 1 ? x.second : x.first);
	kernels.bits.sliceInto(bits, known, window.from, width);
	const top = planeOf(bits, count, width - 1);

	const first = await runBlocks(party, step, bits, shape);
	let level = splitOutcomes(first.outcomes, shape);
	for (let depth = 3; level.generate.length > 1; depth++) level = await joinBlocks(party, step, level, depth);
	// the sign is the top bit of A, shared with the products, that of B at P1 and P2, and the carry
	const [carry] = level.generate;
	kernels.bits.xorInto(result.first, carry.first, index === 2 ? top : first.top.first);
	kernels.bits.xorInto(result.second, carry.second, index === 1 ? top : first.top.second);
	arena.release(mark);
	return result;
}

interface Level {
	/** Of each block, the lowest first. */
	readonly generate: readonly ReplicatedBits[];
	/** Of each block; that of the lowest is missing. */
	readonly pass: readonly (ReplicatedBits | undefined)[];
}

interface FirstLevel {
	readonly outcomes: ReplicatedBits;
	/** The top bit of A, its components 0 and 1; component 2 is zero. */
	readonly top: ReplicatedBits;
}

async function runBlocks(party: Party, step: Step, bits: Uint8Array, shape: BlockShape): Promise<FirstLevel> {
	const { arena, index, kernels } = party;
	const { count, sizes } = shape;
	const productCount = productPlanes(sizes);
	const topOf = (shared: Uint8Array) => planeOf(shared, count, productCount);
	if (index === 0) {
		const a0 = step.drawPlanes('a0');
		const a1 = arena.bytes(a0.length);
		productsInto(party, a1, bits, shape);
		topOf(a1).set(planeOf(bits, count, bits.length / planeBytes(count) - 1));
		kernels.bits.xorInto(a1, a1, a0);
		step.send('a1', (message) => message.planes('a1').set(a1));
		const outcomes = { first: step.drawPlanes('g0'), second: step.drawPlanes('g1') };
		return { outcomes, top: { first: topOf(a0), second: topOf(a1) } };
	}
	const outcome = arena.bytes(outcomePlanes(sizes) * planeBytes(count));
	if (index === 1) {
		const g1 = step.drawPlanes('g1');
		outcome.set(g1);
		const a1 = (await step.receive('a1')).planes('a1');
		innerProductsInto(party, outcome, a1, bits, shape);
		step.send('from 1', (message) => message.planes('g').set(outcome));
		kernels.bits.xorInto(outcome, outcome, (await step.receive('from 2')).planes('g'));
		passTermsInto(party, outcome, bits, shape);
		return { outcomes: { first: g1, second: outcome }, top: { first: topOf(a1), second: topOf(a1) } };
	}
	const g0 = step.drawPlanes('g0');
	outcome.set(g0);
	const a0 = step.drawPlanes('a0');
	innerProductsInto(party, outcome, a0, bits, shape);
	step.send('from 2', (message) => message.planes('g').set(outcome));
	kernels.bits.xorInto(outcome, outcome, (await step.receive('from 1')).planes('g'));
	passTermsInto(party, outcome, bits, shape);
	return { outcomes: { first: outcome, second: g0 }, top: { first: topOf(a0), second: topOf(a0) } };
}

function splitOutcomes(outcomes: ReplicatedBits, { count, sizes }: BlockShape): Level {
	const at = (plane: number): ReplicatedBits => ({
		first: planeOf(outcomes.first, count, plane),
		second: planeOf(outcomes.second, count, plane),
	});
	return {
		generate: sizes.map((_, block) => at(block)),
		pass: sizes.map((_, block) => (block === 0 ? undefined : at(sizes.length + block - 1))),
	};
}

/** Blocks 2i and 2i + 1 become one: G = G_high ^ P_high G_low, P = P_high P_low. One round. */
async function joinBlocks(party: Party, step: Step, level: Level, depth: number): Promise<Level> {
	const { index, kernels } = party;
	const pairs = Math.floor(level.generate.length / 2);
	const factors: { high: ReplicatedBits; low: ReplicatedBits }[] = [];
	for (let pair = 0; pair < pairs; pair++) {
		factors.push({ high: passOf(level, 2 * pair + 1), low: level.generate[2 * pair] });
	}
	for (let pair = 1; pair < pairs; pair++) {
		factors.push({ high: passOf(level, 2 * pair + 1), low: passOf(level, 2 * pair) });
	}
	const name = `level ${depth}`;
	const byteLength = level.generate[0].first.length;
	const own = drawZeroPlanes(party, step, name);
	const part = (bytes: Uint8Array, plane: number) => bytes.subarray(plane * byteLength, (plane + 1) * byteLength);
	for (const [plane, { high, low }] of factors.entries()) {
		kernels.bits.andInto(part(own, plane), high, low, part(own, plane));
	}
	step.send(`${name} of ${index}`, (message) => message.planes('z').set(own));
	const received = (await step.receive(`${name} of ${nextParty(index)}`)).planes('z');
	const joined = factors.map(
		(_, plane): ReplicatedBits => ({ first: part(own, plane), second: part(received, plane) }),
	);

	const generate = joined.slice(0, pairs);
	const pass: (ReplicatedBits | undefined)[] = [undefined, ...joined.slice(pairs)];
	for (const [pair, { first, second }] of generate.entries()) {
		const high = level.generate[2 * pair + 1];
		kernels.bits.xorInto(first, first, high.first);
		kernels.bits.xorInto(second, second, high.second);
	}
	if (level.generate.length % 2 === 1) {
		generate.push(level.generate[2 * pairs]);
		pass.push(passOf(level, 2 * pairs));
	}
	return { generate, pass };
}

function passOf(level: Level, block: number): ReplicatedBits {
	const pass = level.pass[block];
	if (pass === undefined) throw new BugError('no-pass', `block ${block} passes nothing on`);
	return pass;
}

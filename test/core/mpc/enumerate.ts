import { planeBytes } from '../../../src/core/kernels/ring.js';
import type { PairStreams } from '../../../src/core/mpc/keystream.js';
import type { Party } from '../../../src/core/mpc/party.js';
import { holdsPair, PAIRS, type PartyIndex } from '../../../src/core/mpc/party-index.js';
import { copyInto, createRing, lowMask, numbersFrom, wordsFrom, wordsOn } from '../../../src/core/mpc/ring.js';
import type { Replicated, ReplicatedBits } from '../../../src/core/mpc/shares.js';
import { type DrawPlan, formBytes } from '../../../src/core/mpc/step-cost.js';
import type { StepCounter } from '../../../src/core/mpc/step-counter.js';
import { createThreeParties, runAll, seededWords, type ThreeParties } from './three-parties.js';

/** What a party has of the inputs: one word and one bit per lane and input. */
export interface LaneInputs {
	readonly words: readonly Replicated[];
	readonly bits: readonly ReplicatedBits[];
}

/** One choice of the secret inputs. */
export interface Secret {
	readonly words: readonly number[];
	readonly bits?: readonly number[];
}

/** Makes one draw something else than fresh: zeros, known to all, or the same as another draw. */
export type Alteration = 'omitted' | 'known' | { readonly sameAs: number };

export interface Experiment {
	readonly ringBits: number;
	/** Of the words that hold elements; 32 unless told otherwise. */
	readonly wordBits?: 32 | 64;
	readonly secrets: readonly Secret[];
	readonly program: (party: Party, inputs: LaneInputs) => Promise<unknown>;
	readonly alter?: (plan: DrawPlan, drawNumber: number) => Alteration | undefined;
	/** Choices of what the party knows. */
	readonly samples?: number;
}

const MOST_LANES_LOG = 19;

/**
 * How many secrets give the party another multiset of views than the first secret does, over several choices of what it
 * knows: its components of the inputs, and both its keystreams. Each lane of one run is one possibility for what it does
 * not know, the keystream of the two others, so that the code which runs at full size is what is enumerated, and a view is
 * everything that the party receives in one lane.
 */
export async function countLeaks(experiment: Experiment, observer: PartyIndex): Promise<number> {
	const hiddenPair = PAIRS.find((pair) => !holdsPair(observer, pair));
	const plans = await plannedDraws(experiment);
	const offsets = new Map<number, number>();
	let hiddenBits = 0;
	for (const [number, plan] of plans.entries()) {
		if (plan.pair !== hiddenPair) continue;
		if (experiment.alter?.(plan, number) !== undefined) continue;
		offsets.set(number, hiddenBits);
		hiddenBits += laneBits(plan, experiment.ringBits);
	}
	if (hiddenBits > MOST_LANES_LOG) throw new Error(`${hiddenBits} hidden bits are too many to enumerate`);
	const lanes = 2 ** hiddenBits;
	let leaks = 0;
	for (let sample = 0; sample < (experiment.samples ?? 4); sample++) {
		const bytesOf = laneDraws(experiment, { plans, offsets, lanes, seed: 30 + sample });
		let reference: Float64Array | undefined;
		for (const secret of experiment.secrets) {
			const views = await viewsOf(experiment, observer, { lanes, secret, seed: 60 + sample, bytesOf });
			reference ??= views;
			if (!sameNumbers(reference, views)) leaks++;
		}
	}
	return leaks;
}

/** The draws of the program, by number; all of one form per lane. */
async function plannedDraws(experiment: Experiment): Promise<DrawPlan[]> {
	const zeros: PairStreams = { drawInto: (out) => void out.fill(0) };
	const three = createThreeParties({
		ring: createRing(experiment.ringBits, experiment.wordBits),
		streams: () => zeros,
	});
	const [secret] = experiment.secrets;
	await runAll(three, (party) =>
		experiment.program(party, laneInputs(three, party.index, { lanes: 1, secret, seed: 1 })),
	);
	const plans = three.parties[0].counter.steps.flatMap(({ cost }) => cost.draws);
	for (const { label, form } of plans) if (form.count !== 1) throw new Error(`${label} has ${form.count} per lane`);
	return plans;
}

function laneBits(plan: DrawPlan, ringBits: number): number {
	return plan.form.kind === 'planes' ? plan.form.planes : (plan.bits ?? ringBits);
}

function laneDraws(
	{ alter, ringBits }: Experiment,
	run: { plans: readonly DrawPlan[]; offsets: ReadonlyMap<number, number>; lanes: number; seed: number },
): (drawNumber: number) => Uint8Array {
	const { plans, offsets, lanes } = run;
	const constants = seededWords(plans.length, run.seed);
	const laneValueOf = (number: number): ((lane: number) => number) => {
		const alteration = alter?.(plans[number], number);
		if (alteration === 'omitted') return () => 0;
		if (typeof alteration === 'object') return laneValueOf(alteration.sameAs);
		const offset = offsets.get(number);
		const constant = constants[number];
		return offset === undefined ? () => constant : (lane) => lane >>> offset;
	};
	const made = new Map<number, Uint8Array>();
	return (number) => {
		const known = made.get(number);
		if (known !== undefined) return known;
		const plan = plans[number];
		const form = { ...plan.form, count: lanes };
		const bytes = new Uint8Array(formBytes(form));
		const value = laneValueOf(number);
		if (form.kind === 'words') {
			const mask = 2 ** laneBits(plan, ringBits) - 1;
			// the low half of each word; a high one stays zero
			const words = new Int32Array(bytes.buffer);
			const step = form.wordBytes / 4;
			for (let lane = 0; lane < lanes; lane++) words[step * lane] = value(lane) & mask;
		} else {
			for (let plane = 0; plane < form.planes; plane++) {
				const at = plane * planeBytes(lanes);
				for (let lane = 0; lane < lanes; lane++) {
					bytes[at + (lane >> 3)] |= ((value(lane) >>> plane) & 1) << (lane & 7);
				}
			}
		}
		made.set(number, bytes);
		return bytes;
	};
}

interface LaneRun {
	readonly lanes: number;
	readonly secret: Secret;
	readonly seed: number;
	/** Whose components are the same whatever the secret is. */
	readonly observer?: PartyIndex;
}

/** Components from the seed but for the one that the observer does not hold, which makes up the secret. */
function laneInputs(three: ThreeParties, index: PartyIndex, run: LaneRun): LaneInputs {
	const { arena, ring } = three.parties[index];
	const known = seededWords(32, run.seed);
	const unknown = ((run.observer ?? 0) + 2) % 3;
	const component = (value: number, input: number, which: number, isBit: boolean): number => {
		const [a, b] = [known[2 * input], known[2 * input + 1]];
		if (which !== unknown) return which === (unknown + 1) % 3 ? a : b;
		return isBit ? value ^ a ^ b : value - a - b;
	};
	const wordsOf = (value: number, input: number, which: number) => {
		const words = arena.words(run.lanes);
		const low = component(value, input, which, false) & lowMask(ring.bits);
		copyInto(words, wordsFrom(ring, new Float64Array(run.lanes).fill(low)));
		return words;
	};
	const bitsOf = (value: number, input: number, which: number) => {
		const bytes = arena.bytes(planeBytes(run.lanes)).fill(-(component(value, 8 + input, which, true) & 1) & 255);
		three.parties[index].kernels.bits.clearPaddingInto(bytes, run.lanes);
		return bytes;
	};
	return {
		words: run.secret.words.map((value, input) => ({
			first: wordsOf(value, input, index),
			second: wordsOf(value, input, (index + 1) % 3),
		})),
		bits: (run.secret.bits ?? []).map((value, input) => ({
			first: bitsOf(value, input, index),
			second: bitsOf(value, input, (index + 1) % 3),
		})),
	};
}

async function viewsOf(
	experiment: Experiment,
	observer: PartyIndex,
	run: LaneRun & { readonly bytesOf: (drawNumber: number) => Uint8Array },
): Promise<Float64Array> {
	const streams = (index: PartyIndex, _counter: StepCounter): PairStreams => ({
		drawInto(out, pair, drawNumber) {
			if (!holdsPair(index, pair)) throw new Error(`party ${index} has no key of pair ${pair}`);
			out.set(run.bytesOf(drawNumber));
		},
	});
	const ring = createRing(experiment.ringBits, experiment.wordBits);
	const arenaBytes = 40 * ((run.lanes * ring.wordBits) / 8 + 64) + 100_000;
	const three = createThreeParties({ ring, streams, arenaBytes });
	await runAll(three, (party) => experiment.program(party, laneInputs(three, party.index, { ...run, observer })));

	const views = new Float64Array(run.lanes);
	let viewBits = 0;
	const append = (bits: number, valueAt: (lane: number) => number) => {
		viewBits += bits;
		for (let lane = 0; lane < run.lanes; lane++) views[lane] = views[lane] * 2 ** bits + valueAt(lane);
	};
	const received = three.transport.messages.filter(({ to }) => to === observer);
	received.sort((a, b) => a.label.step - b.label.step || a.label.part - b.label.part);
	for (const { label, bytes } of received) {
		let at = 0;
		for (const { form } of three.parties[0].counter.steps[label.step].cost.messages[label.part].fields) {
			if (form.kind === 'words') {
				const values = numbersFrom(wordsOn(ring, bytes.buffer, at, run.lanes));
				// what lies above the ring is part of the view too: it must be zero
				append(ring.bits, (lane) => values[lane]);
			} else {
				for (let plane = 0; plane < form.planes; plane++) {
					const from = at + plane * planeBytes(run.lanes);
					append(1, (lane) => (bytes[from + (lane >> 3)] >> (lane & 7)) & 1);
				}
			}
			at += formBytes(form);
		}
	}
	if (viewBits > 53) throw new Error(`views of ${viewBits} bits do not fit a number`);
	return views.sort();
}

function sameNumbers(a: Float64Array, b: Float64Array): boolean {
	return a.length === b.length && a.every((value, i) => value === b[i]);
}

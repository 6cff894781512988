import test from 'ava';
import { referenceBits } from '../../../../src/core/kernels/bit-reference.js';
import type { Words } from '../../../../src/core/kernels/ring.js';
import type { Party } from '../../../../src/core/mpc/party.js';
import { holdsPair, PAIRS, type Pair } from '../../../../src/core/mpc/party-index.js';
import { copyInto, RING_32, RING_64, type Ring, signedSum, wordsFrom, wordsOn } from '../../../../src/core/mpc/ring.js';
import type { Replicated } from '../../../../src/core/mpc/shares.js';
import { type DrawPlan, type FieldPlan, formBytes } from '../../../../src/core/mpc/step-cost.js';
import type { NumberedStep } from '../../../../src/core/mpc/step-counter.js';
import { runMatchBits } from '../../../../src/core/mpc/steps/match-bits.js';
import { runMaxPool } from '../../../../src/core/mpc/steps/max-pool.js';
import { runNearest } from '../../../../src/core/mpc/steps/nearest.js';
import { runRelu } from '../../../../src/core/mpc/steps/relu.js';
import { runReshare } from '../../../../src/core/mpc/steps/reshare.js';
import { squaredNorms } from '../../../../src/core/mpc/steps/squared-norms.js';
import { runTruncate, runTruncateAdditive } from '../../../../src/core/mpc/steps/truncate.js';
import { templatesOnKernel } from '../../../../src/core/mpc/template-source.js';
import { createThreeParties, runAll, seededWords, shareOut, testStreams } from '../three-parties.js';

const COUNT = 150;
const side = { channels: 1, height: 10, width: 15, kernelHeight: 2, kernelWidth: 2, strideY: 2, strideX: 2 };
const WINDOW = { ...side, dilationY: 1, dilationX: 1, padTop: 0, padLeft: 0, outHeight: 5, outWidth: 7 };

/** One of everything that draws, one after the other. */
async function program(party: Party, x: Replicated): Promise<void> {
	const shared = await runReshare(party, { own: x.first });
	const dropped = await runTruncate(party, shared, { f: 9, refresh: true });
	const again = await runTruncateAdditive(party, { own: dropped.first }, { f: 3 });
	const positive = await runRelu(party, again, { window: { from: 4, to: 28 }, f: 5 });
	await runMaxPool(party, positive, { window: WINDOW, sign: { from: 0, to: 23 } });
	const sign = { from: 0, to: 25 };
	const templates = templatesOnKernel(party.kernels.ring, x, squaredNorms(party, x, COUNT / 10).own, 10);
	const probe = { first: x.first.subarray(0, 10), second: x.second.subarray(0, 10) };
	await runMatchBits(party, probe, templates, { threshold: 9, sign });
	const copy = { first: party.arena.words(COUNT), second: party.arena.words(COUNT) };
	copyInto(copy.first, x.first);
	copyInto(copy.second, x.second);
	await runNearest(party, copy, sign);
}

/** Runs the program; the draw `changed` gets `delta` added (words) or XORed (planes) at both of its holders. */
async function runLedger(
	ring: Ring,
	changed?: { readonly number: number; readonly plan: DrawPlan; readonly delta: Uint8Array },
) {
	const drawn = new Map<string, number>();
	const three = createThreeParties({
		ring,
		streams(index) {
			const streams = testStreams(index);
			return {
				drawInto(out, pair: Pair, drawNumber) {
					const key = `${pair} ${drawNumber} at ${index}`;
					drawn.set(key, (drawn.get(key) ?? 0) + 1);
					streams.drawInto(out, pair, drawNumber);
					if (drawNumber === changed?.number) applyInto(ring, out, changed.plan, changed.delta);
				},
			};
		},
	});
	const x = shareOut(
		three,
		wordsFrom(
			ring,
			seededWords(COUNT, 2).map((word) => word >> 6),
		),
	);
	await runAll(three, (party) => program(party, x[party.index]));
	const { steps } = three.parties[0].counter;
	const messages = new Map(three.transport.messages.map(({ label, bytes }) => [`${label.step}.${label.part}`, bytes]));
	return { steps, drawn, messages };
}

function applyInto(ring: Ring, bytes: Uint8Array, plan: DrawPlan, delta: Uint8Array): void {
	if (plan.form.kind === 'planes') {
		for (const [i, byte] of delta.entries()) bytes[i] ^= byte;
		return;
	}
	const { count } = plan.form;
	const words = wordsOn(ring, bytes.buffer, bytes.byteOffset, count);
	const zeros = wordsFrom(ring, new Float64Array(count));
	copyInto(words, signedSum(words, wordsOn(ring, delta.buffer, 0, count), zeros, ring));
}

function plansOf(steps: readonly NumberedStep[]) {
	return steps.flatMap(({ step, firstDraw, cost }) =>
		cost.draws.map((plan, i) => ({ step, plan, number: firstDraw + i })),
	);
}

for (const ring of [RING_32, RING_64]) {
	test(`In ${ring.bits} bits, each draw has a number of its own, is declared, and is made once by each party that uses it`, async (t) => {
		const { steps, drawn } = await runLedger(ring);
		const plans = plansOf(steps);
		t.is(new Set(plans.map(({ number }) => number)).size, plans.length);
		for (const { cost } of steps) t.is(new Set(cost.draws.map(({ label }) => label)).size, cost.draws.length);
		for (const [key, times] of drawn) {
			t.is(times, 1, key);
			const { plan } = plans[Number(key.split(' ')[1])];
			t.is(key.split(' ')[0], plan.pair);
		}
		for (const { plan, number } of plans) {
			const users = [0, 1, 2].filter((index) => drawn.has(`${plan.pair} ${number} at ${index}`));
			t.is(users.length, 2, `${plan.label}: both parties of the pair use it`);
		}
	});

	test(`In ${ring.bits} bits, each field goes to a party that cannot know its mask, and no mask hides two fields`, async (t) => {
		const { steps } = await runLedger(ring);
		let fields = 0;
		for (const { cost } of steps) {
			const spent = new Set<string>();
			for (const { name, from, to, fields: sent } of cost.messages) {
				for (const { mask } of sent) {
					const plan = cost.draws.find(({ label }) => label === mask);
					if (plan === undefined || mask === undefined) {
						t.fail(`${name}: ${mask} is not drawn`);
						continue;
					}
					t.true(holdsPair(from, plan.pair), `${name}: the sender draws ${mask}`);
					t.false(holdsPair(to, plan.pair), `${name}: the receiver could draw ${mask}`);
					t.false(spent.has(mask), `${name}: ${mask} is spent`);
					spent.add(mask);
					fields++;
				}
			}
		}
		t.true(fields > 60);
	});

	test(`In ${ring.bits} bits, each field is under the mask that it declares: it changes as the mask does, by exactly as much`, async (t) => {
		const before = await runLedger(ring);
		const seen = new Set<string>();
		for (const { step, plan, number } of plansOf(before.steps)) {
			const { cost } = before.steps[step];
			for (const [part, { name, fields }] of cost.messages.entries()) {
				let at = 0;
				for (const field of fields) {
					const end = at + formBytes(field.form);
					if (field.mask === plan.label && !seen.has(`${name} ${field.name} ${cost.draws.length}`)) {
						seen.add(`${name} ${field.name} ${cost.draws.length}`);
						const delta = deltaOf(plan);
						const after = await runLedger(ring, { number, plan, delta });
						const [old, now] = [before, after].map(({ messages }) => messages.get(`${step}.${part}`)?.slice(at, end));
						if (old === undefined || now === undefined) t.fail(`${name} was not sent`);
						else t.true(changedBy(ring, field, plan, delta, old, now), `step ${step}, ${name}, ${field.name}`);
					}
					at = end;
				}
			}
		}
		t.true(seen.size >= 25);
	});

	test(`In ${ring.bits} bits, the ledger covers the three pairs`, async (t) => {
		const { drawn } = await runLedger(ring);
		for (const pair of PAIRS) t.true([...drawn.keys()].some((key) => key.startsWith(pair)));
	});
}

function deltaOf(plan: DrawPlan): Uint8Array {
	const random = new Uint8Array(seededWords(formBytes(plan.form) / 4, 99).buffer);
	if (plan.form.kind === 'planes') referenceBits.clearPaddingInto(random, plan.form.count);
	return random;
}

function bigintsOf(words: Words): bigint[] {
	return words instanceof BigInt64Array ? Array.from(words) : Array.from(words, BigInt);
}

function changedBy(
	ring: Ring,
	field: FieldPlan,
	plan: DrawPlan,
	delta: Uint8Array,
	old: Uint8Array,
	now: Uint8Array,
): boolean {
	if (plan.form.kind === 'planes') return old.every((byte, i) => (byte ^ now[i]) === delta[i]);
	const { form } = field;
	const width = form.kind === 'planes' ? form.planes : ring.bits;
	const words = (bytes: Uint8Array): Words => {
		if (form.kind === 'words') return wordsOn(ring, bytes.buffer, 0, form.count);
		const values = new Int32Array(form.count);
		referenceBits.unsliceInto(values, bytes, width);
		return values;
	};
	const [from, to, change] = [words(old), words(now), wordsOn(ring, delta.buffer, 0, form.count)].map(bigintsOf);
	const isZero = (sum: bigint) => BigInt.asUintN(width, sum) === 0n;
	const changes = change.map((word, i) => [to[i] - from[i], word]);
	return changes.every(([by, word]) => isZero(by - word)) || changes.every(([by, word]) => isZero(by + word));
}

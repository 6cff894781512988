import { createHash } from 'node:crypto';
import { DataError } from '../../errors.js';
import type { Words } from '../../kernels/ring.js';
import type { RandomSource } from '../../random.js';
import { expandKeyInto } from '../keystream.js';
import type { Party } from '../party.js';
import { nextParty, PARTIES, type PartyIndex, previousParty } from '../party-index.js';
import { copyInto, keepLowInto, type Ring, subtractBoth } from '../ring.js';
import type { Replicated } from '../shares.js';
import { beginStep } from '../step.js';
import { planes, type StepCost, stepCost } from '../step-cost.js';

/** A component of an input: a seed of 16 bytes that it is expanded from, or itself. */
export type InputComponent = { readonly seed: Uint8Array } | { readonly words: Words };

/** What the client sends to one party. */
export interface InputShare {
	readonly first: InputComponent;
	readonly second: InputComponent;
}

/**
 * Shares values as x0 = G(s0), x1 = G(s1), x2 = x - x0 - x1: P0 gets (s0, s1), P1 (s1, x2), P2 (x2, s0).
 * Bytes: 32 to P0, 16 and a word per value to P1 and P2.
 * Source: G is AES-128 in counter mode.
 */
export function shareInput(
	values: Words,
	random: RandomSource,
	ring: Ring,
): readonly [InputShare, InputShare, InputShare] {
	const [s0, s1] = [new Uint8Array(16), new Uint8Array(16)];
	random.fillInto(s0);
	random.fillInto(s1);
	const [x0, x1] = [values.slice(), values.slice()];
	expandSeedInto(x0, s0);
	expandSeedInto(x1, s1);
	const last = subtractBoth(values, x0, x1);
	keepLowInto(last, ring.bits);
	const components: readonly InputComponent[] = [{ seed: s0 }, { seed: s1 }, { words: last }];
	const shareOf = (index: 0 | 1 | 2) => ({ first: components[index], second: components[nextParty(index)] });
	return [shareOf(0), shareOf(1), shareOf(2)];
}

/** A party's components of an input, in its arena. Throws: DataError for a component of another length. */
export function openInputShare(party: Party, share: InputShare, count: number): Replicated {
	return { first: expand(party, share.first, count), second: expand(party, share.second, count) };
}

/** Hash of a component, for the party that holds it too. */
export function componentHash(component: Words, ring: Ring): Uint8Array {
	const canonical = ring.bits === ring.wordBits ? component : component.slice();
	keepLowInto(canonical, ring.bits);
	return createHash('sha256').update(canonical).digest();
}

/** The same before it is expanded: a seed stands for its words, and one byte before it for no words at all. */
function inputHash(component: InputComponent, ring: Ring): Uint8Array {
	if ('words' in component) return componentHash(component.words, ring);
	return createHash('sha256').update('s').update(component.seed).digest();
}

/** A hash for each of the two other parties: 64 bytes of each party, 1 round. A hash is 256 bits of one plane. */
export function declareCompareInputs(): StepCost {
	const fields = [{ name: 'hash', form: planes(256) }];
	return stepCost(
		[],
		PARTIES.flatMap((from) =>
			[previousParty(from), nextParty(from)].map((to) => ({ name: `${from} to ${to}`, from, to, depth: 1, fields })),
		),
	);
}

/**
 * Compares the components held twice, before their first use: the first one with the previous party, the second one with
 * the next. Otherwise a client that gave two parties different components could learn from what comes out.
 * Throws: DataError where they differ; both holders find out.
 */
export async function runCompareInputs(party: Party, { first, second }: InputShare): Promise<void> {
	const hashes = { first: inputHash(first, party.ring), second: inputHash(second, party.ring) };
	await runCompareHashes(party, hashes, (other) => {
		return new DataError(
			'shares-differ',
			`party ${party.index}: the input that the client sent differs from that of party ${other}`,
			{
				hint: 'Send the input again; if that does not help, the client is not a veilcam of this version.',
			},
		);
	});
}

/**
 * Compares the hash of what the previous party holds too, and that of what the next one holds too: both are told.
 * Resolves when both others have come here as well. Throws: what `refusal` makes of the party whose hash is another.
 */
export async function runCompareHashes(
	party: Party,
	hashes: { readonly first: Uint8Array; readonly second: Uint8Array },
	refusal: (other: PartyIndex) => DataError,
): Promise<void> {
	const { index } = party;
	const step = beginStep(party, declareCompareInputs());
	const held = [
		{ other: previousParty(index), hash: hashes.first },
		{ other: nextParty(index), hash: hashes.second },
	];
	const mark = party.arena.mark();
	for (const { other, hash } of held) {
		step.send(`${index} to ${other}`, (message) => message.planes('hash').set(hash));
	}
	for (const { other, hash } of held) {
		const received = (await step.receive(`${other} to ${index}`)).planes('hash');
		if (hash.length !== received.length || !hash.every((byte, i) => byte === received[i])) throw refusal(other);
	}
	party.arena.release(mark);
}

function expand(party: Party, component: InputComponent, count: number): Words {
	if ('words' in component && component.words.length !== count) {
		throw new DataError('share-length', `input share: expected ${count} values, got ${component.words.length}`);
	}
	const words = party.arena.words(count);
	if ('words' in component) copyInto(words, component.words);
	else expandSeedInto(words, component.seed);
	keepLowInto(words, party.ring.bits);
	return words;
}

function expandSeedInto(words: Words, seed: Uint8Array): void {
	expandKeyInto(new Uint8Array(words.buffer, words.byteOffset, words.byteLength), seed, 0);
}

/** All three parties' components of values that everybody knows: component 0 is the value, the others are zero. */
export function publicComponents(values: Words): readonly [Replicated, Replicated, Replicated] {
	const zero = values.slice();
	keepLowInto(zero, 0);
	const of = (index: 0 | 1 | 2): Replicated => ({
		first: index === 0 ? values : zero,
		second: nextParty(index) === 0 ? values : zero,
	});
	return [of(PARTIES[0]), of(PARTIES[1]), of(PARTIES[2])];
}

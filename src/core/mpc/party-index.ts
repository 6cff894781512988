/** One of the three parties. Party i holds the components i and i + 1 of a replicated value. */
export type PartyIndex = 0 | 1 | 2;

/** Two parties that share a keystream. */
export type Pair = '01' | '12' | '02';

export const PARTIES: readonly PartyIndex[] = [0, 1, 2];
export const PAIRS: readonly Pair[] = ['01', '12', '02'];

const NEXT: readonly PartyIndex[] = [1, 2, 0];
const PREVIOUS: readonly PartyIndex[] = [2, 0, 1];
const PAIR_WITH_NEXT: readonly Pair[] = ['01', '12', '02'];

export function nextParty(index: PartyIndex): PartyIndex {
	return NEXT[index];
}

export function previousParty(index: PartyIndex): PartyIndex {
	return PREVIOUS[index];
}

/** The pair of this party and the next one. */
export function pairWithNext(index: PartyIndex): Pair {
	return PAIR_WITH_NEXT[index];
}

/** The pair of this party and the previous one. */
export function pairWithPrevious(index: PartyIndex): Pair {
	return PAIR_WITH_NEXT[PREVIOUS[index]];
}

/** Whether the party holds the key of this pair. */
export function holdsPair(index: PartyIndex, pair: Pair): boolean {
	return pair.includes(String(index));
}

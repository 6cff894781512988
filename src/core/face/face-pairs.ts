import { setImmediate as breathe } from 'node:timers/promises';
import { DESCRIPTOR_LENGTH, squaredDistances } from './fixed-match.js';

/** A face whose person is known. */
export interface KnownFace {
	/** What tells it from others: its file, and the row of a file of descriptors. */
	readonly name: string;
	readonly person: string;
	/** From `fixedDescriptor`. */
	readonly descriptor: Int32Array;
}

/** Squared distances of integers of all pairs, ascending. */
export interface FacePairs {
	readonly same: Int32Array;
	readonly different: Int32Array;
	/** The farthest of one person and the nearest of different people, the worst first. */
	readonly worst: { readonly same: readonly NamedPair[]; readonly different: readonly NamedPair[] };
}

export interface NamedPair {
	readonly names: readonly [string, string];
	readonly square: number;
}

/** So many of each kind are named. */
const WORST = 3;
/** Comparisons between two looks at the signal: some tens of milliseconds. */
const STRIDE = 200_000;

/**
 * Compares each face with each other one. Error: exact, the distances that the parties find.
 * Throws: the signal's reason.
 */
export async function facePairs(faces: readonly KnownFace[], signal: AbortSignal): Promise<FacePairs> {
	const descriptors = new Int32Array(faces.length * DESCRIPTOR_LENGTH);
	for (const [i, { descriptor }] of faces.entries()) descriptors.set(descriptor, i * DESCRIPTOR_LENGTH);
	const ofOne = pairsOfOne(faces);
	const squares = { same: new Int32Array(ofOne), different: new Int32Array(pairsOf(faces.length) - ofOne) };
	const counts = { same: 0, different: 0 };
	const worst: { same: NamedPair[]; different: NamedPair[] } = { same: [], different: [] };
	let unbroken = 0;
	for (const [i, a] of faces.entries()) {
		const rest = descriptors.subarray((i + 1) * DESCRIPTOR_LENGTH);
		for (const [at, square] of squaredDistances(a.descriptor, rest).entries()) {
			const b = faces[i + 1 + at];
			const kind = a.person === b.person ? 'same' : 'different';
			squares[kind][counts[kind]++] = square;
			keepWorstInto(worst[kind], { names: [a.name, b.name], square }, kind === 'same' ? -1 : 1);
		}
		unbroken += faces.length - i;
		if (unbroken < STRIDE) continue;
		unbroken = 0;
		await breathe();
		signal.throwIfAborted();
	}
	return { same: squares.same.sort(), different: squares.different.sort(), worst };
}

/** `direction` is 1 where near pairs are the worst, -1 where far ones are. */
function keepWorstInto(worst: NamedPair[], pair: NamedPair, direction: 1 | -1): void {
	const last = worst[WORST - 1];
	if (last !== undefined && direction * (pair.square - last.square) >= 0) return;
	worst.push(pair);
	worst.sort((x, y) => direction * (x.square - y.square));
	worst.splice(WORST);
}

function pairsOfOne(faces: readonly KnownFace[]): number {
	const counts = new Map<string, number>();
	for (const { person } of faces) counts.set(person, (counts.get(person) ?? 0) + 1);
	return [...counts.values()].reduce((sum, count) => sum + pairsOf(count), 0);
}

function pairsOf(count: number): number {
	return (count * (count - 1)) / 2;
}

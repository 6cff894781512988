import { referenceBits } from '../../../src/core/kernels/bit-reference.js';
import { KernelMemory } from '../../../src/core/kernels/memory.js';
import type { BitKernel, RingKernel } from '../../../src/core/kernels/ring.js';
import { referenceRing } from '../../../src/core/kernels/ring-reference.js';
import { Arena } from '../../../src/core/mpc/arena.js';
import { createPairStreams, expandKeyInto, type PairStreams } from '../../../src/core/mpc/keystream.js';
import type { Party } from '../../../src/core/mpc/party.js';
import { PARTIES, type PartyIndex } from '../../../src/core/mpc/party-index.js';
import { RING_32, type Ring } from '../../../src/core/mpc/ring.js';
import type { Additive, Replicated, ReplicatedBits } from '../../../src/core/mpc/shares.js';
import { StepCounter } from '../../../src/core/mpc/step-counter.js';
import { createMemoryTransport, type MemoryTransport } from '../../../src/core/mpc/transport/memory-transport.js';

export interface PartyOptions {
	readonly ring?: Ring;
	readonly arenaBytes?: number;
	readonly memory?: KernelMemory;
	readonly kernels?: { readonly ring: RingKernel; readonly bits: BitKernel };
	readonly streams?: (index: PartyIndex, counter: StepCounter) => PairStreams;
}

export interface ThreeParties {
	readonly parties: readonly [Party, Party, Party];
	readonly transport: MemoryTransport;
}

/** Pair keys of a fixed seed, as each party holds them. */
export function testStreams(index: PartyIndex, seed = 1): PairStreams {
	const key = (pair: number) => new Uint8Array(16).fill(seed * 16 + pair);
	if (index === 0) return createPairStreams({ '01': key(1), '02': key(3) });
	if (index === 1) return createPairStreams({ '01': key(1), '12': key(2) });
	return createPairStreams({ '12': key(2), '02': key(3) });
}

/** Three parties in this process, on the reference kernels unless told otherwise. */
export function createThreeParties(options: PartyOptions = {}): ThreeParties {
	const transport = createMemoryTransport();
	const arenaBytes = options.arenaBytes ?? 4_000_000;
	const memory = options.memory ?? new KernelMemory(3 * arenaBytes + 4096);
	const create = (index: PartyIndex): Party => {
		const counter = new StepCounter();
		return {
			index,
			ring: options.ring ?? RING_32,
			arena: new Arena(memory, arenaBytes),
			kernels: options.kernels ?? { ring: referenceRing, bits: referenceBits },
			streams: options.streams?.(index, counter) ?? testStreams(index),
			channel: transport.channels[index],
			counter,
		};
	};
	return { parties: [create(0), create(1), create(2)], transport };
}

/** Runs the program of each party; the first failure fails all. */
export async function runAll<Result>(
	{ parties, transport }: ThreeParties,
	program: (party: Party) => Promise<Result> | Result,
): Promise<[Result, Result, Result]> {
	const run = async (party: Party): Promise<Result> => {
		try {
			return await program(party);
		} catch (error) {
			transport.abort(error instanceof Error ? error : new Error(String(error)));
			throw error;
		}
	};
	return Promise.all([run(parties[0]), run(parties[1]), run(parties[2])]);
}

/** Numbers that only the seed decides. */
export function seededWords(count: number, seed: number): Int32Array {
	const words = new Int32Array(count);
	expandKeyInto(new Uint8Array(words.buffer), new Uint8Array(16).fill(seed), 77);
	return words;
}

/** Components of values, from the seed, put into each party's arena. */
export function shareOut(three: ThreeParties, values: Int32Array, seed = 5): [Replicated, Replicated, Replicated] {
	const x0 = seededWords(values.length, seed);
	const x1 = seededWords(values.length, seed + 1);
	const components = [x0, x1, values.map((value, i) => value - x0[i] - x1[i])];
	const of = (index: PartyIndex): Replicated => {
		const { arena, ring } = three.parties[index];
		const place = (component: Int32Array) => {
			const words = arena.words(component.length);
			words.set(component.map((word) => word & ring.mask));
			return words;
		};
		return { first: place(components[index]), second: place(components[(index + 1) % 3]) };
	};
	return [of(0), of(1), of(2)];
}

/** The value, after checking that components held twice are the same. */
export function reveal(shares: readonly [Replicated, Replicated, Replicated], ring: Ring = RING_32): Int32Array {
	const shift = 32 - ring.bits;
	for (const index of PARTIES) {
		const next = shares[(index + 1) % 3];
		for (const [i, word] of shares[index].second.entries()) {
			if (((word ^ next.first[i]) & ring.mask) !== 0) throw new Error(`component ${(index + 1) % 3} differs at ${i}`);
		}
	}
	const [a, b, c] = shares.map(({ first }) => first);
	return Int32Array.from(a, (word, i) => ((word + b[i] + c[i]) << shift) >> shift);
}

export function revealAdditive(shares: readonly [Additive, Additive, Additive]): Int32Array {
	const [a, b, c] = shares.map(({ own }) => own);
	return Int32Array.from(a, (word, i) => word + b[i] + c[i]);
}

export function revealBits(shares: readonly [ReplicatedBits, ReplicatedBits, ReplicatedBits], count: number): number[] {
	for (const index of PARTIES) {
		const next = shares[(index + 1) % 3];
		if (!shares[index].second.every((byte, i) => byte === next.first[i])) throw new Error('a component differs');
	}
	const [a, b, c] = shares.map(({ first }) => first);
	return Array.from({ length: count }, (_, i) => ((a[i >> 3] ^ b[i >> 3] ^ c[i >> 3]) >> (i & 7)) & 1);
}

import { referenceBits } from '../../../src/core/kernels/bit-reference.js';
import { createWasmBits } from '../../../src/core/kernels/bit-wasm.js';
import { referenceBits64 } from '../../../src/core/kernels/bit64-reference.js';
import { KernelMemory } from '../../../src/core/kernels/memory.js';
import type { BitKernel, RingKernel, Words } from '../../../src/core/kernels/ring.js';
import { referenceRing } from '../../../src/core/kernels/ring-reference.js';
import { createWasmRing } from '../../../src/core/kernels/ring-wasm.js';
import { referenceRing64 } from '../../../src/core/kernels/ring64-reference.js';
import { Arena } from '../../../src/core/mpc/arena.js';
import { createPairStreams, expandKeyInto, type PairStreams } from '../../../src/core/mpc/keystream.js';
import type { Party } from '../../../src/core/mpc/party.js';
import { PARTIES, type PartyIndex } from '../../../src/core/mpc/party-index.js';
import { copyInto, keepLowInto, RING_32, type Ring, signedSum, subtractBoth } from '../../../src/core/mpc/ring.js';
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
	const ring = options.ring ?? RING_32;
	const references =
		ring.wordBits === 64
			? { ring: referenceRing64, bits: referenceBits64 }
			: { ring: referenceRing, bits: referenceBits };
	const create = (index: PartyIndex): Party => {
		const counter = new StepCounter();
		return {
			index,
			ring,
			arena: new Arena(memory, arenaBytes, ring),
			kernels: options.kernels ?? references,
			streams: options.streams?.(index, counter) ?? testStreams(index),
			channel: transport.channels[index],
			counter,
		};
	};
	return { parties: [create(0), create(1), create(2)], transport };
}

/** The same on the wasm kernels, in one memory. */
export async function wasmThree(arenaBytes: number): Promise<ThreeParties> {
	const memory = new KernelMemory(3 * arenaBytes + 1_000_000);
	return createThreeParties({
		memory,
		arenaBytes,
		kernels: { ring: await createWasmRing(memory), bits: await createWasmBits(memory) },
	});
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

/** The same of 64 bits. */
export function seededWords64(count: number, seed: number): BigInt64Array {
	return new BigInt64Array(seededWords(2 * count, seed).buffer, 0, count);
}

/** Words of 32 bits. Throws for others: a test that looks at numbers says which ring it means. */
export function int32(words: Words): Int32Array {
	if (words instanceof Int32Array) return words;
	throw new TypeError('expected words of 32 bits');
}

/** Words of 64 bits. */
export function int64(words: Words): BigInt64Array {
	if (words instanceof BigInt64Array) return words;
	throw new TypeError('expected words of 64 bits');
}

/** Components of values, from the seed, put into each party's arena. */
export function shareOut(three: ThreeParties, values: Words, seed = 5): [Replicated, Replicated, Replicated] {
	const seeded = values instanceof BigInt64Array ? seededWords64 : seededWords;
	const x0 = seeded(values.length, seed);
	const x1 = seeded(values.length, seed + 1);
	const components = [x0, x1, subtractBoth(values, x0, x1)];
	const of = (index: PartyIndex): Replicated => {
		const { arena, ring } = three.parties[index];
		const place = (component: Words) => {
			const words = arena.words(component.length);
			copyInto(words, component);
			keepLowInto(words, ring.bits);
			return words;
		};
		return { first: place(components[index]), second: place(components[(index + 1) % 3]) };
	};
	return [of(0), of(1), of(2)];
}

/** The value, after checking that components held twice are the same. */
export function revealWords(shares: readonly [Replicated, Replicated, Replicated], ring: Ring): Words {
	const low = (words: Words) => {
		const kept = words.slice();
		keepLowInto(kept, ring.bits);
		return kept;
	};
	for (const index of PARTIES) {
		const [own, next] = [low(shares[index].second), low(shares[(index + 1) % 3].first)];
		for (const [i, word] of own.entries()) {
			if (word !== next[i]) throw new Error(`component ${(index + 1) % 3} differs at ${i}`);
		}
	}
	const [a, b, c] = shares.map(({ first }) => first);
	return signedSum(a, b, c, ring);
}

/** The same in words of 32 bits. */
export function reveal(shares: readonly [Replicated, Replicated, Replicated], ring: Ring = RING_32): Int32Array {
	return int32(revealWords(shares, ring));
}

export function revealAdditive(shares: readonly [Additive, Additive, Additive]): Int32Array {
	const [a, b, c] = shares.map(({ own }) => own);
	return int32(signedSum(a, b, c, RING_32));
}

export function revealBits(shares: readonly [ReplicatedBits, ReplicatedBits, ReplicatedBits], count: number): number[] {
	for (const index of PARTIES) {
		const next = shares[(index + 1) % 3];
		if (!shares[index].second.every((byte, i) => byte === next.first[i])) throw new Error('a component differs');
	}
	const [a, b, c] = shares.map(({ first }) => first);
	return Array.from({ length: count }, (_, i) => ((a[i >> 3] ^ b[i >> 3] ^ c[i >> 3]) >> (i & 7)) & 1);
}

import { createWasmBits } from '../../core/kernels/bit-wasm.js';
import { clearBytes, KernelMemory } from '../../core/kernels/memory.js';
import { createWasmRing, RING_SCRATCH_BYTES } from '../../core/kernels/ring-wasm.js';
import { Arena } from '../../core/mpc/arena.js';
import type { Party } from '../../core/mpc/party.js';
import type { Ring } from '../../core/mpc/ring.js';

/** What one job works on: nothing in it is left over from another job. */
export interface JobMemory {
	readonly kernels: Party['kernels'];
	readonly arena: Arena;
	/** Gives the memory back; none of its views may be used from then on. */
	release(): void;
}

export interface JobMemories {
	/** Memory for one job in this ring, on which no other works. */
	take(arenaBytes: number, ring: Ring): Promise<JobMemory>;
	/** Bytes that wait for the next job. */
	readonly keptBytes: number;
	/** Lets go of what is kept. */
	close(): void;
}

interface Workplace {
	readonly memory: KernelMemory;
	readonly kernels: Party['kernels'];
	readonly wordBits: 32 | 64;
	/** Of the memory, behind what the kernels took for themselves. */
	readonly arenaBytes: number;
}

/** For the kernels and the rounding of each piece. */
const OTHER_BYTES = RING_SCRATCH_BYTES + 262_144;
/** Jobs of different sizes shall find the same memory good; pages that nobody touches cost nothing. */
const LEAST_ARENA_BYTES = 64 * 2 ** 20;
/** Larger ones are let go after their job. */
const MOST_KEPT_BYTES = 256 * 2 ** 20;
/** A party at rest is small. */
const IDLE_MS = 10_000;

/**
 * Keeps the memory of the last job for the next one: a new one has to be mapped and zeroed page by page, which takes
 * longer than many a job. What a job left in it is overwritten with zeros before another can see it, after the job's
 * result is on its way. `onIdle` is called when no job has come for a while, and nothing is kept any more.
 */
export function createJobMemories({
	idleMs = IDLE_MS,
	onIdle = () => {},
}: {
	readonly idleMs?: number;
	readonly onIdle?: () => void;
} = {}): JobMemories {
	let kept: Workplace | undefined;
	let idle: NodeJS.Timeout | undefined;
	const letGo = (): void => {
		kept = undefined;
		clearTimeout(idle);
	};
	const keep = (workplace: Workplace): void => {
		letGo();
		if (workplace.arenaBytes <= MOST_KEPT_BYTES) kept = workplace;
		idle = setTimeout(() => {
			letGo();
			onIdle();
		}, idleMs).unref();
	};
	return {
		get keptBytes() {
			return kept?.memory.memory.buffer.byteLength ?? 0;
		},
		async take(arenaBytes, ring) {
			const fits = kept !== undefined && kept.arenaBytes >= arenaBytes && kept.wordBits === ring.wordBits;
			const workplace = fits && kept !== undefined ? kept : await createWorkplace(arenaBytes, ring.wordBits);
			letGo();
			const { memory, kernels } = workplace;
			const arena = new Arena(KernelMemory.onto(memory.memory, memory.usedBytes), workplace.arenaBytes, ring);
			return {
				kernels,
				arena,
				release() {
					setImmediate(() => {
						clearBytes(new Uint8Array(memory.memory.buffer, 0, memory.usedBytes + arena.peakBytes));
						keep(workplace);
					});
				},
			};
		},
		close: letGo,
	};
}

async function createWorkplace(arenaBytes: number, wordBits: 32 | 64): Promise<Workplace> {
	const roomBytes = Math.max(arenaBytes, LEAST_ARENA_BYTES);
	const memory = new KernelMemory(roomBytes + OTHER_BYTES);
	const kernels = { ring: await createWasmRing(memory, wordBits), bits: await createWasmBits(memory, wordBits) };
	return { memory, kernels, wordBits, arenaBytes: roomBytes };
}

const PAGE_BYTES = 65_536;
const ALIGN_BYTES = 64;

/**
 * A wasm memory of fixed size that several threads can share, handed out once from the bottom up.
 * The size never changes, so that views on it stay valid for as long as they live.
 */
export class KernelMemory {
	readonly memory: WebAssembly.Memory;
	#usedBytes: number;

	/** Makes a memory for `capacityBytes` in all, rounding of each piece up to 64 bytes included. */
	constructor(capacityBytes: number, from?: { readonly memory: WebAssembly.Memory; readonly usedBytes: number }) {
		const pages = Math.ceil(capacityBytes / PAGE_BYTES);
		this.memory = from?.memory ?? new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
		this.#usedBytes = from?.usedBytes ?? 0;
	}

	/** The same memory as another thread has it, which has handed out the first `usedBytes`. */
	static onto(memory: WebAssembly.Memory, usedBytes: number): KernelMemory {
		return new KernelMemory(memory.buffer.byteLength, { memory, usedBytes });
	}

	/** Bytes handed out. */
	get usedBytes(): number {
		return this.#usedBytes;
	}

	/**
	 * Takes the next `byteLength` bytes, zero and aligned to 64, and gives their offset.
	 * Throws: RangeError when the memory is used up.
	 */
	allocate(byteLength: number): number {
		const offset = this.#usedBytes;
		const end = offset + roundUpBytes(byteLength);
		if (end > this.memory.buffer.byteLength) {
			throw new RangeError(`byteLength: expected at most ${this.memory.buffer.byteLength - offset}, got ${byteLength}`);
		}
		this.#usedBytes = end;
		return offset;
	}
}

const ZEROS = new Uint8Array(64);

/** Overwrites a view with zeros: `fill(0)` goes byte by byte in shared memory, a filling with bytes does not. */
export function clearBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): void {
	Buffer.from(buffer, byteOffset, byteLength).fill(ZEROS);
}

/** Rounds a length up to what `KernelMemory.allocate` takes for it. */
export function roundUpBytes(byteLength: number): number {
	return Math.ceil(byteLength / ALIGN_BYTES) * ALIGN_BYTES;
}

import { clearBytes, type KernelMemory, roundUpBytes } from '../kernels/memory.js';
import type { Words } from '../kernels/ring.js';
import { RING_32, type Ring, wordsOn } from './ring.js';

/**
 * Memory of one party's job: a stack on the memory that the kernels work on. Views are aligned to 64 bytes and may be
 * rounded up to whole vectors of 16 by who fills them; what lies in them is left over from before, but for the last
 * vector, which is zero.
 */
export class Arena {
	readonly #ring: Ring;
	readonly #buffer: ArrayBufferLike;
	readonly #words: Int32Array;
	readonly #start: number;
	readonly #end: number;
	#top: number;
	#peak: number;

	/**
	 * Takes `byteLength` bytes of the memory for as long as it lives, for words of the ring.
	 * Throws: RangeError when there are fewer.
	 */
	constructor(memory: KernelMemory, byteLength: number, ring: Ring = RING_32) {
		this.#ring = ring;
		this.#start = memory.allocate(byteLength);
		this.#buffer = memory.memory.buffer;
		this.#words = new Int32Array(this.#buffer);
		this.#end = this.#start + roundUpBytes(byteLength);
		this.#top = this.#start;
		this.#peak = this.#start;
	}

	/** The most bytes that were taken at one time. */
	get peakBytes(): number {
		return this.#peak - this.#start;
	}

	/** Where the stack ends now; give it to `release` to drop everything taken since. */
	mark(): number {
		return this.#top;
	}

	release(mark: number): void {
		this.#top = mark;
	}

	/** Shape: exactly `byteLength` bytes. Throws: RangeError when the arena is used up. */
	bytes(byteLength: number): Uint8Array {
		return new Uint8Array(this.#buffer, this.#take(byteLength), byteLength);
	}

	/** Shape: exactly `byteLength` bytes, all zero. Throws: RangeError when the arena is used up. */
	zeroBytes(byteLength: number): Uint8Array {
		const bytes = this.bytes(byteLength);
		clearBytes(bytes);
		return bytes;
	}

	/** Shape: exactly `count` words, all zero. Throws: RangeError when the arena is used up. */
	zeroWords(count: number): Words {
		const words = this.words(count);
		clearBytes(words);
		return words;
	}

	/** Shape: exactly `count` words. Throws: RangeError when the arena is used up. */
	words(count: number): Words {
		return wordsOn(this.#ring, this.#buffer, this.#take((count * this.#ring.wordBits) / 8), count);
	}

	#take(byteLength: number): number {
		const offset = this.#top;
		const end = offset + roundUpBytes(byteLength);
		if (end > this.#end) {
			throw new RangeError(`arena: expected at most ${this.#end - offset} more bytes, got ${byteLength}`);
		}
		this.#top = end;
		if (end > this.#peak) this.#peak = end;
		const last = offset + Math.max(0, Math.ceil(byteLength / 16) * 16 - 16);
		// four words by hand: a view for them takes longer
		if (end > last) for (let i = last / 4; i < last / 4 + 4; i++) this.#words[i] = 0;
		return offset;
	}
}

/** Words of an entry: a 128-bit id, then the 128-bit tag of the bytes that came under it. */
export const ENTRY_WORDS = 8;
const ID_WORDS = 4;
const FIRST_CAPACITY = 1 << 12;

/** What the index knows of an id. */
export type Lookup =
	| { readonly kind: 'new' }
	| { readonly kind: 'same'; readonly ordinal: number }
	| { readonly kind: 'conflict'; readonly ordinal: number };

/**
 * The ids of all reports of a session with the tags of their bytes, in order of arrival.
 * Memory: 32 bytes a report and 8 to 16 for the places. Open addressing, at most half full; ids come from clients, so
 * their place depends on two secret words.
 */
export class IdIndex {
	#entries = new Uint32Array(FIRST_CAPACITY * ENTRY_WORDS);
	#places = new Int32Array(FIRST_CAPACITY * 2).fill(-1);
	#size = 0;
	readonly #secret: Uint32Array;

	constructor(secret: Uint32Array) {
		this.#secret = secret;
	}

	get size(): number {
		return this.#size;
	}

	/** Shape: `entry` has ENTRY_WORDS words. */
	lookup(entry: Uint32Array): Lookup {
		const ordinal = this.#places[this.#placeOf(entry)];
		if (ordinal < 0) return { kind: 'new' };
		const at = ordinal * ENTRY_WORDS;
		for (let i = ID_WORDS; i < ENTRY_WORDS; i++) {
			if (this.#entries[at + i] !== entry[i]) return { kind: 'conflict', ordinal };
		}
		return { kind: 'same', ordinal };
	}

	/** Adds an entry whose id is new and gives its ordinal. */
	add(entry: Uint32Array): number {
		if ((this.#size + 1) * ENTRY_WORDS > this.#entries.length) this.#grow();
		const ordinal = this.#size++;
		this.#entries.set(entry, ordinal * ENTRY_WORDS);
		this.#places[this.#placeOf(entry)] = ordinal;
		return ordinal;
	}

	/** Forgets the entries from `size` on: those of a group that was not committed. */
	truncate(size: number): void {
		// the last one first: nothing that was added later leans on its place
		while (this.#size > size) {
			this.#size--;
			this.#places[this.#placeOf(this.entries(this.#size, this.#size + 1))] = -1;
		}
	}

	/** The entries of ordinals from..to-1; a view that is valid until the next `add`. */
	entries(from: number, to: number): Uint32Array {
		return this.#entries.subarray(from * ENTRY_WORDS, to * ENTRY_WORDS);
	}

	/** The place that holds this id, or the free one where it belongs. */
	#placeOf(entry: Uint32Array): number {
		const mask = this.#places.length - 1;
		const [first, second] = this.#secret;
		let hash = Math.imul(entry[0] ^ first, 0x9e3779b1) ^ Math.imul(entry[1] ^ second, 0x85ebca6b);
		hash = Math.imul(hash ^ (hash >>> 15) ^ entry[2], 0xc2b2ae35) ^ entry[3];
		for (let place = (hash ^ (hash >>> 13)) & mask; ; place = (place + 1) & mask) {
			const ordinal = this.#places[place];
			if (ordinal < 0 || this.#hasId(ordinal, entry)) return place;
		}
	}

	#hasId(ordinal: number, entry: Uint32Array): boolean {
		const at = ordinal * ENTRY_WORDS;
		for (let i = 0; i < ID_WORDS; i++) if (this.#entries[at + i] !== entry[i]) return false;
		return true;
	}

	#grow(): void {
		const entries = new Uint32Array(this.#entries.length * 2);
		entries.set(this.#entries);
		this.#entries = entries;
		this.#places = new Int32Array(this.#places.length * 2).fill(-1);
		for (let i = 0; i < this.#size; i++) this.#places[this.#placeOf(this.entries(i, i + 1))] = i;
	}
}

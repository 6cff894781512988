import type { Mechanism } from '../../core/average/mechanism.js';
import { BugError } from '../../core/errors.js';
import type { AccumulateKernel } from '../../core/kernels/accumulate.js';
import { ENTRY_WORDS, IdIndex } from './id-index.js';
import type { SlotTable } from './slots.js';
import type { CollectorStore, Sums } from './store.js';

/** What became of a report. `later`: it is for the next group. */
export const reportStatuses = ['accepted', 'duplicate', 'conflict', 'out-of-range', 'full', 'failed', 'later'] as const;
export type ReportStatus = (typeof reportStatuses)[number];

/** Recent sums are int32: they move into the base before this many int16 reports could overflow them. */
const SPILL_COUNT = 60_000;
/** 48 bytes of memory each; a session of more is better split. */
export const MAX_REPORTS = 16_000_000;

export interface GroupOutcome {
	readonly statuses: ReportStatus[];
	/** Why the group could not be committed; its new reports are `failed`. */
	readonly error: Error | null;
}

/**
 * Counts reports: into the sums, and durably into the store, or not at all.
 * One group after the other, on one thread; the slots of a group belong to it until `commitGroup` returns.
 */
export class Ledger {
	readonly #mechanism: Mechanism;
	readonly #kernel: AccumulateKernel;
	readonly #slots: SlotTable;
	readonly #store: CollectorStore;
	readonly #minBatch: number;
	readonly #spillCount: number;
	readonly #index: IdIndex;
	/** Working sums in kernel memory, padded. */
	readonly #sums: Int32Array;
	/** Taken in turns: fresh arrays of this size at each commit would keep the collector busy with garbage. */
	readonly #recents: readonly Int32Array[];
	#current: Sums;
	#release: Sums | null;
	#spilledAtCount: number;

	constructor(parts: {
		readonly mechanism: Mechanism;
		readonly kernel: AccumulateKernel;
		readonly slots: SlotTable;
		readonly sums: Int32Array;
		readonly store: CollectorStore;
		readonly minBatch: number;
		readonly spillCount?: number;
	}) {
		this.#mechanism = parts.mechanism;
		this.#kernel = parts.kernel;
		this.#slots = parts.slots;
		this.#store = parts.store;
		this.#sums = parts.sums;
		this.#minBatch = parts.minBatch;
		this.#spillCount = parts.spillCount ?? SPILL_COUNT;
		this.#current = parts.store.current;
		this.#release = parts.store.release;
		this.#recents = [0, 1, 2].map(() => new Int32Array(this.#current.recent.length));
		// the largest share of the count that may lie in the recent sums
		this.#spilledAtCount = 0;
		this.#sums.set(this.#current.recent);
		this.#index = new IdIndex(new Uint32Array(Uint8Array.from(parts.store.tagKey).buffer));
		for (const entries of parts.store.entries()) {
			const words = new Uint32Array(Uint8Array.from(entries).buffer);
			for (let at = 0; at < words.length; at += ENTRY_WORDS) this.#index.add(words.subarray(at, at + ENTRY_WORDS));
		}
		if (this.#current.count > 0) this.#spill();
	}

	get count(): number {
		return this.#current.count;
	}

	get release(): Sums | null {
		return this.#release;
	}

	/** Counts the reports of these slots; the group is cut at the last multiple of the minimum batch that it reaches. */
	commitGroup(slots: readonly number[]): GroupOutcome {
		const countBefore = this.#current.count;
		const statuses: ReportStatus[] = [];
		const ordinals: number[] = [];
		slots.forEach((slot, i) => {
			[statuses[i], ordinals[i]] = this.#classify(slot);
		});
		const total = this.#index.size;
		const cut = total - (total % this.#minBatch);
		const size = cut > countBefore ? cut : total;
		slots.forEach((_slot, i) => {
			if (ordinals[i] >= size) statuses[i] = 'later';
		});
		this.#index.truncate(size);
		const added = slots.filter((_slot, i) => statuses[i] === 'accepted');
		if (added.length === 0) return { statuses, error: null };
		try {
			this.#commit(added, countBefore, size);
			return { statuses, error: null };
		} catch (error) {
			this.#sums.set(this.#current.recent);
			this.#index.truncate(countBefore);
			return {
				statuses: statuses.map((status, i) => (ordinals[i] >= countBefore && status !== 'later' ? 'failed' : status)),
				error: error instanceof Error ? error : new Error(String(error)),
			};
		}
	}

	/** Its status if the group is committed whole, and its place in the order of reports (-1 where it has none). */
	#classify(slot: number): [ReportStatus, number] {
		const entry = this.#slots.entry(slot);
		const found = this.#index.lookup(entry);
		if (found.kind === 'same') return ['duplicate', found.ordinal];
		if (found.kind === 'conflict') return ['conflict', -1];
		if (!this.#isInRange(slot)) return ['out-of-range', -1];
		if (this.#index.size >= MAX_REPORTS) return ['full', -1];
		return ['accepted', this.#index.add(entry)];
	}

	#isInRange(slot: number): boolean {
		const range = this.#mechanism.rangeOfReport;
		if (range === null) {
			const body = this.#slots.body(slot);
			const spareBits = body.length * 8 - this.#current.recent.length;
			return body[body.length - 1] >>> (8 - spareBits) === 0;
		}
		if (range.min <= -32768 && range.max >= 32767) return true;
		return this.#kernel.isWithin(this.#slots.paddedInt16(slot), range.min, range.max);
	}

	#commit(added: readonly number[], countBefore: number, size: number): void {
		if (size - this.#spilledAtCount > this.#spillCount) this.#spill();
		if (this.#mechanism.rangeOfReport === null) {
			this.#kernel.addBitsInto(
				this.#sums,
				added.map((slot) => this.#slots.paddedBits(slot)),
			);
		} else {
			this.#kernel.addInt16Into(
				this.#sums,
				added.map((slot) => this.#slots.paddedInt16(slot)),
			);
		}
		const isRelease = size % this.#minBatch === 0;
		const sums: Sums = {
			count: size,
			generation: this.#current.generation,
			base: this.#current.base,
			recent: this.#freeRecent(),
		};
		sums.recent.set(this.#sums.subarray(0, sums.recent.length));
		const entries = this.#index.entries(countBefore, size);
		this.#store.commit({
			sums,
			isRelease,
			firstOrdinal: countBefore,
			entries: new Uint8Array(entries.buffer, entries.byteOffset, entries.byteLength),
		});
		this.#current = sums;
		if (isRelease) this.#release = sums;
	}

	/** One of three arrays: neither that of the current sums nor that of the release. */
	#freeRecent(): Int32Array {
		const free = this.#recents.find((recent) => recent !== this.#current.recent && recent !== this.#release?.recent);
		if (free === undefined) throw new BugError('no-free-sums', 'the ledger has lost track of its sums');
		return free;
	}

	/** Moves the recent sums into the base; durable with the next commit, and the same sums before and after. */
	#spill(): void {
		const { base, recent, count, generation } = this.#current;
		this.#current = {
			count,
			generation: generation + 1,
			base: base.map((sum, i) => sum + recent[i]),
			recent: new Int32Array(recent.length),
		};
		this.#sums.fill(0);
		this.#spilledAtCount = count;
	}
}

import { DataError, PolicyError } from '../../core/errors.js';
import { DESCRIPTOR_LENGTH } from '../../core/face/fixed-match.js';
import { createGalleryDigest, FIRST_GENERATION, type GalleryDigest } from '../../core/face/gallery-digest.js';
import type { Words } from '../../core/kernels/ring.js';
import type { Replicated } from '../../core/mpc/shares.js';
import { createTemplateTable, type TemplateTable } from '../../core/mpc/template-table.js';
import { youngCollector } from '../heap-growth.js';
import { type GalleryFile, openGalleryFile } from './gallery-file.js';
import { REFRESH_BATCH } from './gallery-program.js';

export interface GalleryOptions {
	/** Where templates are kept; in memory alone without it. */
	readonly file?: string | undefined;
	/** Whether a client may ask for distances, from which templates can be worked out. */
	readonly openDistances?: boolean | undefined;
	/** Queries in any minute. */
	readonly maxQueriesPerMinute: number;
	readonly nowMs: () => number;
}

/** What a party tells of its gallery. */
export interface GalleryState {
	readonly templates: number;
	/** Of the ids in order, and the generation of their shares. */
	readonly digest: string;
	/** Changes whenever all templates are shared anew; that of new shares that are not yet settled. */
	readonly generation: string;
	readonly pending: string | null;
	readonly opensDistances: boolean;
	/** So many questions were answered, for good where there is a file. */
	readonly queries: number;
}

/** The templates of one party, in memory and on disk. */
export interface PartyGallery {
	readonly table: TemplateTable;
	readonly state: GalleryState;
	ids(): string[];
	append(ids: readonly string[] | undefined, vectors: Replicated, squares: Words): Promise<void>;
	remove(ids: readonly string[]): Promise<void>;
	/**
	 * Keeps new shares of all templates, as `share` makes them of this party's first components, beside the old ones.
	 * Throws: PolicyError without a file, and what `share` throws.
	 */
	refresh(generation: string, share: (first: Int32Array) => Promise<Replicated>): Promise<void>;
	/** Lets go of the old shares; nothing to do where that was done. Throws: DataError `not-refreshed`. */
	settle(generation: string): Promise<void>;
	/** Throws: PolicyError `too-many-queries`. */
	countQuery(): void;
	close(): void;
}

const MINUTE_MS = 60_000;
const BATCH = 1024;

/** Reads what the file holds. Throws: DataError for a file that is none. */
export async function openPartyGallery(options: GalleryOptions): Promise<PartyGallery> {
	const file = options.file === undefined ? undefined : openGalleryFile(options.file);
	const table = createTemplateTable(DESCRIPTOR_LENGTH);
	let digest = await load(table, file);
	let queries = file?.queries ?? 0;
	let recent: number[] = [];
	return {
		table,
		get state() {
			const { generation, pending } = file ?? { generation: FIRST_GENERATION, pending: null };
			return {
				templates: table.count,
				digest: digest.value,
				generation,
				pending,
				opensDistances: options.openDistances ?? false,
				queries,
			};
		},
		ids: () => [...(file?.ids() ?? [])],
		async append(ids, vectors, squares) {
			if (file !== undefined) {
				if (ids === undefined) throw new PolicyError('no-ids', 'templates that are kept need an id each');
				file.append({
					ids,
					first: numbers(vectors.first).slice(),
					second: numbers(vectors.second).slice(),
				});
			}
			await table.append(vectors, squares);
			if (ids !== undefined) digest.add(ids);
		},
		async remove(ids) {
			needFile(file).remove(ids);
			digest = await load(table, file);
		},
		async refresh(generation, share) {
			const kept = needFile(file);
			kept.beginRefresh();
			for (const { ids, first } of kept.batches(REFRESH_BATCH)) {
				const fresh = await share(first);
				kept.addFresh({ ids, first: numbers(fresh.first), second: numbers(fresh.second) });
			}
			kept.endRefresh(generation);
		},
		async settle(generation) {
			const kept = needFile(file);
			if (kept.generation === generation) return;
			if (kept.pending !== generation) {
				throw new DataError('not-refreshed', 'this party has no new shares of that generation');
			}
			kept.settle();
			digest = await load(table, file);
		},
		countQuery() {
			const now = options.nowMs();
			recent = recent.filter((at) => now - at < MINUTE_MS);
			if (recent.length >= options.maxQueriesPerMinute) {
				throw new PolicyError(
					'too-many-queries',
					`this party answers ${options.maxQueriesPerMinute} queries a minute`,
					{
						hint: 'Each answer tells a little of the templates. Wait a minute.',
					},
				);
			}
			recent.push(now);
			queries = file?.countQuery() ?? queries + 1;
		},
		close: () => file?.close(),
	};
}

function needFile(file: GalleryFile | undefined): GalleryFile {
	if (file !== undefined) return file;
	throw new PolicyError('no-gallery-file', 'this party keeps no gallery in a file');
}

/** What the file holds, in the memory of what the table held before: two of them may be more than there is. */
async function load(table: TemplateTable, file: GalleryFile | undefined): Promise<GalleryDigest> {
	const digest = createGalleryDigest(file?.generation ?? FIRST_GENERATION);
	table.clear();
	const collect = youngCollector();
	for (const { ids, first, second } of file?.batches(BATCH) ?? []) {
		await table.append({ first, second }, squaresOf(first, second));
		digest.add(ids);
		collect();
	}
	return digest;
}

/** As the step `squaredNorms` works them out: x_i (x_i + 2 x_i+1), summed. */
function squaresOf(first: Int32Array, second: Int32Array): Int32Array {
	return Int32Array.from({ length: first.length / DESCRIPTOR_LENGTH }, (_, row) => {
		let sum = 0;
		for (let at = row * DESCRIPTOR_LENGTH; at < (row + 1) * DESCRIPTOR_LENGTH; at++) {
			sum = (sum + Math.imul(first[at], first[at] + 2 * second[at])) | 0;
		}
		return sum;
	});
}

function numbers(words: Words): Int32Array {
	return words instanceof Int32Array ? words : new Int32Array(0);
}

import { setImmediate } from 'node:timers/promises';
import { DataError, PolicyError } from '../../core/errors.js';
import { DESCRIPTOR_LENGTH } from '../../core/face/fixed-match.js';
import { createGalleryDigest, FIRST_GENERATION, type GalleryDigest } from '../../core/face/gallery-digest.js';
import type { Words } from '../../core/kernels/ring.js';
import type { Replicated } from '../../core/mpc/shares.js';
import { createTemplateTable, type TemplateTable } from '../../core/mpc/template-table.js';
import { youngCollector } from '../heap-growth.js';
import { type ComponentHashes, type GalleryFile, openGalleryFile, PUBLIC_MODEL } from './gallery-file.js';
import { openSuccession, type Succession } from './gallery-succession.js';
import { createQuestionBook, type Question, type QuestionBookOptions } from './question-book.js';

export interface GalleryOptions extends Omit<QuestionBookOptions, 'counts' | 'keep'> {
	/** Where templates are kept; in memory alone without it. */
	readonly file?: string | undefined;
	/** New shares of which no more piece has come for so long are dropped. */
	readonly freshLifeMs?: number;
}

/** What a party tells of its gallery. */
export interface GalleryState {
	readonly templates: number;
	/** Of the ids in order, and the generation of their shares. */
	readonly digest: string;
	/** Changes whenever all templates are shared anew. */
	readonly generation: string;
	/** That of new shares which are all there. */
	readonly pending: string | null;
	/** New shares that are being made, and of how many templates they are there. */
	readonly fresh: Succession['fresh'];
	readonly opensDistances: boolean;
	/** The recognition network that made the templates: `PUBLIC_MODEL` or an id; null while there are none. */
	readonly model: string | null;
	/** So many questions of each client were let through, counted for good where there is a file. */
	readonly queries: Readonly<Record<string, number>>;
	/** Questions that were not answered, since the start. */
	readonly queriesRefused: number;
}

/** The templates of one party, in memory and on disk. */
export interface PartyGallery {
	readonly table: TemplateTable;
	readonly state: GalleryState;
	ids(): string[];
	/** Of the public network without a `model`; the first templates decide for all. */
	append(ids: readonly string[] | undefined, vectors: Replicated, squares: Words, model?: string): Promise<void>;
	remove(ids: readonly string[]): Promise<void>;
	/**
	 * Keeps new shares of a piece of the templates beside the old ones, which stay in use. At template 0 whatever there was
	 * of new shares is dropped, when `agree` says that all three are of one generation: one of them may need it otherwise.
	 * A piece that fails takes those before it along. Throws: PolicyError without a file, DataError, and what others throw.
	 */
	refresh(piece: RefreshPiece, agree: Agree, share: ShareAnew): Promise<void>;
	/**
	 * Lets go of the old shares when all three have the new ones for good, and those are the same where two hold the same
	 * (`compare`). Nothing to do where it was done. Throws: DataError `not-refreshed`, and what others throw.
	 */
	settle(generation: string, agree: Agree, compare: CompareHashes): Promise<void>;
	/** Drops new shares that not all three have. Nothing to do where the old ones are of another generation. */
	abandon(generation: string, agree: Agree): Promise<void>;
	/** Counts a question and tells of it, before it is answered. Throws: PolicyError where it is not to be. */
	enter(question: Omit<Question, 'generation'>): void;
	close(): void;
}

/** A piece of the templates that are shared anew, from generation `base` to another. */
export interface RefreshPiece {
	readonly generation: string;
	readonly base: string;
	/** How many are shared anew already. */
	readonly start: number;
	readonly count: number;
}

/** Resolves when all three have come to the same words. Throws: DataError when they have not. */
type Agree = (words: string) => Promise<void>;
type CompareHashes = (hashes: ComponentHashes) => Promise<void>;
type ShareAnew = (first: Int32Array) => Promise<Replicated>;

/** A client that has left in the middle may leave as much on the disk as the gallery has. */
const FRESH_LIFE_MS = 600_000;
const BATCH = 1024;

/** Reads what the file holds. Throws: DataError for a file that is none. */
export async function openPartyGallery(options: GalleryOptions): Promise<PartyGallery> {
	const path = options.file;
	const succession = path === undefined ? undefined : await openSuccession(path);
	let file = path === undefined ? undefined : openGalleryFile(path);
	const table = createTemplateTable(DESCRIPTOR_LENGTH);
	let digest = await load(table, file);
	let held = table.count;
	let generation = file?.generation ?? FIRST_GENERATION;
	let model = file === undefined ? PUBLIC_MODEL : file.model;
	const book = createQuestionBook({
		...options,
		counts: file?.queries ?? {},
		keep(counts) {
			if (file !== undefined) file.queries = counts;
		},
	});
	let lapse: NodeJS.Timeout | undefined;
	/** New shares that are taking the old ones' place, which takes seconds: until then the party is as it was. */
	let coming: string | null = null;
	const own = (): { kept: GalleryFile; heirs: Succession; name: string } => {
		if (file !== undefined && succession !== undefined && path !== undefined) {
			return { kept: file, heirs: succession, name: path };
		}
		throw new PolicyError('no-gallery-file', 'this party keeps no gallery in a file');
	};
	const guardSettled = (): void => {
		if (coming === null && (succession === undefined || succession.ready === null)) return;
		throw new DataError('not-settled', 'new shares of the gallery wait to take the place of the old ones', {
			hint: 'Try again: the next command finishes it.',
		});
	};
	const reload = async (): Promise<void> => {
		digest = await load(table, file);
		held = table.count;
	};
	return {
		table,
		get state() {
			return {
				templates: held,
				digest: digest.value,
				generation,
				pending: coming ?? succession?.ready ?? null,
				fresh: succession?.fresh ?? null,
				opensDistances: options.openDistances ?? false,
				model: held === 0 ? null : model,
				queries: book.counts,
				queriesRefused: book.refused,
			};
		},
		ids() {
			if (coming !== null) guardSettled();
			return [...(file?.ids() ?? [])];
		},
		async append(ids, vectors, squares, of = PUBLIC_MODEL) {
			guardSettled();
			if (held === 0) {
				model = of;
				if (file !== undefined) file.model = of;
			}
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
			held = table.count;
		},
		async remove(ids) {
			// a client that waits for its turn alone
			if (ids.length === 0) return;
			const { kept, heirs } = own();
			guardSettled();
			await heirs.drop();
			kept.remove(ids);
			await reload();
		},
		async refresh({ generation: next, base, start, count }, agree, share) {
			const { kept, heirs } = own();
			clearTimeout(lapse);
			if (generation !== base) throw new DataError('galleries-differ', 'the shares here are of another generation');
			if (start > 0 && (heirs.fresh?.generation !== next || heirs.fresh.templates !== start)) {
				throw new DataError('not-refreshed', `this party has not come to template ${start} of those new shares`);
			}
			await agree(`from ${base} to ${next} at ${start}`);
			try {
				if (start === 0) await heirs.begin(next);
				await agree(`begun ${next} at ${start}`);
				await heirs.extend(kept, count, async (batch) => {
					const made = await share(batch.first);
					return { ...batch, first: numbers(made.first), second: numbers(made.second) };
				});
			} catch (error) {
				await heirs.drop();
				throw error;
			}
			lapse = setTimeout(() => {
				if (heirs.fresh?.generation === next) void heirs.drop();
			}, options.freshLifeMs ?? FRESH_LIFE_MS).unref();
		},
		async settle(next, agree, compare) {
			const { kept, heirs, name } = own();
			clearTimeout(lapse);
			const isDone = generation === next;
			const isWhole = heirs.fresh?.generation === next && heirs.fresh.templates === held;
			if (!isDone && !isWhole && heirs.ready !== next) {
				throw new DataError(
					'not-refreshed',
					'this party has no new shares of that generation, or not of all templates',
				);
			}
			await compare(isDone ? kept.hashes : heirs.hashes);
			if (!isDone) await heirs.finish();
			await agree(`ready ${next}`);
			if (isDone) return;
			coming = next;
			try {
				await heirs.takeOver(kept);
				file = openGalleryFile(name);
				await reload();
				generation = next;
			} finally {
				coming = null;
			}
		},
		async abandon(base, agree) {
			const { heirs } = own();
			await agree(`still ${generation}`);
			if (generation === base) await heirs.drop();
		},
		enter: (question) => book.enter({ ...question, generation }),
		close() {
			clearTimeout(lapse);
			succession?.close();
			file?.close();
		},
	};
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
		// others are heard between two batches
		await setImmediate();
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

import { createHash, type Hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { youngCollector } from '../heap-growth.js';
import { syncFile } from '../sync-file.js';
import { syncFolder } from '../sync-folder.js';
import { type ComponentHashes, type GalleryFile, openGalleryFile, type PlacedBatch } from './gallery-file.js';
import { REFRESH_BATCH } from './gallery-program.js';

/**
 * New shares of a party's templates beside the old ones, in a file whose name tells how far they are. A name changes
 * whole or not at all, whenever the process ends:
 *
 * | name ends in | the new shares | at the next start |
 * | --- | --- | --- |
 * | `.fresh` | are being made | are worth nothing: overwritten |
 * | `.ready` | are all there; another party may use them already | wait for the word to take the old ones' place |
 * | `.next` | take the old ones' place, which are being overwritten | do so |
 */
export interface Succession {
	/** Being made. */
	readonly fresh: { readonly generation: string; readonly templates: number } | null;
	/** The generation of those that are ready. */
	readonly ready: string | null;
	/** Drops whatever there is, and begins anew. */
	begin(generation: string): Promise<void>;
	/** Adds shares for the templates that follow in `old`, which `share` makes of their first components. */
	extend(old: GalleryFile, count: number, share: (batch: PlacedBatch) => Promise<PlacedBatch>): Promise<void>;
	/** Of those that are ready, or being made. */
	readonly hashes: ComponentHashes;
	/** From here on they outlive the process. Nothing to do where they are ready. */
	finish(): Promise<void>;
	/** Overwrites the old shares, closes their file, and puts those that are ready in its place. */
	takeOver(old: GalleryFile): Promise<void>;
	drop(): Promise<void>;
	close(): void;
}

const ZEROS = new Uint8Array(4 * 2 ** 20);

interface Fresh {
	readonly generation: string;
	readonly file: GalleryFile;
	templates: number;
	lastPlace: number;
	readonly first: Hash;
	readonly second: Hash;
}

/** Ends what a process left half done, and gives what is there beside the gallery in `path`. */
export async function openSuccession(path: string): Promise<Succession> {
	const names = { fresh: `${path}.fresh`, ready: `${path}.ready`, next: `${path}.next` };
	const putInPlace = async (): Promise<void> => {
		if (existsSync(path)) await overwrite(path);
		// of a process that was killed: the log that may stay behind belongs to the old shares
		for (const log of [`${path}-wal`, `${path}-shm`]) await discard(log);
		await rename(names.next, path);
		await syncFolder(dirname(path));
	};
	if (existsSync(names.next)) await putInPlace();
	await discard(names.fresh);
	let ready = existsSync(names.ready) ? readReady(names.ready) : null;
	let fresh: Fresh | undefined;
	const drop = async (): Promise<void> => {
		fresh?.file.close();
		fresh = undefined;
		ready = null;
		await discard(names.fresh);
		await discard(names.ready);
	};
	return {
		get fresh() {
			return fresh === undefined ? null : { generation: fresh.generation, templates: fresh.templates };
		},
		get ready() {
			return ready?.generation ?? null;
		},
		async begin(generation) {
			await drop();
			const file = openGalleryFile(names.fresh, 'unfinished');
			const [first, second] = [createHash('sha256'), createHash('sha256')];
			fresh = { generation, file, templates: 0, lastPlace: 0, first, second };
		},
		async extend(old, count, share) {
			if (fresh === undefined) throw new RangeError('no new shares are being made');
			const collect = youngCollector();
			const until = fresh.templates + count;
			while (fresh.templates < until) {
				const size = Math.min(REFRESH_BATCH, until - fresh.templates);
				const [batch] = old.batches(size, fresh.lastPlace);
				if (batch === undefined) throw new RangeError(`expected ${until} templates, got ${fresh.templates}`);
				const made = await share(batch);
				fresh.file.insert(made);
				fresh.first.update(made.ids.join('')).update(made.first);
				fresh.second.update(made.ids.join('')).update(made.second);
				fresh.templates += made.ids.length;
				fresh.lastPlace = made.places[made.places.length - 1];
				collect();
			}
			// piece by piece: all of them at the end would take longer than the other parties wait
			await syncFile(names.fresh);
		},
		get hashes() {
			if (ready !== null) return ready.hashes;
			if (fresh === undefined) throw new RangeError('there are no new shares');
			return { first: fresh.first.copy().digest(), second: fresh.second.copy().digest() };
		},
		async finish() {
			if (fresh === undefined) return;
			const hashes = { first: fresh.first.digest(), second: fresh.second.digest() };
			const { file, generation } = fresh;
			file.generation = generation;
			file.hashes = hashes;
			file.close();
			fresh = undefined;
			await syncFile(names.fresh);
			await rename(names.fresh, names.ready);
			await syncFolder(dirname(path));
			ready = { generation, hashes };
		},
		async takeOver(old) {
			const heir = openGalleryFile(names.ready, 'unfinished');
			heir.queries = old.queries;
			heir.model = old.model;
			heir.close();
			await syncFile(names.ready);
			old.close();
			await rename(names.ready, names.next);
			await syncFolder(dirname(path));
			ready = null;
			await putInPlace();
		},
		drop,
		close: () => fresh?.file.close(),
	};
}

function readReady(name: string): { generation: string; hashes: ComponentHashes } {
	const file = openGalleryFile(name, 'unfinished');
	try {
		return { generation: file.generation, hashes: file.hashes };
	} finally {
		file.close();
	}
}

/** Removes a file, after zeros were written over it. */
async function discard(name: string): Promise<void> {
	if (!existsSync(name)) return;
	await overwrite(name);
	await rm(name);
}

/** Writes zeros over all of a file, then makes it empty: a process may hold it open, and its room would stay taken. */
async function overwrite(name: string): Promise<void> {
	const handle = await open(name, 'r+');
	try {
		const { size } = await handle.stat();
		for (let at = 0; at < size; at += ZEROS.length) {
			await handle.write(ZEROS, 0, Math.min(ZEROS.length, size - at), at);
		}
		await handle.sync();
		await handle.truncate(0);
		await handle.sync();
	} finally {
		await handle.close();
	}
}

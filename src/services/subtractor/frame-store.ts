import { createHash, randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, VeilcamError } from '../../core/errors.js';
import { errorCode } from '../../core/image/file-errors.js';
import { openVctFile } from '../../core/subtract/vct-files.js';
import { toHex } from '../../core/subtract/vct-header.js';
import { type VctStream, writeVct } from '../../core/subtract/vct-stream.js';
import { lockStore } from '../store-lock.js';
import { syncFolder } from '../sync-folder.js';
import { type FrameIndex, type IndexedFrame, openFrameIndex } from './frame-index.js';

/** How much is kept; beyond it the oldest frames go. */
export interface Retention {
	/** Frames of each camera. */
	readonly framesPerCamera: number;
	/** Bytes of all frames. */
	readonly bytes: number;
}

/** Earlier frames of cameras: a file each, and an index of them. What `put` acknowledged is there after a crash. */
export interface FrameStore {
	readonly index: Pick<FrameIndex, 'find' | 'before' | 'after'>;
	readonly frameCount: number;
	readonly bytes: number;
	/** Cameras with the number of their frames, the one that sent last first. */
	cameras(limit: number): { readonly camera: string; readonly count: number }[];
	readonly retention: Retention;
	/** Why the last write failed; null when it did not. */
	readonly failure: VeilcamError | null;
	/**
	 * Takes a frame in, as it comes. `added` is false when it was there, byte for byte.
	 * Throws: DataError `frame-conflict` for other bytes under a known id, `store-full`, and those of the stream.
	 */
	put(camera: string, frame: VctStream): Promise<{ readonly frame: IndexedFrame; readonly added: boolean }>;
	/** Throws: DataError `no-such-frame` when it is gone, and those of `openVctFile`. */
	open(frame: IndexedFrame): Promise<VctStream>;
	close(): void;
}

/**
 * Opens a folder of frames, or makes it; only its owner can read it. Removes what a crash left half done.
 * Throws: DataError.
 */
export function openFrameStore(folder: string, retention: Retention): FrameStore {
	const files = join(folder, 'frames');
	const arriving = join(folder, 'arriving');
	makeFolder(files);
	try {
		closeSync(openSync(join(folder, 'index.db'), 'a', 0o600));
	} catch (cause) {
		throw notOpened(folder, cause);
	}
	const unlock = lockStore(join(folder, 'index.db'), 'subtractor');
	const index = openIndex();
	const pathOf = ({ camera, id }: Pick<IndexedFrame, 'camera' | 'id'>): string => join(files, camera, `${id}.vct`);
	const { counts, bytes: sweptBytes } = sweep(index, files, arriving);
	let bytes = sweptBytes;
	let failure: VeilcamError | null = null;

	function openIndex(): FrameIndex {
		try {
			return openFrameIndex(join(folder, 'index.db'));
		} catch (error) {
			unlock();
			throw error;
		}
	}
	/** The index first: a file without a row is removed at the next start, a row without a file would be a lie. */
	const drop = async (frames: readonly IndexedFrame[]): Promise<void> => {
		if (frames.length === 0) return;
		index.remove(frames);
		for (const frame of frames) {
			bytes -= frame.bytes;
			const left = (counts.get(frame.camera) ?? 1) - 1;
			if (left > 0) counts.set(frame.camera, left);
			else counts.delete(frame.camera);
		}
		await Promise.all(frames.map((frame) => rm(pathOf(frame), { force: true })));
	};
	const retain = async (camera: string): Promise<void> => {
		const surplus = (counts.get(camera) ?? 0) - retention.framesPerCamera;
		if (surplus > 0) await drop(index.after(camera, 0, surplus));
		while (bytes > retention.bytes) {
			const oldest = index.oldest();
			if (oldest === undefined) break;
			await drop([oldest]);
		}
	};
	const receive = async (stream: VctStream, temporary: string): Promise<{ bytes: number; hash: string }> => {
		const file = await open(temporary, 'wx', 0o600);
		try {
			const hash = createHash('sha256');
			let length = 0;
			await writeFile(
				file,
				(async function* () {
					for await (const piece of writeVct(stream.header, stream.records())) {
						hash.update(piece);
						length += piece.length;
						yield piece;
					}
				})(),
			);
			await file.sync();
			return { bytes: length, hash: hash.digest('hex') };
		} finally {
			await file.close();
		}
	};
	const put: FrameStore['put'] = async (camera, stream) => {
		const temporary = join(arriving, randomBytes(12).toString('hex'));
		try {
			const received = await receive(stream, temporary);
			const id = toHex(stream.header.ids[0]);
			await mkdir(join(files, camera), { recursive: true, mode: 0o700 });
			const known = index.find(camera, id);
			if (known !== undefined) {
				if (known.hash === received.hash) return { frame: known, added: false };
				throw new DataError('frame-conflict', 'this id has come with other bytes before; the first frame stands', {
					hint: 'Encrypt the picture again: it gets another id.',
				});
			}
			const incoming = { camera, id, ...received };
			// both at once, with no other upload between: two of one id do not both get here
			renameSync(temporary, pathOf(incoming));
			index.add(incoming);
			await syncFolder(join(files, camera));
			const count = counts.get(camera) ?? 0;
			// set anew: the last of the map is who sent last
			counts.delete(camera);
			counts.set(camera, count + 1);
			bytes += incoming.bytes;
			const frame = index.find(camera, id) ?? { ...incoming, number: 0 };
			await retain(camera);
			return { frame, added: true };
		} finally {
			await stream.close();
			await rm(temporary, { force: true });
		}
	};
	return {
		index,
		get frameCount() {
			return [...counts.values()].reduce((sum, count) => sum + count, 0);
		},
		cameras: (limit) =>
			[...counts]
				.slice(-limit)
				.reverse()
				.map(([camera, count]) => ({ camera, count })),
		get bytes() {
			return bytes;
		},
		get failure() {
			return failure;
		},
		retention,
		async put(camera, stream) {
			try {
				const done = await put(camera, stream);
				failure = null;
				return done;
			} catch (error) {
				const wrapped = asDiskError(error, folder);
				if (wrapped instanceof VeilcamError && wrapped.code.startsWith('store-')) failure = wrapped;
				throw wrapped;
			}
		},
		async open(frame) {
			try {
				return await openVctFile(pathOf(frame), `frame ${frame.id}`);
			} catch (error) {
				if (error instanceof DataError && error.code === 'missing-file') throw noSuchFrame(frame.id);
				throw error;
			}
		},
		close() {
			index.close();
			unlock();
		},
	};
}

/** Makes a folder that only its owner can read, where there is none. Throws: DataError. */
export function makeFolder(folder: string): void {
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
	} catch (cause) {
		throw notOpened(folder, cause);
	}
}

function notOpened(folder: string, cause: unknown): DataError {
	return new DataError('store-not-opened', `${folder}: cannot be opened`, {
		hint: 'Check that it is a folder, or can be made, and may be written to.',
		cause,
	});
}

/** Throws by return: the error for a frame that is not there. */
export function noSuchFrame(id: string): DataError {
	return new DataError('no-such-frame', `there is no frame ${id} of this camera here`, {
		hint: 'It may have made room for newer ones. Upload it again.',
	});
}

/** Counts what is there, and removes files without a row, rows without a file, and what was arriving. */
function sweep(index: FrameIndex, files: string, arriving: string): { counts: Map<string, number>; bytes: number } {
	rmSync(arriving, { recursive: true, force: true });
	mkdirSync(arriving, { recursive: true, mode: 0o700 });
	const orphans = new Set<string>();
	for (const camera of readdirSync(files)) {
		for (const name of readdirSync(join(files, camera))) orphans.add(join(camera, name));
	}
	const lost: IndexedFrame[] = [];
	const counts = new Map<string, number>();
	let bytes = 0;
	for (const frame of index.all()) {
		if (orphans.delete(join(frame.camera, `${frame.id}.vct`))) {
			counts.set(frame.camera, (counts.get(frame.camera) ?? 0) + 1);
			bytes += frame.bytes;
		} else {
			lost.push(frame);
		}
	}
	if (lost.length > 0) index.remove(lost);
	for (const name of orphans) rmSync(join(files, name), { force: true });
	return { counts, bytes };
}

function asDiskError(error: unknown, folder: string): unknown {
	// a connection that breaks is an error of the system, too: in reading it
	const isOfDisk = error instanceof Error && 'syscall' in error && error.syscall !== 'read';
	if (error instanceof VeilcamError || !isOfDisk) return error;
	const isFull = errorCode(error) === 'ENOSPC' || errorCode(error) === 'EDQUOT';
	return new DataError(
		isFull ? 'store-full' : 'store-failed',
		`${folder}: ${isFull ? 'the disk is full' : `cannot be written (${errorCode(error)})`}`,
		{ hint: 'Free some space, and check its permissions; what was acknowledged is kept.', cause: error },
	);
}

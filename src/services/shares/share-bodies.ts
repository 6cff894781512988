import { chmodSync, closeSync, fdatasync, fstatSync, ftruncateSync, openSync, readSync, writev } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { DataError } from '../../core/errors.js';
import { asStoreError, PARTY } from '../store-errors.js';
import { syncFolder } from '../sync-folder.js';

/** What came of the pictures of one session, in slots of one length in a file; which slot is whose stands elsewhere. */
export interface ShareBodies {
	/** Writes bodies into slots that are free. They are durable when it resolves. Throws: DataError. */
	write(bodies: readonly Uint8Array[]): Promise<number[]>;
	/** Reads a slot into bytes of a body's length; false where the file ends before. Throws: DataError. */
	readInto(bytes: Uint8Array, slot: number): boolean;
	/** Gives slots back, when nothing durable names them any more: later bodies are written over what is there. */
	free(slots: readonly number[]): void;
	/** What is being written is finished first. */
	close(): void;
}

/** A slot begins where a sector does: a write that is cut off does not touch its neighbours. */
const SECTOR_BYTES = 512;
/** The file grows by so many, with a hole: twice as fast as byte after byte. */
const GROW_SLOTS = 512;

const writeAll = promisify(writev);
const sync = promisify(fdatasync);

/**
 * Opens or makes the file, mode 0600; `used` are the slots that are in use.
 * Bodies do not go through SQLite, which writes each twice and takes three times as long.
 * Whether a slot holds what its owner confirmed is for the reader to see: also a file that was cut short is opened.
 * Throws: DataError where it cannot be written.
 */
export function openShareBodies(file: string, bodyBytes: number, used: Iterable<number>): ShareBodies {
	const slotBytes = Math.ceil(bodyBytes / SECTOR_BYTES) * SECTOR_BYTES;
	const padding = new Uint8Array(slotBytes - bodyBytes);
	const guarded = <Result>(work: () => Result): Result => {
		try {
			return work();
		} catch (error) {
			throw asStoreError(error, file, PARTY);
		}
	};
	const inUse = new Set(used);
	let end = [...inUse].reduce((most, slot) => Math.max(most, slot + 1), 0);
	let free = Array.from({ length: end }, (_, i) => end - 1 - i).filter((slot) => !inUse.has(slot));
	const { fd, size } = guarded(() => {
		// neither 'a', which writes at the end whatever is said, nor 'w+', which empties the file
		closeSync(openSync(file, 'a', 0o600));
		chmodSync(file, 0o600);
		const opened = openSync(file, 'r+');
		return { fd: opened, size: fstatSync(opened).size };
	});
	let slots = Math.floor(size / slotBytes);
	/** A file that is new, or may be. */
	let isNameDurable = size > 0;
	let writing = 0;
	let isClosing = false;
	const take = (count: number): number[] => {
		const taken = free.slice(Math.max(0, free.length - count)).reverse();
		free.length -= taken.length;
		while (taken.length < count) taken.push(end++);
		if (end > slots) {
			slots = Math.ceil(end / GROW_SLOTS) * GROW_SLOTS;
			ftruncateSync(fd, slots * slotBytes);
		}
		for (const slot of taken) inUse.add(slot);
		return taken;
	};
	const giveBack = (back: readonly number[]): void => {
		for (const slot of back) inUse.delete(slot);
		free.push(...[...back].reverse());
		if (inUse.size > 0) return;
		free = [];
		end = 0;
		slots = 0;
		ftruncateSync(fd, 0);
	};
	const closeWhenIdle = (): void => {
		if (isClosing && writing === 0) closeSync(fd);
	};
	return {
		async write(bodies) {
			const taken = guarded(() => take(bodies.length));
			writing++;
			try {
				for (let from = 0; from < taken.length; ) {
					let to = from + 1;
					while (to < taken.length && taken[to] === taken[to - 1] + 1) to++;
					const pieces = bodies.slice(from, to).flatMap((body) => [body, padding]);
					const { bytesWritten } = await writeAll(fd, pieces, taken[from] * slotBytes);
					if (bytesWritten !== (to - from) * slotBytes) throw fullDisk(file);
					from = to;
				}
				await sync(fd);
				if (!isNameDurable) await syncFolder(dirname(file));
				isNameDurable = true;
				return taken;
			} catch (error) {
				giveBack(taken);
				throw asStoreError(error, file, PARTY);
			} finally {
				writing--;
				closeWhenIdle();
			}
		},
		readInto: (bytes, slot) => guarded(() => readSync(fd, bytes, 0, bodyBytes, slot * slotBytes) === bodyBytes),
		free: (back) => guarded(() => giveBack(back)),
		close() {
			isClosing = true;
			closeWhenIdle();
		},
	};
}

function fullDisk(file: string): DataError {
	return new DataError('store-full', `${file}: the disk is full`, {
		hint: 'Free some space; what was acknowledged is kept.',
	});
}

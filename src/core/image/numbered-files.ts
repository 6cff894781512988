import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../errors.js';
import { fileError } from './file-errors.js';
import { writeImage } from './files.js';
import type { Image } from './image.js';

/** Writes pictures under numbers that nothing has yet. */
export interface NumberedWriter {
	/** Returns the path of the new file. Throws: DataError of `writeImage`, `unwritable-file` for the folder. */
	write(image: Image): Promise<string>;
}

/** Numbers have this many digits at least, so that names sort. */
const DIGITS = 4;

/**
 * A writer that goes on behind the highest file of the form WORD-0001.png in a folder, which the first picture makes.
 * Several writers may share a folder: each picture gets a file of its own, and none is overwritten.
 */
export function numberedWriter(folder: string, word: string): NumberedWriter {
	let next: number | null = null;
	return {
		write: async (image) => {
			next ??= 1 + highest(await namesIn(folder), word);
			for (;;) {
				const path = join(folder, `${word}-${String(next).padStart(DIGITS, '0')}.png`);
				next += 1;
				if (await writtenTo(path, image)) {
					return path;
				}
			}
		},
	};
}

async function namesIn(folder: string): Promise<readonly string[]> {
	try {
		await mkdir(folder, { recursive: true });
		return await readdir(folder);
	} catch (error) {
		throw fileError(error, folder, 'unwritable-file', 'cannot be made or used as a folder', 'choose another folder');
	}
}

function highest(names: readonly string[], word: string): number {
	return names.reduce((found, name) => {
		const isOurs = name.startsWith(`${word}-`) && /^\d{1,15}\.png$/.test(name.slice(word.length + 1));
		return isOurs ? Math.max(found, Number.parseInt(name.slice(word.length + 1), 10)) : found;
	}, 0);
}

/** False if another writer was faster. */
async function writtenTo(path: string, image: Image): Promise<boolean> {
	try {
		await writeImage(path, image, { exclusive: true });
		return true;
	} catch (error) {
		if (error instanceof DataError && error.code === 'file-exists') {
			return false;
		}
		throw error;
	}
}

import { constants } from 'node:fs';
import { copyFile, link, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from './image/file-errors.js';

/**
 * Writes a file so that a reader sees the old one or the new one, never a part: `write` fills a temporary file beside
 * it, which is then moved. Exclusive: fails with EEXIST where a file is there.
 * The folder of our own gives the temporary file a name that nobody else has, on the same file system.
 */
export async function replaceFile(
	path: string,
	exclusive: boolean,
	write: (temporary: string) => Promise<void>,
): Promise<void> {
	const folder = await mkdtemp(join(dirname(path), '.veilcam-'));
	const temporary = join(folder, basename(path));
	try {
		await write(temporary);
		await (exclusive ? placeNew(temporary, path) : rename(temporary, path));
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function placeNew(temporary: string, path: string): Promise<void> {
	try {
		await link(temporary, path);
	} catch (error) {
		if (errorCode(error) === 'EEXIST') {
			throw error;
		}
		// FAT and some network file systems have no hard links.
		await copyFile(temporary, path, constants.COPYFILE_EXCL);
	}
}

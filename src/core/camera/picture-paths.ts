import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../errors.js';
import { fileError } from '../image/file-errors.js';
import { probePicture } from '../image/probe.js';

/** Told of each entry of a folder that is left out, with the reason. */
export type OnSkip = (path: string, reason: DataError) => void;

const byName = new Intl.Collator('en', { numeric: true });

/**
 * The picture files that paths stand for: a file is itself, a folder its pictures by name (2 before 10), not deeper.
 * Hidden entries are left out in silence, others through `onSkip`.
 * Throws: DataError `missing-file`, `unreadable-file`, `no-pictures` for a folder without any.
 */
export async function picturePaths(paths: readonly string[], onSkip: OnSkip): Promise<readonly string[]> {
	const found: string[] = [];
	for (const path of paths) {
		found.push(...((await isFolder(path)) ? await picturesIn(path, onSkip) : [path]));
	}
	return found;
}

async function isFolder(path: string): Promise<boolean> {
	try {
		return (await stat(path)).isDirectory();
	} catch (error) {
		throw fileError(error, path, 'unreadable-file', 'cannot be read', 'check its permissions');
	}
}

async function picturesIn(folder: string, onSkip: OnSkip): Promise<readonly string[]> {
	const pictures: string[] = [];
	for (const name of await namesIn(folder)) {
		const path = join(folder, name);
		const reason = await probePicture(path);
		if (reason === null) {
			pictures.push(path);
		} else {
			onSkip(path, reason);
		}
	}
	if (pictures.length === 0) {
		throw new DataError('no-pictures', `${folder}: the folder holds no picture`, {
			hint: 'name a folder with JPEG, PNG, WebP, TIFF, AVIF, GIF, PGM or PPM files',
		});
	}
	return pictures;
}

async function namesIn(folder: string): Promise<readonly string[]> {
	try {
		const names = await readdir(folder);
		return names.filter((name) => !name.startsWith('.')).sort(byName.compare);
	} catch (error) {
		throw fileError(error, folder, 'unreadable-file', 'cannot be read', 'check its permissions');
	}
}

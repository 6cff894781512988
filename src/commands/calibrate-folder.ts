import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { picturePaths } from '../core/camera/picture-paths.js';
import { DataError } from '../core/errors.js';
import type { KnownFace } from '../core/face/face-pairs.js';
import { DESCRIPTOR_LENGTH } from '../core/face/fixed-match.js';
import { fileError } from '../core/image/file-errors.js';
import type { SharedFace } from '../services/client/gallery-on-parties.js';
import type { CommandContext } from './define-command.js';
import { readDescriptors } from './face-subject.js';

/** What was left out of a calibration, and why. */
export interface LeftOut {
	readonly file: string;
	readonly code: string;
	readonly reason: string;
}

export interface FolderOfPeople {
	readonly faces: readonly KnownFace[];
	readonly pictures: number;
	readonly skipped: readonly LeftOut[];
}

/** 50 million pairs. */
const MOST_FACES = 10_000;
const byName = new Intl.Collator('en', { numeric: true });

/**
 * The faces of a folder with one folder for each person; `describe` gives the descriptor of a picture.
 * What is no picture, or has no face that can be told, is left out and named.
 * Throws: DataError for a folder that cannot be read or holds too many faces, what `describe` throws besides DataError.
 */
export async function facesOfPeople(
	folder: string,
	describe: (picture: string) => Promise<SharedFace>,
	{ reporter, abort }: CommandContext,
): Promise<FolderOfPeople> {
	const skipped: LeftOut[] = [];
	const leaveOut = (file: string, { code, message }: DataError): void => {
		skipped.push({ file, code, reason: message });
		reporter.note(`left out ${message.startsWith(file) ? message : `${file}: ${message}`}`);
	};
	const files: { readonly person: string; readonly file: string }[] = [];
	for (const person of await foldersIn(folder)) {
		const inside = await filesOf(join(folder, person), leaveOut);
		files.push(...inside.map((file) => ({ person, file })));
	}
	const faces: KnownFace[] = [];
	for (const [done, { person, file }] of files.entries()) {
		abort.signal.throwIfAborted();
		reporter.progress({ phase: 'describe', done, total: files.length });
		try {
			const descriptors = file.endsWith('.npy') ? await readDescriptors(file) : (await describe(file)).values;
			faces.push(
				...rowsOf(descriptors).map((descriptor, row, { length }) => {
					return { name: length === 1 ? file : `${file}, row ${row + 1}`, person, descriptor };
				}),
			);
		} catch (error) {
			if (!(error instanceof DataError)) throw error;
			leaveOut(file, error);
		}
		if (faces.length > MOST_FACES) {
			throw new DataError('too-many-faces', `${folder}: more than ${MOST_FACES} faces`, {
				hint: 'Take a part of them: far fewer tell as much.',
			});
		}
	}
	reporter.progress({ phase: 'describe', done: files.length, total: files.length });
	return { faces, pictures: files.length, skipped };
}

/** Throws: DataError. */
async function foldersIn(folder: string): Promise<readonly string[]> {
	try {
		const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).sort(byName.compare);
		const areFolders = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).isDirectory()));
		return names.filter((_name, i) => areFolders[i]);
	} catch (error) {
		throw fileError(error, folder, 'unreadable-file', 'cannot be read as a folder', 'name a folder of folders');
	}
}

/** Pictures and files of descriptors. */
async function filesOf(folder: string, leaveOut: (file: string, reason: DataError) => void): Promise<string[]> {
	const descriptors: string[] = [];
	try {
		const pictures = await picturePaths([folder], (path, reason) => {
			if (path.endsWith('.npy')) descriptors.push(path);
			else leaveOut(path, reason);
		});
		return [...pictures, ...descriptors];
	} catch (error) {
		if (!(error instanceof DataError)) throw error;
		if (descriptors.length === 0) leaveOut(folder, error);
		return descriptors;
	}
}

function rowsOf(descriptors: Int32Array): Int32Array[] {
	return Array.from({ length: descriptors.length / DESCRIPTOR_LENGTH }, (_, row) =>
		descriptors.slice(row * DESCRIPTOR_LENGTH, (row + 1) * DESCRIPTOR_LENGTH),
	);
}

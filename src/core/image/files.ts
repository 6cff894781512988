import { readFile, stat, writeFile } from 'node:fs/promises';
import { DataError } from '../errors.js';
import { replaceFile } from '../replace-file.js';
import type { DecodedImage } from './codec.js';
import { type DecodeOptions, decodeImage } from './decode.js';
import { encodeFor } from './encode.js';
import { fileError } from './file-errors.js';
import type { Image } from './image.js';

/** Files over this are refused unread; the largest picture that is decoded (16-bit RGB, plain text) stays below. */
export const MAX_FILE_BYTES = 2 ** 30;

export interface WriteOptions {
	/** Fail with DataError `file-exists` instead of replacing what is there. */
	readonly exclusive?: boolean;
}

/**
 * Reads and decodes a picture file, see `decodeImage`.
 * Throws: DataError of `decodeImage`, or `missing-file`, `not-a-file` (a folder, a pipe, a device), `unreadable-file`,
 * `file-too-large`.
 */
export async function readImage(path: string, options: DecodeOptions = {}): Promise<DecodedImage> {
	return await decodeImage(await readFileBytes(path), path, options);
}

/**
 * The bytes of a file.
 * Throws: DataError `missing-file`, `not-a-file` (a folder, a pipe, a device), `unreadable-file`, `file-too-large`.
 */
export async function readFileBytes(path: string, expected = 'a picture file'): Promise<Uint8Array> {
	try {
		const status = await stat(path);
		if (!status.isFile()) {
			const what = status.isDirectory() ? 'a folder' : 'a pipe or a device';
			throw new DataError('not-a-file', `${path}: is ${what}, expected ${expected}`, { hint: 'name a file' });
		}
		if (status.size > MAX_FILE_BYTES) {
			throw new DataError('file-too-large', `${path}: ${status.size} bytes, at most ${MAX_FILE_BYTES} are read`, {
				hint: 'make it smaller first',
			});
		}
		return await readFile(path);
	} catch (error) {
		throw fileError(error, path, 'unreadable-file', 'cannot be read', 'check its permissions and the disk');
	}
}

/**
 * Encodes by the extension of `path` and writes so that a reader sees the old file or the new one, never a part.
 * Throws: UserError `unknown-picture-extension`; DataError `missing-folder`, `unwritable-file`, `file-exists`.
 */
export async function writeImage(path: string, image: Image, options: WriteOptions = {}): Promise<void> {
	await writeFileBytes(path, await encodeFor(path)(image), options);
}

/** Writes bytes as `writeImage` does. Throws: DataError `missing-folder`, `unwritable-file`, `file-exists`. */
export async function writeFileBytes(path: string, bytes: Uint8Array, options: WriteOptions = {}): Promise<void> {
	try {
		await replaceFile(path, options.exclusive ?? false, (temporary) => writeFile(temporary, bytes));
	} catch (error) {
		throw fileError(
			error,
			path,
			'unwritable-file',
			'cannot be written',
			'check the permissions of its folder and the free space',
		);
	}
}

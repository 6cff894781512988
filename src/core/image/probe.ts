import { open } from 'node:fs/promises';
import { DataError } from '../errors.js';
import { fileError } from './file-errors.js';
import { emptyFile, notReadable } from './refusals.js';
import { SNIFF_BYTES, sniffFormat } from './sniff.js';

/**
 * Says by its first bytes whether a file is a picture that can be tried: null, or why not.
 * What passes may still be damaged, animated or too large.
 */
export async function probePicture(path: string): Promise<DataError | null> {
	try {
		await using file = await open(path);
		if (!(await file.stat()).isFile()) {
			return new DataError('not-a-file', `${path}: not a file`, { hint: 'name a picture file' });
		}
		const head = new Uint8Array(SNIFF_BYTES);
		const { bytesRead } = await file.read(head);
		if (bytesRead === 0) {
			return emptyFile(path);
		}
		const format = sniffFormat(head.subarray(0, bytesRead));
		const isRefused = format === 'heic' || format === 'svg' || format === 'pdf' || format === 'unknown';
		return isRefused ? notReadable(path, format) : null;
	} catch (error) {
		return fileError(error, path, 'unreadable-file', 'cannot be read', 'check its permissions');
	}
}

import { readFileSync } from 'node:fs';
import { DataError } from '../core/errors.js';

/** Throws: DataError for a file that cannot be read. */
export function readKernelFile(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (cause) {
		throw new DataError('file-not-read', `${file}: no such filter, and no file that can be read`, {
			hint: 'Give sharpen, edges, or a JSON file with rows of numbers.',
			cause,
		});
	}
}

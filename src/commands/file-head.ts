import { open } from 'node:fs/promises';
import { DataError } from '../core/errors.js';

/** The first bytes of a file, as many as there are. Throws: DataError for a file that cannot be read. */
export async function readHead(path: string, length: number): Promise<Buffer> {
	const { fileError } = await import('../core/image/file-errors.js');
	try {
		const file = await open(path);
		try {
			const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length);
			return buffer.subarray(0, bytesRead);
		} finally {
			await file.close();
		}
	} catch (error) {
		throw fileError(error, path, 'unreadable-file', 'cannot be read', 'check its permissions and the disk');
	}
}

/** Whether a file was written by `encrypt --blocks` or `motion`. One that cannot be read was not: who opens it says why. */
export async function isForMotion(path: string): Promise<boolean> {
	const magic = 'veil-mot';
	try {
		return (await readHead(path, magic.length)).toString('latin1') === magic;
	} catch (error) {
		if (error instanceof DataError) return false;
		throw error;
	}
}

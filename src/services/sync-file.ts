import { open } from 'node:fs/promises';

/** Resolves when what was written to the file is on the disk. Throws: the system's own error. */
export async function syncFile(file: string): Promise<void> {
	// Windows syncs only what is open for writing
	const handle = await open(file, 'r+');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

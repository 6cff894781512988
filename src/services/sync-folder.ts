import { open } from 'node:fs/promises';

/** A name is as durable as its folder. Windows has no such call, and keeps names by itself. */
export async function syncFolder(folder: string): Promise<void> {
	if (process.platform === 'win32') return;
	const handle = await open(folder);
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

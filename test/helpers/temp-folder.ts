import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';

/** A fresh folder that is removed when the test ends. */
export async function temporaryFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(await realpath(tmpdir()), 'veilcam-test-'));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	return folder;
}

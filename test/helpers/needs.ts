import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { ExecutionContext } from 'ava';

/**
 * Is the program installed? If not, the test passes and says what it skipped; under CI it fails instead.
 * Use: `if (!needs(t, 'fswebcam')) return;`
 */
export function needs(t: ExecutionContext, program: string): boolean {
	if (isInstalled(program)) {
		return true;
	}
	if (process.env['CI']) {
		t.fail(`${program} is not installed, and CI skips nothing`);
	} else {
		t.log(`skipped: ${program} is not installed`);
		t.pass();
	}
	return false;
}

function isInstalled(program: string): boolean {
	const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
	return folders.some((folder) => {
		try {
			accessSync(join(folder, program), constants.X_OK);
			return true;
		} catch {
			return false;
		}
	});
}

import type { ExecutionContext } from 'ava';
import { isInstalled } from '../../src/core/camera/grabber.js';

/**
 * Is the program installed? If not, the test passes and says what it skipped; under CI it fails instead.
 * Use: `if (!needs(t, 'fswebcam')) return;`
 */
export function needs(t: ExecutionContext, program: string): boolean {
	if (isInstalled(program, process.env.PATH ?? '')) {
		return true;
	}
	if (process.env.CI) {
		t.fail(`${program} is not installed, and CI skips nothing`);
	} else {
		t.log(`skipped: ${program} is not installed`);
		t.pass();
	}
	return false;
}

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BugError } from './errors.js';

/**
 * Joins a path to the folder that holds this package's package.json: the same for a checkout and an installation.
 * Throws: BugError when the package has been taken apart.
 */
export function packagePath(...parts: string[]): string {
	for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
		if (existsSync(join(folder, 'package.json'))) return join(folder, ...parts);
	}
	throw new BugError('no-package-root', 'the installation of veilcam is incomplete: package.json is missing', {
		hint: 'Install veilcam again.',
	});
}

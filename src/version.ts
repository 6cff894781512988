import { readFileSync } from 'node:fs';
import { STORE_VERSION, WIRE_VERSION } from './core/average/versions.js';
import { packagePath } from './core/package-root.js';

/** The package's version, as package.json has it. */
export function packageVersion(): string {
	const manifest: unknown = JSON.parse(readFileSync(packagePath('package.json'), 'utf8'));
	const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '';
	return String(version);
}

/** What `--version` prints: the program, and each format that two installations have to agree on. */
export function versionText(): string {
	return [
		`veilcam ${packageVersion()}`,
		`average wire format ${WIRE_VERSION}`,
		`average store format ${STORE_VERSION}`,
		`node ${process.versions.node}`,
	].join('\n');
}

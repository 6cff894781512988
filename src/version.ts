import { readFileSync } from 'node:fs';
import { STORE_VERSION, WIRE_VERSION } from './core/average/versions.js';
import { packagePath } from './core/package-root.js';
import { KEY_VERSION, MOTION_VERSION, VCT_VERSION } from './core/subtract/versions.js';
import { FRAMES_VERSION, GALLERY_VERSION, MODEL_VERSION, SHARES_VERSION } from './services/versions.js';

/** The package's version, as package.json has it. */
export function packageVersion(): string {
	const manifest: unknown = JSON.parse(readFileSync(packagePath('package.json'), 'utf8'));
	const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '';
	return String(version);
}

/** What `--version` prints: the program, and each format that it reads and writes. */
export function versionText(): string {
	return [
		`veilcam ${packageVersion()}`,
		`average wire format ${WIRE_VERSION}`,
		`average store format ${STORE_VERSION}`,
		`shared pictures store format ${SHARES_VERSION}`,
		`encrypted picture format ${VCT_VERSION}`,
		`encrypted motion format ${MOTION_VERSION}`,
		`key format ${KEY_VERSION}`,
		`subtractor store format ${FRAMES_VERSION}`,
		`model format ${MODEL_VERSION}`,
		`gallery format ${GALLERY_VERSION}`,
		`node ${process.versions.node}`,
	].join('\n');
}

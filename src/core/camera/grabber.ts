import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { PeerError, UserError } from '../errors.js';

/** The program that takes the shots on a platform. */
export interface Grabber {
	readonly program: string;
	/** How to get it. */
	readonly install: string;
}

const DEVICE_NAME = /^(TEST|FILE:)?[\w./:-]*$/;

const GRABBERS: Readonly<Partial<Record<NodeJS.Platform, Grabber>>> = {
	linux: { program: 'fswebcam', install: 'install it: apt-get install fswebcam' },
	darwin: { program: 'imagesnap', install: 'install it: brew install imagesnap' },
	win32: { program: 'CommandCam.exe', install: 'fetch it: npm rebuild node-webcam --ignore-scripts=false' },
};

/** Throws: PeerError `no-grabber` where there is no program for the platform. */
export function grabberOf(platform: NodeJS.Platform): Grabber {
	const grabber = GRABBERS[platform];
	if (grabber === undefined) {
		throw new PeerError('no-grabber', `webcam: no program is known that takes pictures on ${platform}`, {
			hint: 'take the pictures with another program and name the files',
		});
	}
	return grabber;
}

/**
 * Returns a device name that is safe in a shell line: letters, digits and _ . / : - only.
 * Throws: UserError `bad-device`.
 */
export function guardDevice(device: string): string {
	if (!DEVICE_NAME.test(device)) {
		throw new UserError(
			'bad-device',
			`device: expected letters, digits and _ . / : - only, got ${JSON.stringify(device)}`,
			{
				hint: 'use a name such as /dev/video0, or leave the device out for the default camera',
			},
		);
	}
	return device;
}

/** Is there an executable of this name in a search path such as the variable PATH? */
export function isInstalled(program: string, searchPath: string): boolean {
	const folders = searchPath.split(delimiter).filter((folder) => folder !== '');
	return folders.some((folder) => isExecutable(join(folder, program)));
}

/** May this file be run? */
export function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

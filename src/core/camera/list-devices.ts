import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { PeerError } from '../errors.js';
import { commandCamPath, requireGrabber } from './webcam.js';

const run = promisify(execFile);
const byNumber = new Intl.Collator('en', { numeric: true });

/**
 * Names of the cameras of this machine, as `device` takes them; none is an empty list.
 * Throws: PeerError `no-grabber` (macOS and Windows ask the program), `camera-failed`.
 */
export async function listDevices(searchPath: string = process.env.PATH ?? ''): Promise<readonly string[]> {
	switch (process.platform) {
		case 'darwin':
			return parseImagesnapList(await output(requireGrabber(searchPath).program, ['-l']));
		case 'win32':
			requireGrabber(searchPath);
			return parseCommandCamList(await output(commandCamPath, ['/devlist']));
		default:
			return videoDevices(await readdir('/dev'));
	}
}

async function output(program: string, args: readonly string[]): Promise<string> {
	try {
		const { stdout, stderr } = await run(program, args);
		return `${stdout}\n${stderr}`;
	} catch (error) {
		throw new PeerError('camera-failed', `${program}: cannot list the cameras`, {
			hint: 'check that this program may use the camera (on macOS: System Settings, Privacy)',
			cause: error,
		});
	}
}

/** The capture devices among the entries of /dev, by number. */
export function videoDevices(entries: readonly string[]): readonly string[] {
	return entries
		.filter((entry) => /^video\d+$/.test(entry))
		.map((entry) => `/dev/${entry}`)
		.sort(byNumber.compare);
}

/** Names from `imagesnap -l`: bare lines, or with an arrow, or inside the first brackets of an object's description. */
export function parseImagesnapList(text: string): readonly string[] {
	return text
		.split(/\r?\n/)
		.filter((line) => !/^(Video Devices:|Found \d+ )/.test(line))
		.map((line) => (/^<.*?\[(.*?)\]/.exec(line)?.[1] ?? line.replace(/^=>\s*/, '')).trim())
		.filter((name) => name !== '');
}

/** Numbers for `/devnum` from `CommandCam /devlist`: one name per line below its heading, counted from 1. */
export function parseCommandCamList(text: string): readonly string[] {
	const lines = text.split(/\r?\n/).map((line) => line.trim());
	const heading = lines.indexOf('Available capture devices:');
	const names = heading < 0 ? [] : lines.slice(heading + 1).filter((line) => line !== '');
	return names.map((_, i) => String(i + 1));
}

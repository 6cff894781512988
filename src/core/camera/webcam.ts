import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import NodeWebcam from 'node-webcam';
import { DataError, PeerError } from '../errors.js';
import { readImage } from '../image/files.js';
import type { Image, Size } from '../image/image.js';
import { type Grabber, grabberOf, guardDevice, isExecutable, isInstalled } from './grabber.js';

export interface ShotOptions {
	/** Empty = the default camera. */
	readonly device: string;
	/** Asked of the camera, which may answer with another size. */
	readonly size: Size;
	readonly signal: AbortSignal;
	readonly timeoutMs?: number | undefined;
	/** Where programs are looked for; the variable PATH. */
	readonly searchPath?: string | undefined;
}

const SHOT_TIMEOUT_MS = 30_000;
/** A camera's first frames are dark until its exposure has settled. */
const SKIPPED_FRAMES = 5;
/** PNG from fswebcam loses nothing, and the least effort of zlib is the fastest. imagesnap knows JPEG best. */
const OUTPUTS = {
	linux: { output: 'png', quality: 1, extension: 'png' },
	other: { output: 'jpeg', quality: 100, extension: 'jpg' },
} as const;

/** Where node-webcam keeps its Windows program. */
export const commandCamPath = join(
	dirname(createRequire(import.meta.url).resolve('node-webcam')),
	'src/bindings/CommandCam/CommandCam.exe',
);

/**
 * Checks before the first shot that the device name is harmless and the program is there.
 * Throws: UserError `bad-device`, PeerError `no-grabber`.
 */
export function checkWebcam(device: string, searchPath: string = process.env.PATH ?? ''): void {
	guardDevice(device);
	requireGrabber(searchPath);
}

/** Throws: PeerError `no-grabber` that says how to install the program. */
export function requireGrabber(searchPath: string): Grabber {
	const grabber = grabberOf(process.platform);
	const isThere =
		process.platform === 'win32' ? isExecutable(commandCamPath) : isInstalled(grabber.program, searchPath);
	if (!isThere) {
		throw new PeerError('no-grabber', `webcam: the program ${grabber.program} is not installed`, {
			hint: grabber.install,
		});
	}
	return grabber;
}

/**
 * Takes one picture with the program of this platform, in whatever size and colour the camera gives.
 * The picture passes through a folder of our own that only this user may enter and that is gone afterwards.
 * Throws: PeerError `camera-failed`, `camera-timeout`, `no-grabber`; UserError `bad-device`; the signal's reason.
 */
export async function takeShot(options: ShotOptions): Promise<Image> {
	checkWebcam(options.device, options.searchPath);
	options.signal.throwIfAborted();
	const folder = await mkdtemp(join(tmpdir(), 'veilcam-shot-'));
	try {
		await chmod(folder, 0o700);
		return await shootInto(folder, options);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function shootInto(folder: string, options: ShotOptions): Promise<Image> {
	const timeout = AbortSignal.timeout(options.timeoutMs ?? SHOT_TIMEOUT_MS);
	const { extension } = process.platform === 'linux' ? OUTPUTS.linux : OUTPUTS.other;
	const file = join(folder, `shot.${extension}`);
	let failure: unknown;
	try {
		await runGrabber(folder, file, options, AbortSignal.any([options.signal, timeout]));
	} catch (error) {
		failure = error;
	}
	options.signal.throwIfAborted();
	if (timeout.aborted) {
		throw new PeerError('camera-timeout', `${cameraText(options.device)}: no picture in time`, {
			hint: 'unplug the camera and plug it in again, or choose another device',
			cause: failure,
		});
	}
	try {
		// fswebcam exits with 0 when it fails: only a picture proves a shot.
		return await readImage(file);
	} catch (error) {
		if (!(error instanceof DataError)) {
			throw error;
		}
		throw new PeerError('camera-failed', `${cameraText(options.device)}: gave no picture`, {
			hint: 'check that it is plugged in, that no other program uses it and that you may read it (on Linux: group video)',
			cause: failure ?? error,
		});
	}
}

async function runGrabber(folder: string, file: string, options: ShotOptions, stop: AbortSignal): Promise<void> {
	// A signal that aborted before a listener was there would never call it.
	stop.throwIfAborted();
	const { output, quality } = process.platform === 'linux' ? OUTPUTS.linux : OUTPUTS.other;
	const isCamera = !/^(TEST|FILE:)/.test(options.device);
	// A camera per shot: an instance keeps what it shot.
	const camera = NodeWebcam.create({
		width: options.size.width,
		height: options.size.height,
		quality,
		output,
		device: options.device === '' ? false : options.device,
		skip: isCamera ? SKIPPED_FRAMES : 0,
		saveShots: false,
		callbackReturn: 'location',
		verbose: false,
	});
	const pidFile = join(folder, 'pid');
	if (process.platform !== 'win32') {
		// node-webcam keeps its child to itself: without the number of the process a stuck camera could not be ended.
		camera.bin = `echo $$ >${quoted(pidFile)}; exec ${camera.bin}`;
	}
	let isRunning = true;
	const ended = new Promise<void>((resolve, reject) => {
		// fswebcam reads the name of its file as a date format.
		const name = process.platform === 'linux' ? file.replaceAll('%', '%%') : file;
		camera.capture(quoted(name), (error) => (error === null ? resolve() : reject(error)));
	}).finally(() => {
		isRunning = false;
	});
	const killer = async () => {
		while (isRunning && !(await kill(pidFile))) {
			await setTimeout(10);
		}
	};
	stop.addEventListener('abort', killer, { once: true });
	try {
		await ended;
	} finally {
		stop.removeEventListener('abort', killer);
	}
}

/** False while the shell has not yet written the number of its process. */
async function kill(pidFile: string): Promise<boolean> {
	try {
		const pid = Number.parseInt(await readFile(pidFile, 'utf8'), 10);
		return pid > 1 && process.kill(pid, 'SIGKILL');
	} catch {
		return false;
	}
}

/** One word of a shell line, whatever the folder for temporary files is called. */
function quoted(path: string): string {
	return process.platform === 'win32' ? `"${path}"` : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

function cameraText(device: string): string {
	return device === '' ? 'webcam' : `webcam ${device}`;
}

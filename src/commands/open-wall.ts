import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DataError } from '../core/errors.js';

/** How each platform opens a file in the browser. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
	darwin: ['open'],
	win32: ['cmd', '/c', 'start', '""'],
};

/**
 * Opens the wall in this machine's browser by way of a file that only this user may read: an address with the token
 * among the arguments of a program could be read by every user of the machine.
 * Gives back how to remove the file.
 * Throws: DataError when the file cannot be written.
 */
export function openWall(address: string, file: string, onFailure: (why: string) => void): () => void {
	const html = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${address}"><title>veilcam</title>\n`;
	try {
		rmSync(file, { force: true });
		writeFileSync(file, html, { mode: 0o600, flag: 'wx' });
	} catch (cause) {
		throw new DataError('wall-file', `${file}: cannot be written`, {
			hint: 'Check the folder of --store, or leave out --open.',
			cause,
		});
	}
	const [program = 'xdg-open', ...args] = OPENERS[process.platform] ?? [];
	const child = spawn(program, [...args, pathToFileURL(resolve(file)).href], { stdio: 'ignore', detached: true });
	child.on('error', () => onFailure(`${program} cannot be started: open /wall in a browser yourself`));
	child.on('exit', (code) => {
		if (code !== 0 && code !== null) onFailure(`${program} found no browser: open /wall in one yourself`);
	});
	child.unref();
	return () => rmSync(file, { force: true });
}

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PeerError, UserError } from '../core/errors.js';
import { packagePath } from '../core/package-root.js';
import { type LocalRules, makePrivateFolder } from '../services/party/local-parties.js';
import { readClientConfig } from '../services/party/party-config.js';
import { type RunningParties, readRunning } from '../services/party/running-file.js';
import type { CommandContext, CommandResult } from './define-command.js';

const LOOK_MS = 50;

type Options = LocalRules & { readonly basePort: number };

/** Starts `parties up` in a session of its own, which a closing terminal does not end, and waits until it is ready. */
export async function detachParties(dir: string, options: Options, context: CommandContext): Promise<CommandResult> {
	makePrivateFolder(dir);
	const log = join(dir, 'parties.log');
	const running = await startDetached(dir, options, log, context.abort.signal);
	const urls = readClientConfig(dir).parties.map(({ url }) => url);
	const pids = running.parties.map((party) => party?.pid ?? 0);
	const fields = { dir, urls, pids, supervisor: running.supervisor.pid, log };
	context.reporter.event('ready', fields);
	return { fields, text: `three parties run in the background; \`veilcam parties down --dir ${dir}\` ends them` };
}

async function startDetached(
	dir: string,
	{ basePort, openDistances, clients = [] }: Options,
	log: string,
	signal: AbortSignal,
): Promise<RunningParties> {
	if (readRunning(dir) === null) closeSync(openSync(log, 'w', 0o600));
	const logFile = openSync(log, 'a');
	const options = ['--dir', resolve(dir), '--base-port', String(basePort), '--json', '--quiet'];
	if (openDistances) options.push('--open-distances');
	if (clients.length > 0) options.push('--clients', clients.join(','));
	const child = spawn(process.execPath, [packagePath('dist', 'src', 'cli.js'), 'parties', 'up', ...options], {
		detached: true,
		stdio: ['ignore', logFile, logFile],
	});
	closeSync(logFile);
	let hasEnded = false;
	child.once('close', () => {
		hasEnded = true;
	});
	child.once('error', () => {
		hasEnded = true;
	});
	try {
		for (;;) {
			const running = readRunning(dir);
			if (running?.isReady && running.supervisor.pid === child.pid) {
				child.unref();
				return running;
			}
			if (hasEnded) throw lastError(log);
			await delay(LOOK_MS, undefined, { signal });
		}
	} catch (error) {
		if (!hasEnded) child.kill('SIGTERM');
		throw error;
	}
}

/** What the background process said when it gave up. */
function lastError(log: string): Error {
	for (const line of readFileSync(log, 'utf8').trim().split('\n').reverse()) {
		const { event, code, message, hint } = parseLine(line);
		if (event !== 'error' || code === undefined || message === undefined) continue;
		const options = hint === undefined ? {} : { hint };
		return code === 'already-running' ? new UserError(code, message, options) : new PeerError(code, message, options);
	}
	return new PeerError('not-started', 'the parties in the background ended without a word', {
		hint: `Look into ${log}.`,
	});
}

function parseLine(line: string): { event?: string; code?: string; message?: string; hint?: string } {
	try {
		return Object.assign({}, JSON.parse(line));
	} catch {
		return {};
	}
}

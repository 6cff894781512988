import { setTimeout as delay } from 'node:timers/promises';
import { PeerError, PolicyError } from '../../core/errors.js';
import { isAlive, type ProcessIdentity } from './process-identity.js';
import { forgetRunning, readRunning } from './running-file.js';

const PATIENCE_MS = 10_000;
const LOOK_MS = 50;

/**
 * Ends the parties of a folder, whoever started them there, and gives the numbers of the processes that ended: the
 * process that watches over them first, which ends them itself, then what is left. Nothing is ended but the very
 * processes that the folder's record names.
 * Throws: PolicyError for processes of another user, PeerError when one does not end.
 */
export async function endParties(folder: string, signal: AbortSignal): Promise<readonly number[]> {
	const running = readRunning(folder);
	if (running === null) {
		forgetRunning(folder);
		return [];
	}
	const ended = new Map<number, ProcessIdentity>();
	// one that is being restarted may be recorded while we look
	const living = (): ProcessIdentity[] => {
		const found = readRunning(folder) ?? running;
		const all = [found.supervisor, ...found.parties, ...ended.values()].filter((entry) => entry !== null);
		return [...new Map(all.map((entry) => [entry.pid, entry])).values()].filter(isAlive);
	};
	for (const how of ['SIGTERM', 'SIGKILL'] as const) {
		const [supervisor] = living().filter(({ pid }) => pid === running.supervisor.pid);
		const targets = supervisor !== undefined && how === 'SIGTERM' ? [supervisor] : living();
		for (const entry of living()) ended.set(entry.pid, entry);
		for (const entry of targets) send(entry, how);
		for (let waitedMs = 0; living().length > 0 && waitedMs < PATIENCE_MS; waitedMs += LOOK_MS) {
			await delay(LOOK_MS, undefined, { signal });
		}
	}
	const left = living().map(({ pid }) => pid);
	if (left.length > 0) throw new PeerError('not-ended', `process ${left.join(', ')} does not end`);
	forgetRunning(folder);
	return [...ended.keys()];
}

function send(target: ProcessIdentity, how: NodeJS.Signals): void {
	// the number may be another process's by now
	if (!isAlive(target)) return;
	try {
		process.kill(target.pid, how);
	} catch (cause) {
		if (!isAlive(target)) return;
		throw new PolicyError('not-yours', `process ${target.pid} cannot be ended by this user`, {
			hint: 'Run the command as the user who started the parties.',
			cause,
		});
	}
}

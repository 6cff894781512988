import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, UserError } from '../../core/errors.js';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.js';

/** Who runs the parties of a folder. */
export interface RunningParties {
	/** The process that started them and ends them. */
	readonly supervisor: ProcessIdentity;
	/** By party; null for one that does not live. */
	readonly parties: readonly (ProcessIdentity | null)[];
	/** All three have been linked. */
	readonly isReady: boolean;
}

function runningFile(folder: string): string {
	return join(folder, 'running.json');
}

/** Null when the folder's parties do not run; of a crashed run what still lives. */
export function readRunning(folder: string): RunningParties | null {
	let fields: Record<string, unknown>;
	try {
		fields = Object.assign({}, JSON.parse(readFileSync(runningFile(folder), 'utf8')));
	} catch {
		return null;
	}
	const supervisor = asIdentity(fields.supervisor);
	if (supervisor === null) return null;
	const parties = (Array.isArray(fields.parties) ? fields.parties : []).map((entry) => {
		const party = asIdentity(entry);
		return party !== null && isAlive(party) ? party : null;
	});
	const isRunning = isAlive(supervisor) || parties.some((party) => party !== null);
	return isRunning ? { supervisor, parties, isReady: fields.isReady === true } : null;
}

/** The claim of one process on a folder's parties. */
export interface RunningClaim {
	/** Records the processes as they are now, by party. */
	update(pids: readonly (number | undefined)[], isReady: boolean): void;
	/** Gives the folder free. */
	release(): void;
}

/**
 * Claims the folder for this process. A record that no living process stands behind is replaced.
 * Throws: UserError when its parties run already, DataError when the folder cannot be written.
 */
export function claimFolder(folder: string): RunningClaim {
	const file = runningFile(folder);
	const supervisor = identityOf(process.pid) ?? { pid: process.pid, started: '' };
	const record = (parties: readonly (ProcessIdentity | null)[], isReady: boolean): string =>
		`${JSON.stringify({ supervisor, parties, isReady })}\n`;
	const running = readRunning(folder);
	if (running !== null) throw alreadyRunning(folder, running);
	try {
		rmSync(file, { force: true });
		writeFileSync(file, record([], false), { mode: 0o600, flag: 'wx' });
	} catch (cause) {
		const rival = readRunning(folder);
		if (rival !== null) throw alreadyRunning(folder, rival);
		throw new DataError('folder-not-written', `${folder}: cannot be written to`, { cause });
	}
	return {
		update(pids, isReady) {
			const parties = pids.map((pid) => (pid === undefined ? null : identityOf(pid)));
			// whole or not at all: others read it while it changes
			writeFileSync(`${file}.new`, record(parties, isReady), { mode: 0o600 });
			renameSync(`${file}.new`, file);
		},
		release: () => rmSync(file, { force: true }),
	};
}

/** Removes what a crashed run has left. */
export function forgetRunning(folder: string): void {
	rmSync(runningFile(folder), { force: true });
}

function alreadyRunning(folder: string, { supervisor, parties }: RunningParties): UserError {
	const pids = [isAlive(supervisor) ? supervisor : null, ...parties].flatMap((entry) => entry?.pid ?? []);
	return new UserError('already-running', `${folder}: its parties run already (process ${pids.join(', ')})`, {
		hint: 'End them with `veilcam parties down`, or take another --dir.',
	});
}

function asIdentity(value: unknown): ProcessIdentity | null {
	const { pid, started } = Object.assign({ pid: undefined, started: undefined }, value);
	return typeof pid === 'number' && Number.isInteger(pid) && pid > 0 && typeof started === 'string'
		? { pid, started }
		: null;
}

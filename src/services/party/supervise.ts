import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { PeerError } from '../../core/errors.js';
import { packagePath } from '../../core/package-root.js';

export interface SuperviseOptions {
	/** By party. */
	readonly configFiles: readonly string[];
	/** A party has ended and is started again. */
	readonly onRestart: (party: number) => void;
}

/** Three party processes that are started again when they end. */
export interface Supervised {
	/** Process ids by party, as they are now. */
	readonly pids: readonly number[];
	/** Ends all three. */
	close(): Promise<void>;
}

const RESTART_MS = { first: 200, longest: 5000 } as const;

/**
 * Starts the three processes and resolves when all are linked.
 * Throws: PeerError with what the party said, when one cannot be started.
 */
export async function supervise({ configFiles, onRestart }: SuperviseOptions): Promise<Supervised> {
	const cli = packagePath('dist', 'src', 'cli.js');
	const children: ChildProcess[] = [];
	let closing = false;
	/** All three have been linked: from now on a party that ends is started again. */
	let started = false;

	const start = (party: number, waitMs: number): Promise<void> => {
		const child = spawn(process.execPath, [cli, 'party', '--config', configFiles[party], '--json'], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		children[party] = child;
		let said = 'it ended without a word';
		let wasConnected = false;
		return new Promise((resolve, reject) => {
			createInterface({ input: child.stdout }).on('line', (line) => {
				const { event, message } = parseLine(line);
				if (event === 'connected') {
					wasConnected = true;
					resolve();
				}
				if (event === 'error' && message !== undefined) said = message;
			});
			child.on('exit', () => {
				reject(
					new PeerError('party-ended', `party ${party}: ${said}`, {
						hint: 'Choose another --base-port, or 0 for any.',
					}),
				);
				if (closing || !(started || wasConnected)) return;
				onRestart(party);
				delay(waitMs).then(() => {
					const nextMs = wasConnected ? RESTART_MS.first : Math.min(2 * waitMs, RESTART_MS.longest);
					if (!closing) start(party, nextMs).catch(() => {});
				});
			});
		});
	};
	const close = async (): Promise<void> => {
		closing = true;
		await Promise.all(
			children.map(async (child) => {
				if (child.exitCode !== null || child.signalCode !== null) return;
				const ended = new Promise((resolve) => child.on('exit', resolve));
				child.kill('SIGTERM');
				await Promise.race([ended, delay(3000, undefined, { ref: false })]);
				child.kill('SIGKILL');
			}),
		);
	};
	try {
		await Promise.all(configFiles.map((_file, party) => start(party, RESTART_MS.first)));
		started = true;
	} catch (error) {
		await close();
		throw error;
	}
	return {
		get pids() {
			return children.map(({ pid }) => pid ?? 0);
		},
		close,
	};
}

function parseLine(line: string): { event?: string; message?: string } {
	try {
		return Object.assign({}, JSON.parse(line));
	} catch {
		return {};
	}
}

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { PeerError } from '../../core/errors.js';
import type { PartySnapshot } from '../../core/events.js';
import { packagePath } from '../../core/package-root.js';
import { SUPERVISED } from './party-config.js';

export interface SuperviseOptions {
	/** By party. */
	readonly configFiles: readonly string[];
	/** A party has ended and is started again after the wait; `why` says how it ended. */
	readonly onRestart: (party: number, why: string, waitMs: number) => void;
	/** A party was asked something of its gallery. */
	readonly onQuestion?: ((party: number, question: Readonly<Record<string, unknown>>) => void) | undefined;
	/** A process has been started or has ended. */
	readonly onChange?: (pids: readonly (number | undefined)[]) => void;
	/** Aborts the start. */
	readonly signal?: AbortSignal;
}

/** Three party processes that are started again when they end. */
export interface Supervised {
	/** By party, as they are now. */
	readonly parties: readonly Omit<PartySnapshot, 'status'>[];
	/** Ends all three. */
	close(): Promise<void>;
}

/** Doubles from one short life to the next. */
const RESTART_MS = { first: 200, longest: 10_000 } as const;
/** A party that was linked for so long has not failed at its start. */
const STEADY_MS = 10_000;
/** Before all three were linked: a party that is killed again and again is not for us to bring up. */
const MAX_KILLED_AT_START = 5;
const END_MS = 3000;

/**
 * For glibc's allocator, which takes memory of buffers up to 32 MB from a heap that it seldom gives back: a party at rest
 * held 150 MB. With these, large ones go back to the system when they end, and one heap serves all threads.
 */
const ALLOCATOR = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '262144', MALLOC_TRIM_THRESHOLD_: '1000000' };

interface Watched {
	child: ChildProcess | undefined;
	state: PartySnapshot['state'];
	restarts: number;
	waitMs: number;
}

/**
 * Starts the three processes and resolves when all are linked.
 * Throws: PeerError with what the party said, when one cannot be started; the signal's reason.
 */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
	const { configFiles, onRestart, onQuestion, onChange, signal: abort } = options;
	const closing = new AbortController();
	const watched = configFiles.map((): Watched => {
		return { child: undefined, state: 'starting', restarts: 0, waitMs: RESTART_MS.first };
	});
	const tell = (): void => {
		if (!closing.signal.aborted) onChange?.(watched.map(({ child }) => (hasEnded(child) ? undefined : child?.pid)));
	};
	/** Resolves once linked for the first time, and goes on from there. */
	const keepRunning = (party: number): Promise<void> =>
		new Promise((resolve, reject) => {
			const entry = watched[party];
			let wasLinked = false;
			const start = (): void => {
				if (closing.signal.aborted) return;
				let linkedAtMs = Number.POSITIVE_INFINITY;
				entry.state = 'starting';
				entry.child = startParty(configFiles[party], {
					onQuestion: (question) => onQuestion?.(party, question),
					onLinked() {
						linkedAtMs = performance.now();
						entry.state = 'running';
						wasLinked = true;
						resolve();
					},
					onEnd({ said, signal }) {
						entry.state = 'away';
						tell();
						if (closing.signal.aborted) return;
						const isHopeless = signal === null || entry.restarts >= MAX_KILLED_AT_START;
						const why = said?.message ?? (signal === null ? 'it ended without a word' : `it was ended by ${signal}`);
						if (!wasLinked && isHopeless) {
							const hint = said === undefined ? 'Look for what ends it.' : 'Choose another --base-port, or 0 for any.';
							return reject(new PeerError(said?.code ?? 'party-ended', `party ${party}: ${why}`, { hint }));
						}
						if (performance.now() - linkedAtMs > STEADY_MS) entry.waitMs = RESTART_MS.first;
						entry.restarts++;
						onRestart(party, why, entry.waitMs);
						delay(entry.waitMs, undefined, { signal: closing.signal }).then(start, () => {});
						entry.waitMs = Math.min(2 * entry.waitMs, RESTART_MS.longest);
					},
				});
				tell();
			};
			start();
		});
	const close = async (): Promise<void> => {
		closing.abort();
		await Promise.all(watched.map(({ child }) => end(child)));
	};
	try {
		abort?.throwIfAborted();
		const aborted = new Promise<never>((_resolve, reject) => {
			abort?.addEventListener('abort', () => reject(abort.reason), { once: true, signal: closing.signal });
		});
		await Promise.race([aborted, Promise.all(configFiles.map((_file, party) => keepRunning(party)))]);
	} catch (error) {
		await close();
		throw error;
	}
	return {
		get parties() {
			return watched.map(({ child, state, restarts }) => ({ pid: child?.pid ?? 0, state, restarts }));
		},
		close,
	};
}

interface Ending {
	/** The last error that it told. */
	readonly said: { readonly code: string; readonly message: string } | undefined;
	readonly signal: NodeJS.Signals | null;
}

interface PartyListener {
	readonly onLinked: () => void;
	readonly onQuestion: (question: Readonly<Record<string, unknown>>) => void;
	readonly onEnd: (ending: Ending) => void;
}

function startParty(configFile: string, { onLinked, onQuestion, onEnd }: PartyListener): ChildProcess {
	const cli = packagePath('dist', 'src', 'cli.js');
	const child = spawn(process.execPath, [cli, 'party', '--config', configFile, '--json'], {
		// nothing is written there: it ends with this process, however that ends
		stdio: ['pipe', 'pipe', 'inherit'],
		env: { ...ALLOCATOR, ...process.env, [SUPERVISED]: '1' },
	});
	let said: Ending['said'];
	createInterface({ input: child.stdout }).on('line', (line) => {
		const { event, code, message, ...fields } = parseLine(line);
		if (event === 'connected') onLinked();
		if (event === 'question') onQuestion(fields);
		if (event === 'error' && message !== undefined) said = { code: code ?? 'party-ended', message };
	});
	child.once('error', (error) => {
		said ??= { code: 'party-ended', message: error.message };
	});
	// unlike 'exit' it comes when the last words have been read
	child.once('close', (_code, signal) => onEnd({ said, signal }));
	return child;
}

function hasEnded(child: ChildProcess | undefined): boolean {
	return child === undefined || child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

async function end(child: ChildProcess | undefined): Promise<void> {
	if (child === undefined || hasEnded(child)) return;
	const ended = new Promise((resolve) => child.once('exit', resolve));
	child.kill('SIGTERM');
	const patience = setTimeout(() => child.kill('SIGKILL'), END_MS);
	await ended;
	clearTimeout(patience);
}

function parseLine(line: string): { event?: string; code?: string; message?: string } {
	try {
		return Object.assign({}, JSON.parse(line));
	} catch {
		return {};
	}
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ExecutionContext } from 'ava';
import { packageRoot } from './fixtures.js';

/** The program as users run it. */
export const cliPath = join(packageRoot, 'dist', 'src', 'cli.js');

export type Fields = Readonly<Record<string, unknown>>;

export interface CliOptions {
	readonly cwd?: string;
	readonly env?: Readonly<Record<string, string>>;
}

export interface CliResult {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
	/** Lines of stdout that are JSON objects. */
	readonly events: readonly Fields[];
}

export interface RunningCli {
	readonly child: ChildProcess;
	/** The first event of this name that satisfies `where`, already seen or to come. Rejects when the run ends first. */
	until(event: string, where?: (fields: Fields) => boolean): Promise<Fields>;
	/** Sends a signal and waits for the end. */
	end(signal?: NodeJS.Signals): Promise<CliResult>;
	readonly ended: Promise<CliResult>;
}

/** Starts the program; it is killed with the test if it still runs then. */
export function startCli(t: ExecutionContext, args: readonly string[], options: CliOptions = {}): RunningCli {
	return startProgram(t, process.execPath, [cliPath, ...args], options);
}

/** The same for another program that ends up as ours, such as a shell that sets limits first. */
export function startProgram(
	t: ExecutionContext,
	program: string,
	args: readonly string[],
	options: CliOptions = {},
): RunningCli {
	const { VEILCAM_TOKEN: _, FORCE_COLOR: __, ...inherited } = process.env;
	const child = spawn(program, args, {
		cwd: options.cwd,
		env: { ...inherited, ...options.env },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let stdout = '';
	let stderr = '';
	const events: Fields[] = [];
	const waiting = new Set<() => void>();
	const lines = createInterface({ input: child.stdout });
	lines.on('line', (line) => {
		stdout += `${line}\n`;
		const fields = parseObject(line);
		if (fields === undefined) return;
		events.push(fields);
		for (const wake of waiting) wake();
	});
	child.stderr.on('data', (chunk: Buffer) => {
		stderr += chunk.toString();
	});
	let isOver = false;
	const ended = Promise.all([once(child, 'close'), once(lines, 'close')]).then(([[code, signal]]): CliResult => {
		isOver = true;
		for (const wake of waiting) wake();
		return { code, signal, stdout, stderr, events };
	});
	t.teardown(async () => {
		if (!isOver) child.kill('SIGKILL');
		await ended;
	});
	return {
		child,
		ended,
		until(event, where = () => true) {
			return new Promise((resolve, reject) => {
				const look = (): void => {
					const found = events.find((fields) => fields.event === event && where(fields));
					if (found === undefined && !isOver) return;
					waiting.delete(look);
					if (found !== undefined) resolve(found);
					else reject(new Error(`the program ended without "${event}":\n${stdout}${stderr}`));
				};
				waiting.add(look);
				look();
			});
		},
		end(signal = 'SIGINT') {
			child.kill(signal);
			return ended;
		},
	};
}

const MAX_AT_ONCE = 3;
let running = 0;
const queue: (() => void)[] = [];

/** Runs the program to its end; a few at a time, however many tests ask. */
export async function runCli(
	t: ExecutionContext,
	args: readonly string[],
	options: CliOptions = {},
): Promise<CliResult> {
	if (running >= MAX_AT_ONCE) await new Promise<void>((resolve) => queue.push(resolve));
	running++;
	try {
		return await startCli(t, args, options).ended;
	} finally {
		running--;
		queue.shift()?.();
	}
}

/** What the program ended with: the one `result` or `error`, which is the last line. Fails the test otherwise. */
export function endingOf(t: ExecutionContext, { stdout, stderr, events }: CliResult): Fields {
	const lines = stdout.split('\n').filter((line) => line !== '');
	t.is(events.length, lines.length, `every line is one JSON object: ${stdout}`);
	const endings = events.filter(({ event }) => event === 'result' || event === 'error');
	t.is(endings.length, 1, `one result or error: ${stdout}${stderr}`);
	t.is(events.at(-1), endings[0]);
	return endings[0] ?? {};
}

function parseObject(line: string): Fields | undefined {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === 'object' && value !== null ? { ...value } : undefined;
	} catch {
		return undefined;
	}
}

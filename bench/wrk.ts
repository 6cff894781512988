import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { packagePath } from '../src/core/package-root.js';
import { memoryOf } from './process-memory.js';

export interface Load {
	readonly requests: number;
	readonly perSecond: number;
	readonly errors: number;
	readonly p50Ms: number;
	readonly p99Ms: number;
}

/** Loads a server on loopback with reports of one length for some seconds. */
export function loadReports(url: string, reportBytes: number, seconds: number, connections = 128): Load {
	return load(url, 'put-report.lua', { LEN: String(reportBytes), FILL: 'U' }, seconds, connections);
}

/** Loads a server on loopback with two frames in turns (a file), again and again, for some seconds. */
export function loadPairs(url: string, pairFile: string, seconds: number, connections: number): Load {
	return load(url, 'post-pair.lua', { BODY: pairFile }, seconds, connections);
}

function load(
	url: string,
	scriptName: string,
	env: Readonly<Record<string, string>>,
	seconds: number,
	connections: number,
): Load {
	const script = packagePath('bench', scriptName);
	const output = execFileSync(
		'wrk',
		['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', script, url],
		{ env: { ...process.env, ...env }, encoding: 'utf8' },
	);
	const match = /RESULT (\d+) (\d+) (\d+) (\d+) (\d+)/.exec(output);
	if (match === null) throw new Error(`wrk said: ${output}`);
	const [requests, durationUs, errors, p50Us, p99Us] = match.slice(1).map(Number);
	if (errors > 0) process.stderr.write(output);
	return { requests, perSecond: requests / (durationUs / 1e6), errors, p50Ms: p50Us / 1000, p99Ms: p99Us / 1000 };
}

export interface ServerProcess {
	/** What the server printed first. */
	readonly firstLine: string;
	readonly pid: number;
	stop(): Promise<void>;
}

/** Starts a Node script and waits for its first line. */
export function startServer(
	script: string,
	args: readonly string[],
	stopBy: 'stdin' | 'SIGINT',
): Promise<ServerProcess> {
	const child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
	const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
	return new Promise((resolve, reject) => {
		child.on('error', reject);
		child.on('exit', (code) => reject(new Error(`${script} ended with ${code}`)));
		createInterface({ input: child.stdout }).once('line', (firstLine) => {
			resolve({
				firstLine,
				pid: child.pid ?? 0,
				stop() {
					if (stopBy === 'stdin') child.stdin.end();
					else child.kill('SIGINT');
					return ended;
				},
			});
		});
	});
}

/** The memory that a process has now, or had at most (Linux). */
export function rssMb(pid: number, which: 'VmRSS' | 'VmHWM'): number {
	return memoryOf(pid, which) / 2 ** 20;
}

export function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

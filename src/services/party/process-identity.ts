import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process that cannot be mistaken for another one that got its number later. */
export interface ProcessIdentity {
	readonly pid: number;
	/** When it started, in the system's own words. */
	readonly started: string;
}

/** Null when there is no such process. Source: proc(5), fields 3 and 22 of stat; ps(1) where there is no /proc. */
export function identityOf(pid: number): ProcessIdentity | null {
	const started = process.platform === 'linux' ? startInProc(pid) : startByPs(pid);
	return started === null ? null : { pid, started };
}

/** Whether this very process lives. */
export function isAlive({ pid, started }: ProcessIdentity): boolean {
	return identityOf(pid)?.started === started;
}

function startInProc(pid: number): string | null {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
		// the name before these fields is in brackets and may hold anything
		const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		// one that has ended and is not buried yet
		if (fields[0] === 'Z' || fields[0] === 'X') return null;
		return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${fields[19]}`;
	} catch {
		return null;
	}
}

function startByPs(pid: number): string | null {
	try {
		const [state, ...started] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
			.trim()
			.split(/\s+/);
		return state.startsWith('Z') ? null : started.join(' ');
	} catch {
		return null;
	}
}

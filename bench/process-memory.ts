import { readFileSync } from 'node:fs';

/** Memory of another process in bytes, as Linux tells it. */
export function memoryOf(pid: number, field: 'Pss' | 'VmRSS' | 'VmHWM'): number {
	const file = field === 'Pss' ? 'smaps_rollup' : 'status';
	const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1];
	return Number(kilobytes) * 1024;
}

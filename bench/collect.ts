// Durable ingest of 320x240 reports against a bare Node server and the express app's shape, by wrk on the same cores.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMechanism } from '../src/core/average/mechanism.js';
import type { MechanismParameters } from '../src/core/average/session.js';
import { decodeNpyFloat64 } from '../src/core/npy.js';
import { packagePath } from '../src/core/package-root.js';
import { openConnection } from '../src/services/client/connection.js';
import { type Load, loadReports, median, rssMb, startServer } from './wrk.js';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);

interface Kind {
	readonly name: string;
	readonly mechanism: MechanismParameters;
	readonly args: readonly string[];
	readonly reportBytes: number;
}

const kinds: readonly Kind[] = [
	{
		name: 'one-bit',
		mechanism: { kind: 'one-bit', epsilon: 2 },
		args: [],
		reportBytes: 9600,
	},
	{
		name: 'int16',
		mechanism: { kind: 'laplace', epsilon: 1 },
		args: ['--mechanism', 'laplace', '--epsilon', '1'],
		reportBytes: 153_600,
	},
];

const columns = ['server', 'reports/s', 'of bare', 'of express', 'p50 ms', 'p99 ms', 'p99 of bare', 'RSS MB'];

/** The table of this benchmark, in Markdown. */
export async function benchCollect(): Promise<string> {
	const lines: string[] = [];
	for (const kind of kinds) {
		const runs: Record<string, { load: Load; rssMb: number }[]> = {
			bare: [],
			express: [],
			veilcam: [],
			'veilcam, TLS': [],
		};
		for (let round = 0; round < ROUNDS; round++) {
			runs.bare.push(await runScript('bare', kind));
			runs.veilcam.push(await runVeilcam(kind, false));
			runs.express.push(await runScript('express', kind));
			runs['veilcam, TLS'].push(await runVeilcam(kind, true));
		}
		const perSecond = (name: string): number => median(runs[name].map(({ load }) => load.perSecond));
		const p99 = (name: string): number => median(runs[name].map(({ load }) => load.p99Ms));
		lines.push(`### ${kind.name} reports, ${kind.reportBytes} bytes, 128 connections`, '');
		lines.push(`| ${columns.join(' | ')} |`, `|${' --- |'.repeat(columns.length)}`);
		for (const name of Object.keys(runs)) {
			const p50 = median(runs[name].map(({ load }) => load.p50Ms));
			const rss = Math.max(...runs[name].map(({ rssMb }) => rssMb));
			const ratios = [perSecond(name) / perSecond('bare'), perSecond(name) / perSecond('express')];
			const cells = [
				name,
				Math.round(perSecond(name)),
				...ratios.map((ratio) => ratio.toFixed(2)),
				p50.toFixed(1),
				p99(name).toFixed(1),
				(p99(name) / p99('bare')).toFixed(2),
				rss.toFixed(0),
			];
			lines.push(`| ${cells.join(' | ')} |`);
		}
		const tls = perSecond('veilcam, TLS') / perSecond('veilcam');
		lines.push('', `TLS keeps ${tls.toFixed(2)} of the plain rate.`, '');
	}
	return lines.join('\n');
}

async function runScript(name: 'bare' | 'express', kind: Kind): Promise<{ load: Load; rssMb: number }> {
	const script = packagePath('dist', 'bench', 'servers', `${name}.js`);
	const server = await startServer(script, kind.reportBytes === 9600 ? ['bits'] : [], 'stdin');
	try {
		const url = `http://127.0.0.1:${server.firstLine}`;
		return { load: checked(loadReports(url, kind.reportBytes, SECONDS)), rssMb: rssMb(server.pid, 'VmHWM') };
	} finally {
		await server.stop();
	}
}

async function runVeilcam(kind: Kind, tls: boolean): Promise<{ load: Load; rssMb: number }> {
	const folder = mkdtempSync(join(tmpdir(), 'veilcam-bench-'));
	const args = ['collect', '--json', '--port', '0', '--store', join(folder, 'room.db'), ...kind.args];
	const server = await startServer(
		packagePath('dist', 'src', 'cli.js'),
		tls ? [...args, '--tls', 'self'] : args,
		'SIGINT',
	);
	try {
		const listening: { url: string; fingerprint?: string } = JSON.parse(server.firstLine);
		const load = checked(loadReports(listening.url, kind.reportBytes, SECONDS));
		await verify(kind, listening, load);
		return { load, rssMb: rssMb(server.pid, 'VmHWM') };
	} finally {
		await server.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Every answered report is counted, and the average is exactly that of the one report that all were. */
async function verify(kind: Kind, listening: { url: string; fingerprint?: string }, load: Load): Promise<void> {
	const connection = await openConnection(listening);
	try {
		const session = Object.assign({ count: 0 }, (await connection.send('GET', '/v1/sessions/room/session')).json());
		// wrk ends with up to one unanswered report per connection
		if (session.count < load.requests || session.count > load.requests + 128) {
			throw new Error(`counted ${session.count} of ${load.requests} reports`);
		}
		const answer = await connection.send('GET', '/v1/sessions/room/average.npy');
		const { values } = decodeNpyFloat64(answer.body, 'average');
		const report = kind.mechanism.kind === 'one-bit' ? [1, 0] : [0x5555, 0x5555];
		const expected = createMechanism(kind.mechanism).estimateMeans(report, 1);
		values.forEach((value, i) => {
			if (Math.abs(value - expected[i % 2]) > 1e-9)
				throw new Error(`sample ${i}: expected ${expected[i % 2]}, got ${value}`);
		});
	} finally {
		connection.close();
	}
}

function checked(load: Load): Load {
	if (load.errors > 0) throw new Error(`${load.errors} requests failed`);
	return load;
}

import { setTimeout as delay } from 'node:timers/promises';
import { toFixed } from '../src/core/nn/fixed-point.js';
import { tensorNamed } from '../src/core/nn/shapes.js';
import { withBenchParties } from './bench-parties.js';
import type { MpcWork } from './mpc-works.js';
import { memoryOf } from './process-memory.js';

const RUNS = 10;
const SETTLED_MS = 1000;
const REST_MS = 15_000;

/** What fresh parties take before, during and after each of these works, in a Markdown table. */
export async function benchMpcMemory(works: readonly MpcWork[]): Promise<string> {
	return await withBenchParties(async (_client, pids, open) => {
		const row = (name: string, field: 'Pss' | 'VmRSS' | 'VmHWM'): string =>
			`| ${[name, ...pids.map((pid) => (memoryOf(pid, field) / 1e6).toFixed(0))].join(' | ')} |`;
		await delay(SETTLED_MS);
		const lines = [
			'| memory of a party, MB (RSS) | P0 | P1 | P2 |',
			'| --- | --- | --- | --- |',
			row('before its first job', 'VmRSS'),
			row('the same, pages that processes share counted once (PSS)', 'Pss'),
		];
		for (const { name, program, input, privateWeights } of works) {
			const fixed = Int32Array.from(
				toFixed(input, tensorNamed(program.fixedPoint.fractionalBits, program.graph.input)),
			);
			const client = await open();
			for (let run = 0; run < RUNS; run++) await client.run(program, fixed, { privateWeights });
			lines.push(row(`after ${RUNS} times ${name}`, 'VmRSS'));
			client.close();
			await delay(REST_MS);
			lines.push(row(`${REST_MS / 1000} seconds later`, 'VmRSS'));
		}
		return [...lines, row('the most that it ever had', 'VmHWM')].join('\n');
	});
}

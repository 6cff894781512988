// One face against a million templates on shares: three party processes over TLS on loopback, and what memory they take.

import { DESCRIPTOR_LENGTH, fixedThreshold, squaredDistances } from '../src/core/face/fixed-match.js';
import { seededNumbers } from '../src/core/nn/seeded-numbers.js';
import {
	bestOnParties,
	enrollOnParties,
	freshTemplateId,
	matchOnParties,
} from '../src/services/client/gallery-on-parties.js';
import type { JobCounts } from '../src/services/client/run-on-parties.js';
import { withBenchParties } from './bench-parties.js';
import { memoryOf } from './process-memory.js';
import { median } from './wrk.js';

const TEMPLATES = 1_000_000;
const BATCH = 25_000;
const THRESHOLD = 0.6;
const RUNS = 9;

/** The table of this benchmark, in Markdown. */
export async function benchMatch(): Promise<string> {
	return await withBenchParties(async (client, pids) => {
		const numbers = seededNumbers(5);
		const probe = descriptors(numbers.nextWithin, 1);
		const distances = new Int32Array(TEMPLATES);
		const startedMs = performance.now();
		for (let held = 0; held < TEMPLATES; held += BATCH) {
			const batch = descriptors(numbers.nextWithin, BATCH);
			// in each batch one face is that of the probe, as another picture would show it
			for (let i = 0; i < DESCRIPTOR_LENGTH; i++)
				batch[i] = probe[i] + Math.round(numbers.nextWithin(40 + held / BATCH));
			distances.set(squaredDistances(probe, batch), held);
			await enrollOnParties(client, held, batch, Array.from({ length: BATCH }, freshTemplateId));
		}
		const enrolledMs = performance.now() - startedMs;
		const expected = distances.map((distance) => Number(distance < fixedThreshold(THRESHOLD)));
		const nearest = distances.reduce((best, distance, i) => (distance < distances[best] ? i : best), 0);

		const works = {
			'bits opened': async () => {
				const { matches, ...counts } = await matchOnParties(client, TEMPLATES, probe, THRESHOLD);
				if (expected.some((bit, i) => matches[i] !== bit)) throw new Error('not the bits of the clear twin');
				return counts;
			},
			'the best and its bit opened': async () => {
				const { place, ...counts } = await bestOnParties(client, TEMPLATES, probe, THRESHOLD);
				if (place !== nearest) throw new Error(`place ${place} in place of ${nearest}`);
				return counts;
			},
		};
		const lines = [
			'| 1 against 1,000,000 | protocol ms | comparisons/s | rounds | MB per party |',
			'| --- | --- | --- | --- | --- |',
		];
		for (const [name, work] of Object.entries(works)) {
			const results: JobCounts[] = [];
			for (let run = 0; run < 2 + RUNS; run++) results.push(await work());
			const ms = median(results.slice(2).map(({ protocolMs }) => protocolMs));
			const [{ rounds, bytesSent }] = results;
			const mean = bytesSent.reduce((sum, bytes) => sum + bytes, 0) / 3;
			lines.push(
				`| ${name} | ${ms.toFixed(0)} | ${((TEMPLATES / ms) * 1000).toExponential(2)} | ${rounds} | ${(mean / 1e6).toFixed(1)} |`,
			);
		}
		const shared = pids.map((pid) => memoryOf(pid, 'Pss'));
		const resident = pids.map((pid) => memoryOf(pid, 'VmRSS'));
		const peak = pids.map((pid) => memoryOf(pid, 'VmHWM'));
		return [
			...lines,
			'',
			`Memory of the three afterwards: ${gigabytes(shared)} GB, pages that several processes share counted once (PSS); each`,
			`alone: ${gigabytes(resident)} GB, at its peak ${gigabytes(peak)} GB.`,
			`Enrolling took ${(enrolledMs / 1000).toFixed(0)} s, this benchmark's own work included.`,
		].join('\n');
	});
}

/** Vectors of norms about 1.3. */
function descriptors(nextWithin: (bound: number) => number, count: number): Int32Array {
	return Int32Array.from({ length: count * DESCRIPTOR_LENGTH }, () => Math.round(nextWithin(204)));
}

function gigabytes(bytes: readonly number[]): string {
	const total = bytes.reduce((sum, each) => sum + each, 0);
	return `${bytes.map((each) => (each / 1e9).toFixed(2)).join(' + ')} = ${(total / 1e9).toFixed(2)}`;
}

// Networks and filters on three party processes over TLS on loopback, sharing this machine's cores with the client.

import { DESCRIPTOR_LENGTH, fixedThreshold, squaredDistances } from '../src/core/face/fixed-match.js';
import { runClearFixed } from '../src/core/nn/clear-fixed.js';
import { toFixed } from '../src/core/nn/fixed-point.js';
import { sizeOf } from '../src/core/nn/graph.js';
import { seededNumbers } from '../src/core/nn/seeded-numbers.js';
import { tensorNamed } from '../src/core/nn/shapes.js';
import { enrollOnParties, freshTemplateId, matchOnParties } from '../src/services/client/gallery-on-parties.js';
import type { JobCounts, PartiesClient } from '../src/services/client/run-on-parties.js';
import { withBenchParties } from './bench-parties.js';
import { benchMpcMemory } from './mpc-memory.js';
import { type MpcWork, mpcWorks } from './mpc-works.js';
import { median } from './wrk.js';

const WARM_UP = 8;
const RUNS = 25;
const TEMPLATES = 10_000;

/** The table of this benchmark, in Markdown. */
export async function benchMpc(): Promise<string> {
	const works = mpcWorks();
	const costs = await withBenchParties(async (client) => {
		const lines = [
			'| work | protocol ms | job ms | rounds | kB per party | bytes per value | peer |',
			'| --- | --- | --- | --- | --- | --- | --- |',
		];
		for (const work of works) lines.push(await measureNetwork(client, work));
		lines.push(await measureMatch(client));
		return [
			...lines,
			'',
			'Peers: MP-SPDZ Rep3, 64-bit ring, C++, measured once on a machine of this kind, not in this run.',
		].join('\n');
	});
	const large = works.filter(({ name }) => name === 'sharpen 640x360 RGB' || name === 'thesis network, secret weights');
	return `${costs}\n\n${await benchMpcMemory(large.toReversed())}`;
}

async function measureNetwork(client: PartiesClient, work: MpcWork): Promise<string> {
	const { name, program, input, privateWeights } = work;
	const { graph, fixedPoint, windows } = program;
	const fixed = toFixed(input, tensorNamed(fixedPoint.fractionalBits, graph.input));
	const twin = runClearFixed(graph, fixedPoint, input, { windows });
	const largest = twin.output.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
	const values = sizeOf(graph.inputShape);
	return await measure({ ...work, values }, async () => {
		const { output, ...counts } = await client.run(program, fixed, { privateWeights });
		output.forEach((value, i) => {
			if (Math.abs(value - twin.output[i]) > 0.01 * largest + 2)
				throw new Error(`${name}: ${i}: ${value}, ${twin.output[i]}`);
		});
		return counts;
	});
}

/** The templates stay with the parties from one run to the next; each value is one of them. */
async function measureMatch(client: PartiesClient): Promise<string> {
	const numbers = seededNumbers(13);
	const vector = () => Int32Array.from({ length: DESCRIPTOR_LENGTH }, () => Math.round(numbers.nextWithin(204)));
	const probe = vector();
	const templates = new Int32Array(TEMPLATES * DESCRIPTOR_LENGTH);
	for (let i = 0; i < TEMPLATES; i++) {
		// each tenth is of the same face, from near to beyond the threshold
		const away = 20 + (i % 100);
		const near = () => probe.map((value) => value + Math.round(numbers.nextWithin(away)));
		templates.set(i % 10 === 0 ? near() : vector(), i * DESCRIPTOR_LENGTH);
	}
	await enrollOnParties(client, 0, templates, Array.from({ length: TEMPLATES }, freshTemplateId));
	const limit = fixedThreshold(0.6);
	const expected = squaredDistances(probe, templates).map((distance) => Number(distance < limit));
	const work = { name: 'one vector of 128 against 10,000 templates, bits opened', values: TEMPLATES, peer: '12 ms' };
	return await measure(work, async () => {
		const { matches, ...counts } = await matchOnParties(client, TEMPLATES, probe, 0.6);
		if (expected.some((bit, i) => matches[i] !== bit)) throw new Error(`${work.name}: not as the clear twin`);
		return counts;
	});
}

async function measure(
	{ name, values, peer }: { readonly name: string; readonly values: number; readonly peer: string },
	run: () => Promise<JobCounts>,
): Promise<string> {
	const results: JobCounts[] = [];
	for (let i = 0; i < WARM_UP + RUNS; i++) results.push(await run());
	results.splice(0, WARM_UP);
	const [{ rounds, bytesSent }] = results;
	const mean = bytesSent.reduce((sum, bytes) => sum + bytes, 0) / 3;
	const cells = [
		name,
		median(results.map(({ protocolMs }) => protocolMs)).toFixed(1),
		median(results.map(({ ms }) => ms)).toFixed(1),
		rounds,
		(mean / 1000).toFixed(0),
		(mean / values).toFixed(1),
		peer,
	];
	return `| ${cells.join(' | ')} |`;
}

// Imported networks on three party processes over TLS on loopback: time, and what was predicted against what was counted.

import { runClearFixed } from '../src/core/nn/clear-fixed.js';
import { toFixed } from '../src/core/nn/fixed-point.js';
import { sizeOf } from '../src/core/nn/graph.js';
import { predictCosts } from '../src/core/nn/predict-costs.js';
import { prepareNetwork } from '../src/core/nn/prepare-network.js';
import type { SecureProgram } from '../src/core/nn/secure.js';
import { seededNumbers } from '../src/core/nn/seeded-numbers.js';
import { tensorNamed } from '../src/core/nn/shapes.js';
import { importOnnx } from '../src/core/onnx/import-onnx.js';
import { keepModel, runKeptModel } from '../src/services/client/models-on-parties.js';
import type { PartiesClient, PartiesResult } from '../src/services/client/run-on-parties.js';
import { networks } from '../test/helpers/networks.js';
import { encodeModel, modelProto, noExternal } from '../test/helpers/onnx-models.js';
import { withBenchParties } from './bench-parties.js';
import { median } from './wrk.js';

const WARM_UP = 8;
const RUNS = 25;

/** The table of this benchmark, in Markdown. */
export async function benchOnnx(): Promise<string> {
	return await withBenchParties(async (client) => {
		const lines = [
			'| network | ring | weights | protocol ms | job ms | rounds, predicted | rounds, counted | kB, predicted | kB, counted |',
			'| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
		];
		let id = 0;
		for (const name of Object.keys(networks)) {
			for (const ring of [32, 64] as const) {
				for (const kept of [false, true]) lines.push(await measure(client, name, ring, kept ? `${id++}` : undefined));
			}
		}
		return [
			...lines,
			'',
			'kB of all three parties; counted with the frames around messages, with nonces and hashes. Secret weights are kept by',
			'the parties. MPyC is reported to take 11 to 20 s for a network of the MNIST shape; it was not run here.',
		].join('\n');
	});
}

async function measure(client: PartiesClient, name: string, ring: 32 | 64, place: string | undefined): Promise<string> {
	const imported = importOnnx(encodeModel(modelProto(networks[name]())), name, noExternal);
	const numbers = seededNumbers(11);
	const picture = (): Float64Array =>
		Float64Array.from({ length: sizeOf(imported.graph.inputShape) }, () => (numbers.nextWithin(1) + 1) / 2);
	const program: SecureProgram = prepareNetwork(imported.graph, [picture(), picture(), picture()], ring);
	const input = picture();
	const fixed = toFixed(input, tensorNamed(program.fixedPoint.fractionalBits, program.graph.input));
	const twin = runClearFixed(program.graph, program.fixedPoint, input, program).output;
	const largest = twin.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
	const id = place?.padStart(32, '0');
	if (id !== undefined) await keepModel(client, id, program);
	const results: PartiesResult[] = [];
	for (let run = 0; run < WARM_UP + RUNS; run++) {
		const result =
			id === undefined
				? await client.run(program, fixed, { privateWeights: false })
				: await runKeptModel(client, id, program, fixed);
		const isRight = result.output.every((value, i) => Math.abs(value - twin[i]) <= 0.02 * largest + 4);
		if (!isRight) throw new Error(`${name}: the result differs from its twin's`);
		if (run >= WARM_UP) results.push(result);
	}
	const predicted = predictCosts(program, id !== undefined);
	const [counted] = results;
	const kilobytes = (bytes: readonly number[]): string =>
		(bytes.reduce((sum, count) => sum + count, 0) / 1000).toFixed(1);
	const cells = [
		name,
		ring,
		id === undefined ? 'public' : 'secret',
		median(results.map(({ protocolMs }) => protocolMs)).toFixed(1),
		median(results.map(({ ms }) => ms)).toFixed(1),
		predicted.rounds,
		counted.rounds,
		kilobytes(predicted.bytesByParty),
		kilobytes(counted.bytesSent),
	];
	return `| ${cells.join(' | ')} |`;
}

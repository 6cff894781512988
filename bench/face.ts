// One face descriptor on three party processes over TLS on loopback, beside the same network in the clear on tfjs-wasm in
// the same run, sharing this machine's cores with the client; then `match` as a whole command.

import { spawnSync } from 'node:child_process';
import { alignFace } from '../src/core/face/align-face.js';
import { type FaceApi, openFaceApi } from '../src/core/face/face-api.js';
import { facePixels } from '../src/core/face/face-pixels.js';
import { findFace } from '../src/core/face/find-face.js';
import { recognitionNetwork } from '../src/core/face/recognition-network.js';
import { recognitionProgram } from '../src/core/face/recognition-program.js';
import { readRecognitionWeights } from '../src/core/face/recognition-weights.js';
import { readImage } from '../src/core/image/files.js';
import type { Image } from '../src/core/image/image.js';
import { fromFixed } from '../src/core/nn/fixed-point.js';
import { tensorNamed } from '../src/core/nn/shapes.js';
import { packagePath } from '../src/core/package-root.js';
import type { PartiesClient } from '../src/services/client/run-on-parties.js';
import { withBenchParties } from './bench-parties.js';
import { median } from './wrk.js';

const RUNS = 15;
const COMMAND_RUNS = 9;
const PICTURE = packagePath('fixtures', 'pictures', 'face-01.jpg');
const PEERS = {
	'secret weights': 'MP-SPDZ Rep3, C++: 1.73 s, 37.9 MB, 397 rounds',
	'public weights': '',
} as const;

/** The table of this benchmark, in Markdown. */
export async function benchFace(): Promise<string> {
	const api = await openFaceApi();
	const picture = await readImage(PICTURE);
	const face = await alignFace(picture, await findFace(api, picture, 'face-01', { detector: 'ssd', largest: false }));
	return await withBenchParties(async (client, _pids, _open, folder) => {
		const lines = [
			'| weights | clear ms | protocol ms | ratio | job ms | rounds | MB per party | distance to clear | peer |',
			'| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
		];
		for (const weights of ['secret weights', 'public weights'] as const) {
			lines.push(await measure(api, client, face, weights));
		}
		return [...lines, '', ...measureCommands(folder)].join('\n');
	});
}

/** The command as a shell runs it: Node, the detector and the network of the client start anew each time. */
function measureCommands(folder: string): string[] {
	const parties = ['--parties', folder];
	command(['enroll', 'ada', PICTURE, ...parties]);
	const lines = [
		'| command, from the shell to its end (at most 2500 ms wanted) | ms | of it the job | of it the protocol |',
		'| --- | --- | --- | --- |',
	];
	const measured = (how: readonly string[]): void => {
		const runs = Array.from({ length: COMMAND_RUNS }, () =>
			command(['match', PICTURE, '--as', 'ada', ...how, ...parties]),
		);
		if (runs.some(({ answer }) => answer.match !== true)) throw new Error(`${how.join(' ')}: ada is not ada`);
		const figures = [
			runs.map(({ ms }) => ms),
			...(['ms', 'protocolMs'] as const).map((name) => runs.map(({ answer }) => Number(answer[name]))),
		];
		const cells = figures.map((times) => median(times).toFixed(0)).join(' | ');
		lines.push(`| \`match face-01.jpg --as ada ${how.join(' ')}\` | ${cells} |`);
	};
	measured(['--where', 'parties']);
	measured(['--where', 'client']);
	command(['gallery', 'remove', 'ada', ...parties]);
	command(['model', 'share', 'recognition', ...parties]);
	command(['enroll', 'ada', PICTURE, '--private-model', ...parties]);
	measured(['--private-model']);
	return lines;
}

function command(args: readonly string[]): { readonly ms: number; readonly answer: Record<string, unknown> } {
	const startedMs = performance.now();
	const { stdout, status } = spawnSync(process.execPath, [packagePath('dist', 'src', 'cli.js'), ...args, '--json']);
	const ms = performance.now() - startedMs;
	const last = stdout.toString().trim().split('\n').at(-1) ?? '';
	if (status !== 0) throw new Error(`${args.join(' ')}: ${last}`);
	return { ms, answer: JSON.parse(last) };
}

/** Clear and secure runs take turns, so that what else the machine does falls on both. */
async function measure(api: FaceApi, client: PartiesClient, face: Image, weights: keyof typeof PEERS): Promise<string> {
	const program = recognitionProgram(recognitionNetwork(readRecognitionWeights()));
	const bits = tensorNamed(program.fixedPoint.fractionalBits, program.graph.output);
	const pixels = facePixels(face);
	const clearMs: number[] = [];
	const protocolMs: number[] = [];
	const jobMs: number[] = [];
	let line = '';
	for (let run = 0; run < RUNS; run++) {
		const startedMs = performance.now();
		const clear = await api.describe(face);
		clearMs.push(performance.now() - startedMs);
		const { output, ...counts } = await client.run(program, pixels, { privateWeights: weights === 'secret weights' });
		protocolMs.push(counts.protocolMs);
		jobMs.push(counts.ms);
		const distance = Math.hypot(...fromFixed(output, bits).map((value, i) => value - clear[i]));
		if (distance > 0.02) throw new Error(`${weights}: ${distance} from the clear descriptor`);
		const [clearTime, time, job] = [clearMs, protocolMs, jobMs].map(median);
		const megabytes = counts.bytesSent.map((bytes) => (bytes / 1e6).toFixed(1)).join(', ');
		const cells = [weights, clearTime.toFixed(0), time.toFixed(0), (time / clearTime).toFixed(1), job.toFixed(0)];
		line = `| ${[...cells, counts.rounds, megabytes, distance.toFixed(4), PEERS[weights]].join(' | ')} |`;
	}
	return line;
}

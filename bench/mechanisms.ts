/**
 * What a mechanism costs a camera for one 320x240 picture.
 * Checks first that the average of a few hundred reports is as far from the picture as theory says, then prints the
 * median and the 95th percentile of warm runs as a table. Real randomness: the source is part of the cost.
 */
import { randomFillSync } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { reconstructUpload } from '../src/core/average/denoise.js';
import { createMechanism, type Mechanism } from '../src/core/average/mechanism.js';
import { decodeReport } from '../src/core/average/report-values.js';
import { describeMechanism, type MechanismParameters, type SessionParameters } from '../src/core/average/session.js';
import type { Image } from '../src/core/image/image.js';
import type { RandomSource } from '../src/core/random.js';

const WIDTH = 320;
const HEIGHT = 240;
const WARM_UP_RUNS = 50;
const MEASURED_RUNS = 201;
const VERIFIED_REPORTS = 200;

const RANDOM: RandomSource = { fillInto: (bytes) => randomFillSync(bytes) };

const CASES: readonly { readonly mechanism: MechanismParameters; readonly targetMs: number }[] = [
	{ mechanism: { kind: 'one-bit', epsilon: 1 }, targetMs: 5 },
	{ mechanism: { kind: 'one-bit', epsilon: 2 }, targetMs: 5 },
	{ mechanism: { kind: 'uniform', amplitude: 128 }, targetMs: 5 },
	{ mechanism: { kind: 'laplace', epsilon: 1 }, targetMs: 25 },
	{ mechanism: { kind: 'gaussian', sigma: 100, delta: 1e-6 }, targetMs: 25 },
	{ mechanism: { kind: 'gaussian', sigma: 1000, delta: 1e-6 }, targetMs: 25 },
];

/** A slope with stripes: every gray level, no camera needed. */
function drawPicture(): Image {
	const samples = Uint8Array.from(
		{ length: WIDTH * HEIGHT },
		(_, i) => (i % WIDTH) * 0.6 + (Math.floor(i / WIDTH) % 64),
	);
	return { width: WIDTH, height: HEIGHT, channels: 1, samples };
}

function sessionFor(mechanism: MechanismParameters): SessionParameters {
	return { name: 'bench', width: WIDTH, height: HEIGHT, channels: 1, mechanism, minBatch: 1 };
}

/** Throws where the RMSE of an average is more than 3 % from theory: six standard errors at this size. */
function verify(mechanism: Mechanism, picture: Image): void {
	const session = sessionFor(mechanism.parameters);
	const sums = new Float64Array(picture.samples.length);
	for (let report = 0; report < VERIFIED_REPORTS; report++) {
		const values = decodeReport(session, mechanism.privatize(picture.samples, RANDOM));
		for (let i = 0; i < sums.length; i++) sums[i] += values[i];
	}
	const means = mechanism.estimateMeans(sums, VERIFIED_REPORTS);
	const squares = means.reduce((sum, mean, i) => sum + (mean - picture.samples[i]) ** 2, 0);
	const rmse = Math.sqrt(squares / means.length);
	const expected = mechanism.expectedRmse(VERIFIED_REPORTS, picture.samples);
	if (!(Math.abs(rmse / expected - 1) < 0.03)) {
		throw new Error(`${describeMechanism(mechanism.parameters)}: RMSE ${rmse}, expected ${expected}; not measured`);
	}
}

function timed(run: () => void): number {
	const start = performance.now();
	run();
	return performance.now() - start;
}

function percentile(sorted: readonly number[], share: number): string {
	return sorted[Math.floor(share * (sorted.length - 1))].toFixed(2);
}

/** The table of this benchmark, in Markdown. */
export async function benchMechanisms(): Promise<string> {
	const picture = drawPicture();
	const lines = [
		'| mechanism, 320x240 gray | body bytes | median ms | p95 ms | first ms | target ms | reconstruction ms |',
		'| --- | --- | --- | --- | --- | --- | --- |',
	];
	for (const { mechanism: parameters, targetMs } of CASES) {
		const mechanism = createMechanism(parameters);
		const body = new Uint8Array(mechanism.reportBytes(picture.samples.length));
		const privatize = () => mechanism.privatizeInto(body, picture.samples, RANDOM);
		const firstMs = timed(privatize);
		verify(mechanism, picture);
		for (let run = 0; run < WARM_UP_RUNS; run++) privatize();
		const timesMs = Array.from({ length: MEASURED_RUNS }, () => timed(privatize)).sort((a, b) => a - b);
		const denoiseMs = Array.from({ length: 5 }, () =>
			timed(() => reconstructUpload(sessionFor(parameters), body, picture)),
		).sort((a, b) => a - b);
		const cells = [
			describeMechanism(parameters),
			body.length,
			percentile(timesMs, 0.5),
			percentile(timesMs, 0.95),
			firstMs.toFixed(1),
			targetMs,
			percentile(denoiseMs, 0.5),
		];
		lines.push(`| ${cells.join(' | ')} |`);
	}
	return lines.join('\n');
}

// Motion scores of gray VGA pictures in blocks of 8x5: camera, server and owner on one thread each, verified exact first.

import { seededNumbers } from '../src/core/nn/seeded-numbers.js';
import { openMotionBfv } from '../src/core/subtract/motion/bfv.js';
import { addScoresInto, slotValues } from '../src/core/subtract/motion/cells.js';
import { motionBytes } from '../src/core/subtract/motion/header.js';
import { type MotionPlan, motionCiphertexts, planMotion } from '../src/core/subtract/motion/parameters.js';
import { deriveMotionSecret } from '../src/core/subtract/motion/secret.js';
import { median } from './wrk.js';

const SHAPE = { width: 640, height: 480, channels: 1 } as const;
const BLOCKS = [
	{ width: 8, height: 5 },
	{ width: 16, height: 16 },
];
const RUNS = 7;

/** The table of this benchmark, in Markdown. */
export async function benchMotion(): Promise<string> {
	const lines = [
		'| VGA gray, blocks | ciphertexts | open ms | key ms | encrypt ms | score ms | decrypt ms | MB up, each frame | KB down |',
		'| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
	];
	for (const block of BLOCKS) {
		const plan = planMotion(SHAPE, block, 'picture');
		const runs: number[][] = [];
		for (let run = 0; run < 1 + RUNS; run++) runs.push(await measure(plan));
		const times = runs[0].map((_, i) => median(runs.slice(1).map((each) => each[i])).toFixed(0));
		const [up, down] = [motionBytes('frame', plan) / 1e6, motionBytes('score', plan) / 1e3];
		const name = `${block.width}x${block.height}`;
		lines.push(`| ${[name, motionCiphertexts(plan), ...times, up.toFixed(2), down.toFixed(0)].join(' | ')} |`);
	}
	return lines.join('\n');
}

/** Milliseconds to open SEAL, to make an evaluation key, to encrypt one frame, to score two, to decrypt. */
async function measure(plan: MotionPlan): Promise<number[]> {
	const numbers = seededNumbers(11);
	const picture = (): Uint8Array =>
		Uint8Array.from({ length: SHAPE.width * SHAPE.height }, () => Math.abs(Math.round(numbers.nextWithin(255))));
	const [a, b] = [picture(), picture()];
	const times: number[] = [];
	const timed = <T>(work: () => T): T => {
		const startedMs = performance.now();
		const result = work();
		times.push(performance.now() - startedMs);
		return result;
	};
	const startedMs = performance.now();
	const bfv = await openMotionBfv(plan.plainModulus);
	times.push(performance.now() - startedMs);
	const secret = deriveMotionSecret(a);
	const [encryptor, decryptor] = [bfv.encryptor(secret), bfv.decryptor(secret)];
	const frame = (samples: Uint8Array): Uint8Array[] =>
		Array.from({ length: motionCiphertexts(plan) }, (_, i) => encryptor.encrypt(slotValues(plan, samples, i)));
	const key = timed(() => encryptor.createEvaluationKey());
	const first = timed(() => frame(a));
	const second = frame(b);
	const scorer = bfv.scorer(key);
	const scored = timed(() =>
		Array.from({ length: plan.groups }, (_, group) => {
			for (let i = group * plan.cellSamples; i < (group + 1) * plan.cellSamples; i++) scorer.add(first[i], second[i]);
			return scorer.finish();
		}),
	);
	const scores = timed(() => {
		const sums = new Float64Array(plan.columns * plan.rows);
		for (const [group, record] of scored.entries()) {
			const slots = decryptor.decrypt(record);
			if (slots === null) throw new Error('a score of our own was refused');
			addScoresInto(sums, plan, group, slots);
		}
		return sums;
	});
	const expected = new Float64Array(scores.length);
	for (let i = 0; i < a.length; i++) {
		const [x, y] = [i % SHAPE.width, Math.floor(i / SHAPE.width)];
		const { width, height } = plan.block;
		expected[Math.floor(y / height) * plan.columns + Math.floor(x / width)] += (a[i] - b[i]) ** 2;
	}
	if (expected.some((score, i) => score !== scores[i])) throw new Error('not the scores in the clear');
	for (const each of [scorer, decryptor, encryptor, bfv]) each.close();
	return times;
}

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionParameters } from '../core/average/session.js';
import { writeImage } from '../core/image/files.js';
import type { Image } from '../core/image/image.js';
import { sideBySide } from '../core/image/side-by-side.js';
import { openConnection } from '../services/client/connection.js';
import { runContribution } from '../services/client/contribute-run.js';
import { createReportSeed, SEED_BYTES } from '../services/client/report-seed.js';
import { startCollector } from '../services/collector/start-collector.js';
import type { CommandContext } from './define-command.js';
import { meanOf, readFaces } from './demo-faces.js';
import { privacyPanel } from './privacy-panel.js';

const SESSION: SessionParameters = {
	name: 'demo',
	width: 320,
	height: 240,
	channels: 1,
	mechanism: { kind: 'one-bit', epsilon: 2 },
	minBatch: 20,
};

export interface DemoAverage {
	readonly files: readonly string[];
	readonly count: number;
	readonly expectedRmse: number;
	readonly rmse: number;
	/** One picture, its upload, the reconstruction, and the average. */
	readonly picture: Image;
}

/** Runs a collector and its cameras in this process, over HTTP, on the faces that come with veilcam. */
export async function demoAverage(folder: string, count: number, context: CommandContext): Promise<DemoAverage> {
	const { abort, nowMs, reporter, random } = context;
	const { asTaken, aligned: faces } = await readFaces(SESSION);
	mkdirSync(folder, { recursive: true });
	const storeFolder = mkdtempSync(join(tmpdir(), 'veilcam-demo-'));
	const collector = await startCollector({
		session: SESSION,
		storeFile: join(storeFolder, 'demo.db'),
		host: '127.0.0.1',
		port: 0,
		nowMs,
		warnings: [],
		onDeath: () => abort.abort(),
	});
	const connection = await openConnection({ url: collector.url, concurrency: 16 });
	try {
		reporter.note(`a collector listens on ${collector.url}; ${faces.length} faces stand for a room of ${count} people`);
		const panel = await privacyPanel(SESSION, faces[0], 1, random);
		reporter.note(panel.text);
		const secret = new Uint8Array(SEED_BYTES);
		random.fillInto(secret);
		await runContribution({
			connection,
			session: SESSION,
			frames: cycle(faces, count),
			firstNumber: 0,
			seed: createReportSeed(secret),
			concurrency: 16,
			upload: { retryForMs: 10_000, signal: abort.signal, nowMs, jitter: () => 0.5 },
			onSettled: ({ accepted }) => reporter.progress({ phase: 'collecting', done: accepted, total: count }),
			onRetry: () => {},
			onRejected: (reason) => reporter.warn(reason),
		});
		abort.signal.throwIfAborted();
		const release = await collector.release();
		if (release === null) throw new Error('the collector released nothing');
		const [original, upload, reconstruction] = panel.pictures;
		const pictures: readonly [string, Image][] = [
			['one-picture.png', original],
			['one-upload.png', upload],
			['one-upload-reconstructed.png', reconstruction],
			['average.png', release.image],
			['all-four.png', sideBySide([original, upload, reconstruction, release.image], 4)],
			['without-and-with-the-oval.png', sideBySide([meanOf(asTaken), meanOf(faces)], 4)],
		];
		for (const [name, image] of pictures) await writeImage(join(folder, name), image);
		return {
			files: pictures.map(([name]) => join(folder, name)),
			count: release.count,
			expectedRmse: release.expectedRmseGray,
			rmse: rmseAgainst(faces, release.means, release.count),
			picture: sideBySide([original, upload, reconstruction, release.image], 4),
		};
	} finally {
		connection.close();
		await collector.close();
		rmSync(storeFolder, { recursive: true, force: true });
	}
}

async function* cycle(faces: readonly Image[], count: number): AsyncGenerator<Image> {
	for (let i = 0; i < count; i++) yield faces[i % faces.length];
}

/** Against the exact mean of the first `count` pictures of the cycle, in gray levels, without clamping. */
function rmseAgainst(faces: readonly Image[], means: Float64Array, count: number): number {
	let squares = 0;
	for (let i = 0; i < means.length; i++) {
		let sum = 0;
		for (let k = 0; k < faces.length; k++) {
			sum += faces[k].samples[i] * (Math.floor(count / faces.length) + (k < count % faces.length ? 1 : 0));
		}
		squares += (means[i] - sum / count) ** 2;
	}
	return Math.sqrt(squares / means.length);
}

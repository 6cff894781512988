import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readImage, writeImage } from '../core/image/files.js';
import type { Image } from '../core/image/image.js';
import { sideBySide } from '../core/image/side-by-side.js';
import { sharpenKernel } from '../core/nn/filter-kernel.js';
import { createFilter, filterInClear, padForFilter, toFilteredPicture } from '../core/nn/filters.js';
import { packagePath } from '../core/package-root.js';
import { openParties } from '../services/client/run-on-parties.js';
import { superviseLocal } from '../services/party/supervise-local.js';
import type { CommandContext } from './define-command.js';

export interface DemoParties {
	readonly files: readonly string[];
	readonly ms: number;
	readonly rounds: number;
	/** The picture is that of the clear filter, sample by sample. */
	readonly isExact: boolean;
}

/** Three party processes on this machine sharpen a face, with a kernel that none of them knows. */
export async function demoParties(folder: string, context: CommandContext): Promise<DemoParties> {
	mkdirSync(folder, { recursive: true });
	const { random, nowMs, abort, reporter } = context;
	const image: Image = await readImage(packagePath('fixtures', 'pictures', 'face-01.jpg'), { channels: 1 });
	const made = createFilter(sharpenKernel, image);
	const partiesFolder = mkdtempSync(join(tmpdir(), 'veilcam-parties-'));
	try {
		const { client: config, supervised } = await superviseLocal(partiesFolder, 0, {
			onRestart: (party, why) => reporter.warn(`party ${party} ended (${why}) and is started again`),
			signal: abort.signal,
		});
		try {
			reporter.note('three parties run; each gets shares of a picture that say nothing without another one');
			const client = await openParties(config, { random, nowMs, signal: abort.signal });
			try {
				const program = { graph: made.graph, fixedPoint: made.fixedPoint, windows: new Map() };
				const input = Int32Array.from(padForFilter(image, sharpenKernel));
				const { output, ms, rounds } = await client.run(program, input, { privateWeights: true });
				const sharpened = toFilteredPicture(output, image, made.weightBits);
				const file = join(folder, 'face-and-sharpened-on-shares.png');
				await writeImage(file, sideBySide([image, sharpened], 4));
				const inClear = filterInClear(image, sharpenKernel);
				return {
					files: [file],
					ms,
					rounds,
					isExact: sharpened.samples.every((sample, i) => sample === inClear.samples[i]),
				};
			} finally {
				client.close();
			}
		} finally {
			await supervised.close();
		}
	} finally {
		rmSync(partiesFolder, { recursive: true, force: true });
	}
}

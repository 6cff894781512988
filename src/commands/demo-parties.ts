import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readImage, writeImage } from '../core/image/files.js';
import type { Image } from '../core/image/image.js';
import { sideBySide } from '../core/image/side-by-side.js';
import { sharpenKernel } from '../core/nn/filter-kernel.js';
import { createFilter, filterInClear, padForFilter, toFilteredPicture } from '../core/nn/filters.js';
import { packagePath } from '../core/package-root.js';
import { openParties, type PartiesClient } from '../services/client/run-on-parties.js';
import { superviseLocal } from '../services/party/supervise-local.js';
import type { CommandContext } from './define-command.js';

export interface DemoFilter {
	readonly files: readonly string[];
	readonly ms: number;
	/** The picture is that of the clear filter, sample by sample. */
	readonly isExact: boolean;
}

/** Three party processes of this machine, and what a client needs to ask them. */
export interface DemoWorld {
	readonly client: PartiesClient;
	readonly partiesFolder: string;
}

/** Runs three party processes on this machine for as long as the work takes. */
export async function withDemoParties<Result>(
	{ random, nowMs, abort, reporter }: CommandContext,
	work: (world: DemoWorld) => Promise<Result>,
): Promise<Result> {
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
				return await work({ client, partiesFolder });
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

/** Sharpens a face on shares, with a kernel that no party knows. */
export async function demoFilter(folder: string, { client }: DemoWorld): Promise<DemoFilter> {
	const image: Image = await readImage(packagePath('fixtures', 'pictures', 'face-01.jpg'), { channels: 1 });
	const made = createFilter(sharpenKernel, image);
	const program = { graph: made.graph, fixedPoint: made.fixedPoint, windows: new Map() };
	const input = Int32Array.from(padForFilter(image, sharpenKernel));
	const { output, ms } = await client.run(program, input, { privateWeights: true });
	const sharpened = toFilteredPicture(output, image, made.weightBits);
	const file = join(folder, 'face-and-sharpened-on-shares.png');
	await writeImage(file, sideBySide([image, sharpened], 4));
	const inClear = filterInClear(image, sharpenKernel);
	return { files: [file], ms, isExact: sharpened.samples.every((sample, i) => sample === inClear.samples[i]) };
}

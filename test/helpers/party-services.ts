import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { readImage } from '../../src/core/image/files.js';
import type { Image } from '../../src/core/image/image.js';
import { edgesKernel } from '../../src/core/nn/filter-kernel.js';
import { createFilter, padForFilter } from '../../src/core/nn/filters.js';
import type { SecureProgram } from '../../src/core/nn/secure.js';
import { createLocalParties } from '../../src/services/party/local-parties.js';
import { type ClientConfig, galleryFile, type PartyConfig, partyFile } from '../../src/services/party/party-config.js';
import { PARTY_LIMITS, type PartyLimits } from '../../src/services/party/party-limits.js';
import { type RunningParty, startParty } from '../../src/services/party/start-party.js';
import { seededRandom } from '../core/average/keystream.js';
import { faces } from './fixtures.js';
import { temporaryFolder } from './temp-folder.js';

/** Three parties of this process, on ports of their own. */
export interface ThreeServices {
	readonly folder: string;
	readonly client: ClientConfig;
	readonly configs: readonly PartyConfig[];
	readonly running: RunningParty[];
}

/** What parties keep in files of their folder. */
interface Keeps {
	readonly keepShares?: boolean;
	readonly keepGallery?: boolean;
}

export const world = {
	random: seededRandom(1),
	nowMs: () => performance.now(),
	signal: new AbortController().signal,
};

export async function startThree(
	t: ExecutionContext,
	limits: Partial<PartyLimits> = {},
	keeps: Keeps = {},
): Promise<ThreeServices> {
	const folder = await temporaryFolder(t);
	const { configs, client, running } = await startOnFreePorts(folder, { ...PARTY_LIMITS, ...limits }, keeps);
	t.teardown(() => Promise.all(running.map((party) => party.close())));
	await Promise.all(running.map((party) => party.connected(60_000)));
	return { folder, client, configs, running };
}

/** Other tests look for free ports too: between finding and taking one it may be gone. */
async function startOnFreePorts(
	folder: string,
	limits: PartyLimits,
	keeps: Keeps,
	tries = 5,
): Promise<Pick<ThreeServices, 'configs' | 'client' | 'running'>> {
	const local = await createLocalParties(folder, 0);
	const { client } = local;
	const configs = local.configs.map((config) =>
		keeps.keepShares === true ? { ...config, sharesFile: join(folder, `party-${config.index}.shares.db`) } : config,
	);
	const outcomes = await Promise.allSettled(
		configs.map((config) => {
			const gallery = keeps.keepGallery === true ? { file: galleryFile(partyFile(folder, config.index)) } : {};
			return startParty(config, limits, gallery);
		}),
	);
	const running = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
	const failed = outcomes.find((outcome) => outcome.status === 'rejected');
	if (failed === undefined) return { configs, client, running };
	await Promise.all(running.map((party) => party.close()));
	if (tries <= 1) throw failed.reason;
	return startOnFreePorts(folder, limits, keeps, tries - 1);
}

/** A filter on the first face: a job of a few milliseconds. */
export async function edgesJob(): Promise<{ program: SecureProgram; input: Int32Array; picture: Image }> {
	const picture = await readImage(faces[0]);
	const { graph, fixedPoint } = createFilter(edgesKernel, picture);
	return {
		program: { graph, fixedPoint, windows: new Map() },
		input: Int32Array.from(padForFilter(picture, edgesKernel)),
		picture,
	};
}

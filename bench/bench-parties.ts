import { randomFillSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openParties, type PartiesClient } from '../src/services/client/run-on-parties.js';
import { createLocalParties } from '../src/services/party/local-parties.js';
import { partyFile } from '../src/services/party/party-config.js';
import { supervise } from '../src/services/party/supervise.js';

/** Works with three party processes on this machine, which end with it. Throws: Error when one ends before. */
export async function withBenchParties<Result>(
	work: (
		client: PartiesClient,
		pids: readonly number[],
		open: () => Promise<PartiesClient>,
		folder: string,
	) => Promise<Result>,
): Promise<Result> {
	const folder = mkdtempSync(join(tmpdir(), 'veilcam-bench-'));
	const { client: config } = await createLocalParties(folder, 0);
	const parties = await supervise({
		configFiles: ([0, 1, 2] as const).map((index) => partyFile(folder, index)),
		onRestart: (party) => {
			throw new Error(`party ${party} ended`);
		},
	});
	try {
		const open = (): Promise<PartiesClient> =>
			openParties(config, {
				random: { fillInto: (bytes) => void randomFillSync(bytes) },
				nowMs: () => performance.now(),
				signal: new AbortController().signal,
			});
		const client = await open();
		const pids = parties.parties.map(({ pid }) => pid);
		const result = await work(client, pids, open, folder);
		client.close();
		return result;
	} finally {
		await parties.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

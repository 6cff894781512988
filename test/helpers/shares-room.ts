import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { SessionParameters } from '../../src/core/average/session.js';
import type { CollectorOptions } from '../../src/services/collector/start-collector.js';
import type { PartyConfig } from '../../src/services/party/party-config.js';
import { type RunningParty, startParty } from '../../src/services/party/start-party.js';
import { startTestCollector, type TestCollector } from './collector.js';
import { startThree } from './party-services.js';

export interface SharesRoom extends TestCollector {
	readonly session: SessionParameters;
	/** By party. */
	readonly running: RunningParty[];
	/** The store of a party; its pictures lie beside it in `-bodies-1`. */
	fileOf(party: number): string;
	/** Ends a party, as a crash of its machine does for the others. */
	stop(party: number): Promise<void>;
	/** Starts it again, with its files. */
	start(party: number): Promise<void>;
}

/** A collector in this process that is the front of three parties in it. */
export async function startSharesRoom(
	t: ExecutionContext,
	session: Partial<SessionParameters> = {},
	options: Partial<CollectorOptions> = {},
): Promise<SharesRoom> {
	const { client, configs, running, folder } = await startThree(t, {}, { keepShares: true });
	const whole: SessionParameters = {
		...{ name: 'room', width: 20, height: 13, channels: 1, minBatch: 4 },
		mechanism: { kind: 'shares', bits: 8, budget: null },
		...session,
	};
	const storeFile = join(folder, 'room.db');
	const collector = await startTestCollector(t, whole, { storeFile, parties: client, ...options });
	const configOf = (party: number): PartyConfig => configs[party];
	return {
		...collector,
		session: whole,
		running,
		fileOf: (party) => configOf(party).sharesFile ?? '',
		stop: (party) => running[party].close(),
		async start(party) {
			running[party] = await startParty(configOf(party));
			await Promise.all(running.map(({ connected }) => connected(60_000)));
		},
	};
}

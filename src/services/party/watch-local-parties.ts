import { PeerError } from '../../core/errors.js';
import type { PartiesSnapshot, PartyStatus } from '../../core/events.js';
import { PARTIES } from '../../core/mpc/party-index.js';
import { type Connection, openConnection } from '../client/connection.js';
import { askStatus } from '../client/party-status.js';
import type { ClientConfig } from './party-config.js';
import type { Supervised } from './supervise.js';

interface WatchOptions {
	readonly folder: string;
	readonly client: ClientConfig;
	readonly supervised: Supervised;
	/** Sentences of this moment, newest first. */
	readonly warnings: () => readonly string[];
	readonly nowMs: () => number;
}

/** The three parties of this machine, as they tell of themselves. */
export interface PartiesWatch {
	/** Asks all three; one that does not answer has no status. */
	look(): Promise<PartiesSnapshot>;
	close(): void;
}

/** A party that does not answer within this time is shown without figures. */
const PATIENCE_MS = 2000;
const RATE_WINDOW_MS = 5000;

export function watchLocalParties(options: WatchOptions): PartiesWatch {
	const { folder, client, supervised, warnings, nowMs } = options;
	const startedMs = nowMs();
	const connections: (Connection | undefined)[] = [];
	/** Null when it does not answer; the next look finds it again. */
	const statusOf = async (party: number): Promise<PartyStatus | null> => {
		const { url, fingerprint } = client.parties[party];
		const open = { url, fingerprint, token: client.token, concurrency: 1, timeoutMs: PATIENCE_MS };
		try {
			connections[party] ??= await openConnection(open);
			return await askStatus(connections[party]);
		} catch (error) {
			if (error instanceof PeerError) return null;
			throw error;
		}
	};
	const recent: { readonly atMs: number; readonly done: number }[] = [];
	return {
		async look() {
			const statuses = await Promise.all(PARTIES.map(statusOf));
			const parties = supervised.parties.map((party, index) => ({ ...party, status: statuses[index] }));
			const jobsDone = Math.min(...statuses.map((status) => status?.jobsDone ?? 0));
			const atMs = nowMs();
			recent.push({ atMs, done: jobsDone });
			while (recent.length > 2 && atMs - recent[0].atMs > RATE_WINDOW_MS) recent.shift();
			const [oldest] = recent;
			const jobsPerSecond =
				atMs > oldest.atMs ? (Math.max(0, jobsDone - oldest.done) * 1000) / (atMs - oldest.atMs) : 0;
			return { folder, parties, uptimeMs: atMs - startedMs, jobsDone, jobsPerSecond, warnings: warnings() };
		},
		close() {
			for (const connection of connections) connection?.close();
		},
	};
}

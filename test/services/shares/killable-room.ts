import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { createLocalParties } from '../../../src/services/party/local-parties.js';
import { type ClientConfig, partyFile, readPartyConfig } from '../../../src/services/party/party-config.js';
import { bytesOf, numberOf, openSqlite, type SqlRow } from '../../../src/services/sqlite.js';
import { type RunningCli, startCli } from '../../helpers/run-cli.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';

/** Three parties and the collector that is their front, as processes of their own. */
export interface KillableRoom {
	readonly client: ClientConfig;
	/** Of the collector as it runs now. */
	readonly url: string;
	/** Ends a party, or the front, as `kill -9` does, and starts it again. Resolves when it is ready. */
	kill(victim: Victim): Promise<void>;
	/** What each party has fixed, read from its disk. */
	fixed(): FixedBatch[][];
	/** What the front has of each batch, read from its disk. */
	opened(): OpenedBatch[];
}

export const VICTIMS = [0, 1, 2, 'front'] as const;
export type Victim = (typeof VICTIMS)[number];

export interface FixedBatch {
	/** Hexadecimal. */
	readonly ids: readonly string[];
	readonly listHash: string;
	readonly rho: number;
	/** This party's noise, where the store still has it. */
	readonly summand: Float64Array | null;
}

interface OpenedBatch {
	readonly count: number;
	readonly rho: number;
	readonly sums: Float64Array;
}

/** `frontArgs` are those of the session. */
export async function startKillableRoom(t: ExecutionContext, frontArgs: readonly string[]): Promise<KillableRoom> {
	const folder = await temporaryFolder(t);
	const { client } = await createLocalParties(folder, 0);
	const store = join(folder, 'room.db');
	const collect = ['collect', '--mechanism', 'shares', '--parties', folder, '--port', '0', '--store', store];
	const running = new Map<Victim, RunningCli>();
	let url = '';
	const start = async (victim: Victim, tries = 20): Promise<void> => {
		const args = victim === 'front' ? [...collect, ...frontArgs] : ['party', '--config', partyFile(folder, victim)];
		const process = startCli(t, [...args, '--json']);
		running.set(victim, process);
		try {
			const { url: started } = await process.until(victim === 'front' ? 'listening' : 'connected');
			if (victim === 'front') url = String(started);
		} catch (error) {
			// a connection of somebody else may have been given the port meanwhile; who supervises parties tries again, too
			if (tries === 0 || !/"(peer-port|port-in-use)"/.test(String(error))) throw error;
			await start(victim, tries - 1);
		}
	};
	await Promise.all(([0, 1, 2] as const).map((party) => start(party)));
	await start('front');
	return {
		client,
		get url() {
			return url;
		},
		async kill(victim) {
			await running.get(victim)?.end('SIGKILL');
			await start(victim);
		},
		fixed: () =>
			([0, 1, 2] as const).map((party) => {
				const file = readPartyConfig(partyFile(folder, party)).sharesFile ?? '';
				return readRows(file, 'SELECT ids, listHash, rho, summand FROM seals ORDER BY batch', (row) => ({
					ids: hexOf(row, 'ids').match(/.{32}/g) ?? [],
					listHash: hexOf(row, 'listHash'),
					rho: numberOf(row, 'rho'),
					summand: row.summand === null ? null : numbersOf(row, 'summand'),
				}));
			}),
		opened: () =>
			readRows(store, 'SELECT count, rho, sums FROM batches ORDER BY batch', (row) => ({
				count: numberOf(row, 'count'),
				rho: numberOf(row, 'rho'),
				sums: numbersOf(row, 'sums'),
			})),
	};
}

function readRows<Result>(file: string, sql: string, read: (row: SqlRow) => Result): Result[] {
	const database = openSqlite(file, { readonly: true });
	try {
		return Array.from(database.iterate(sql), read);
	} finally {
		database.close();
	}
}

function hexOf(row: SqlRow, column: string): string {
	return Buffer.from(bytesOf(row, column)).toString('hex');
}

function numbersOf(row: SqlRow, column: string): Float64Array {
	return new Float64Array(Uint8Array.from(bytesOf(row, column)).buffer);
}

import { cpSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { createPairStreams } from '../../../src/core/mpc/keystream.js';
import type { Party } from '../../../src/core/mpc/party.js';
import { PARTIES, type PartyIndex } from '../../../src/core/mpc/party-index.js';
import { inSequence } from '../../../src/core/mpc/step-cost.js';
import type { OpenedShare } from '../../../src/core/mpc/steps/open-to-client.js';
import { openInputShare, shareInput } from '../../../src/core/mpc/steps/share-input.js';
import type { PartiesClient } from '../../../src/services/client/run-on-parties.js';
import { readWork } from '../../../src/services/party/job-work.js';
import { createLane } from '../../../src/services/party/lane.js';
import { createModelStore } from '../../../src/services/party/model-store.js';
import { openPartyGallery, type PartyGallery } from '../../../src/services/party/party-gallery.js';
import { bytesOf, openSqlite } from '../../../src/services/sqlite.js';
import { seededRandom } from '../../core/average/keystream.js';
import { createThreeParties, runAll } from '../../core/mpc/three-parties.js';

/** The galleries of three parties in this process, and a client of them. */
export interface ThreeGalleries {
	readonly galleries: PartyGallery[];
	readonly client: PartiesClient;
}

export function galleryFileIn(folder: string, index: PartyIndex): string {
	return join(folder, `party-${index}.gallery.db`);
}

export async function openThree(t: ExecutionContext, folder: string, freshLifeMs?: number): Promise<ThreeGalleries> {
	const galleries = await Promise.all(
		PARTIES.map((index) =>
			openPartyGallery({
				file: galleryFileIn(folder, index),
				maxQueriesPerMinute: 1000,
				openDistances: true,
				nowMs: () => 0,
				...(freshLifeMs === undefined ? {} : { freshLifeMs }),
			}),
		),
	);
	t.teardown(() => {
		for (const gallery of galleries) gallery.close();
	});
	return { galleries, client: clientOf(galleries) };
}

let jobs = 0;

/** Keys of its own for each job, as parties derive them. */
function streamsOf(job: number): (index: PartyIndex) => Party['streams'] {
	const key = (pair: number): Uint8Array => Uint8Array.of(pair, job, job >> 8, ...new Uint8Array(13));
	return (index) => {
		if (index === 0) return createPairStreams({ '01': key(1), '02': key(3) });
		return createPairStreams(index === 1 ? { '01': key(1), '12': key(2) } : { '12': key(2), '02': key(3) });
	};
}

function clientOf(galleries: readonly PartyGallery[]): PartiesClient {
	const random = seededRandom(9);
	const lane = createLane();
	return {
		run: () => Promise.reject(new Error('no networks here')),
		async runJob({ program, ring, input, weights }) {
			const release = await lane.take(new AbortController().signal);
			const shares = shareInput(input, random, ring);
			const three = createThreeParties({ arenaBytes: 16_000_000, streams: streamsOf(jobs++) });
			const runs: Promise<OpenedShare>[] = [];
			const runAt = async (party: Party): Promise<OpenedShare> => {
				const work = readWork(program, () => {
					throw new Error('no faces here');
				});
				const own = { gallery: galleries[party.index], models: createModelStore(undefined), client: 'client' };
				return await work.run(party, openInputShare(party, shares[party.index], work.inputCount), {
					...own,
					weights: { kind: 'public', values: weights },
				});
			};
			const opened = await runAll(three, async (party) => {
				runs[party.index] = runAt(party);
				return await runs[party.index];
			}).finally(async () => {
				// as with processes: those that others left alone come to their end before the next job
				await Promise.allSettled(runs);
				release();
			});
			const { rounds, bytesByParty } = inSequence(three.parties[0].counter.steps.map(({ cost }) => cost));
			return { opened, ms: 1, protocolMs: 1, bytesSent: bytesByParty, rounds };
		},
		ask: async (_method, path) =>
			galleries.map((gallery) => (path.endsWith('/ids') ? gallery.ids() : JSON.parse(JSON.stringify(gallery.state)))),
		close() {},
	};
}

/** The files of a party as they are at this moment: what is there after `kill -9`. */
export function copyFiles(folder: string, index: PartyIndex, to: string): void {
	const name = basename(galleryFileIn(folder, index));
	for (const file of readdirSync(folder).filter((one) => one.startsWith(name))) {
		cpSync(join(folder, file), join(to, file), { recursive: true });
	}
}

/** Of first and second components, template after template. The party may not have the file open. */
export function wordsIn(file: string): { first: Int32Array; second: Int32Array } {
	const database = openSqlite(file, { readonly: true });
	const rows = [...database.iterate('SELECT first, second FROM templates ORDER BY place')];
	database.close();
	const words = (column: string): Int32Array =>
		new Int32Array(new Uint8Array(Buffer.concat(rows.map((row) => bytesOf(row, column)))).buffer);
	return { first: words('first'), second: words('second') };
}

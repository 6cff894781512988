import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { createMechanism } from '../../../src/core/average/mechanism.js';
import { type SessionParameters, sampleCountOf } from '../../../src/core/average/session.js';
import { numbersOfPlanes, sharePlanes } from '../../../src/core/average/share-planes.js';
import type { Channel } from '../../../src/core/mpc/channel.js';
import { expandKey } from '../../../src/core/mpc/keystream.js';
import { PARTIES, type PartyIndex } from '../../../src/core/mpc/party-index.js';
import { createMemoryTransport, type RecordedMessage } from '../../../src/core/mpc/transport/memory-transport.js';
import type { ReleaseRequest } from '../../../src/services/shares/release-request.js';
import { type ReleaseShare, runRelease } from '../../../src/services/shares/run-release.js';
import { bodyBytesAt, hashComponents } from '../../../src/services/shares/share-hash.js';
import {
	type InsertStatus,
	type NewReport,
	openShareStore,
	type ShareStore,
} from '../../../src/services/shares/share-store.js';
import { seededRandom } from '../../core/average/keystream.js';
import { temporaryFolder } from '../../helpers/temp-folder.js';
import { pictureOf } from './three-holders.js';

/** Each of these keys is held by two parties. */
const PAIR_KEYS = {
	'01': new Uint8Array(16).fill(1),
	'12': new Uint8Array(16).fill(2),
	'02': new Uint8Array(16).fill(3),
};

/** What one party is changed in for one attempt: what it finds in its store, and what it sends. */
export interface Twist {
	readonly store?: (honest: ShareStore) => Partial<ShareStore>;
	readonly channel?: (honest: Channel) => Channel;
}

/** One attempt at a release, when all three have ended. */
export interface Attempt {
	readonly outcomes: readonly PromiseSettledResult<ReleaseShare>[];
	/** All that went over the wire, in order. */
	readonly messages: readonly RecordedMessage[];
}

/** Stores of three parties and their releases, over memory in place of sockets. */
export interface ThreeStores {
	readonly stores: readonly ShareStore[];
	/** The store of a party; its pictures lie beside it in `-bodies-1`. */
	fileOf(index: PartyIndex): string;
	/** Ends a party and starts it anew, with what is on its disk. `meanwhile` changes that. */
	restart(index: PartyIndex, meanwhile?: () => void): void;
	/** Puts pictures into all three: each number is a picture's seed, and every byte of its id. */
	add(numbers: readonly number[]): Promise<void>;
	/** What came of one picture at each party; nothing where it is null. */
	put(number: number, bodies: readonly (Uint8Array | null)[]): Promise<(InsertStatus | null)[]>;
	/** Once a party ends with an error, or only party `first` where it is given, the attempt ends for the others. */
	attempt(request: ReleaseRequest, twists?: Partial<Record<PartyIndex, Twist>>, first?: PartyIndex): Promise<Attempt>;
}

/** What each party is sent of a picture. */
export function bodiesOf(session: SessionParameters, samples: Uint8Array, seed: number): Promise<Uint8Array[]> {
	const planes = createMechanism(session.mechanism).privatize(samples, seededRandom(seed));
	return sharePlanes(planes, seededRandom(seed), expandKey);
}

export async function openThreeStores(t: ExecutionContext, session: SessionParameters): Promise<ThreeStores> {
	const folder = await temporaryFolder(t);
	const fileOf = (index: PartyIndex): string => join(folder, `${index}.db`);
	const open = (index: PartyIndex): ShareStore =>
		openShareStore(fileOf(index), (parameters) => bodyBytesAt(index, parameters));
	const stores = PARTIES.map(open);
	t.teardown(() => {
		for (const store of stores) store.close();
	});
	const stored = stores.map((store) => store.addSession(session, 'an-upload-token'));
	const reportAt = (index: PartyIndex, number: number, body: Uint8Array): NewReport => {
		const id = new Uint8Array(16).fill(number);
		return { id, ...hashComponents(index, stored[index].hash, id, body), body };
	};
	return {
		stores,
		fileOf,
		restart(index, meanwhile) {
			stores[index].close();
			meanwhile?.();
			stores[index] = open(index);
		},
		async add(numbers) {
			const bodies = await Promise.all(numbers.map((number) => bodiesOf(session, pictureOf(session, number), number)));
			await Promise.all(
				PARTIES.map((index) =>
					stores[index].insert(
						1,
						numbers.map((number, i) => reportAt(index, number, bodies[i][index])),
					),
				),
			);
		},
		put: (number, bodies) =>
			Promise.all(
				PARTIES.map(async (index) => {
					const body = bodies[index];
					return body === null ? null : (await stores[index].insert(1, [reportAt(index, number, body)]))[0];
				}),
			),
		async attempt(request, twists = {}, first) {
			const transport = createMemoryTransport();
			const outcomes = PARTIES.map(async (index) => {
				const { store, channel } = twists[index] ?? {};
				const honest = transport.channels[index];
				return runRelease({
					...{ index, request, session: stored[index], random: seededRandom(index), pairKeys: PAIR_KEYS },
					store: { ...stores[index], ...store?.(stores[index]) },
					channel: channel?.(honest) ?? honest,
				});
			});
			const failed = new Promise((_, reject) => {
				for (const outcome of first === undefined ? outcomes : [outcomes[first]]) outcome.catch(reject);
			});
			// the others would wait for it for ever
			failed.catch(() => transport.abort(new Error('another party has ended')));
			const settled = await Promise.allSettled(outcomes);
			return { outcomes: settled, messages: transport.messages };
		},
	};
}

/** The sums that the parts of all three give; null where one of them opened nothing. */
export function sumsOf(session: SessionParameters, { outcomes }: Attempt, isSigned = false): Float64Array | null {
	const parts = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.planes] : []));
	if (parts.length < PARTIES.length) return null;
	const [a, b, c] = parts;
	const planes = a.map((plane, weight) => plane.map((byte, i) => byte ^ b[weight][i] ^ c[weight][i]));
	return numbersOfPlanes(planes, sampleCountOf(session), isSigned);
}

/** Sample by sample, of the pictures that `pictureOf` makes of these seeds. */
export function clearSum(session: SessionParameters, seeds: readonly number[]): Float64Array {
	const sum = new Float64Array(sampleCountOf(session));
	for (const seed of seeds) for (const [i, sample] of pictureOf(session, seed).entries()) sum[i] += sample;
	return sum;
}

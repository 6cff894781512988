import { createHash, randomBytes } from 'node:crypto';
import { bitsOfSum, type ReleaseNoise } from '../../core/average/release-noise.js';
import { sampleCountOf } from '../../core/average/session.js';
import { sharePlaneBytes } from '../../core/average/share-planes.js';
import { DataError, PeerError } from '../../core/errors.js';
import { deriveAttemptKeys, eraseKeys } from '../../core/mpc/attempt.js';
import type { Channel } from '../../core/mpc/channel.js';
import type { PairKeys } from '../../core/mpc/keystream.js';
import { PARTIES, type PartyIndex } from '../../core/mpc/party-index.js';
import type { RandomSource } from '../../core/random.js';
import { type AdmittedList, admit } from './admit.js';
import { drawOwnNoise } from './own-noise.js';
import { createTalk, type PartyTalk } from './party-talk.js';
import { noiseOfRequest, promiseText, type ReleaseRequest, requestHash } from './release-request.js';
import { bodyBytesAt, HASH_BYTES } from './share-hash.js';
import type { Seal, ShareStore, StoredSession } from './share-store.js';
import { sumBatch } from './sum-batch.js';

export interface ReleaseParts {
	readonly index: PartyIndex;
	readonly store: ShareStore;
	readonly session: StoredSession;
	readonly request: ReleaseRequest;
	/** Of this attempt alone. */
	readonly channel: Channel;
	readonly pairKeys: PairKeys;
	readonly random: RandomSource;
}

/** One party's part of a release: what it opens to the front, and what that is. */
export interface ReleaseShare {
	readonly batch: number;
	/** Pictures in the sum. */
	readonly count: number;
	/** Planes of the sum, lowest first; the highest is the sign where there is noise. */
	readonly planes: readonly Uint8Array[];
	readonly noise: ReleaseNoise | null;
	readonly sumMs: number;
}

const NONCE_BYTES = 16;

/**
 * One attempt at a release: agreement on the request, admission, the batch fixed for good at each party, the sum, and its
 * opening to the front. An attempt that fails may be repeated: from the fixing on with the same pictures and noise.
 * Throws: PeerError when a party fails or disagrees, PolicyError, DataError.
 */
export async function runRelease(parts: ReleaseParts): Promise<ReleaseShare> {
	const { index, store, session, request, channel } = parts;
	const { parameters, number } = session;
	if (parameters.mechanism.kind !== 'shares') throw new DataError('bad-session', 'not a session on shares');
	const { bits } = parameters.mechanism;
	const noise = noiseOfRequest(parameters, request.promise);
	const talk = createTalk(index, channel);
	const last = store.lastSeal(number);
	const ownSeal = last?.batch === request.batch ? last : null;
	const { nonces, sealedAt } = await greet(parts, talk, ownSeal);
	const list = await admit({ index, talk, store, session, batch: request.batch, ownSeal, sealedAt });
	const count = list.ordinals.length;
	const summand = ownSeal === null ? await fix(parts, list, noise) : ownSeal.summand;
	// a party that adds before all have fixed the batch could open it beside another one; with other nonces masks stay in the sum
	const other = await talk.findOther(createHash('sha256').update(Buffer.concat(nonces)).update(list.listHash).digest());
	if (other !== null)
		throw new PeerError('attempts-differ', `party ${other} is in another attempt than party ${index}`);

	const body = new Uint8Array(bodyBytesAt(index, parameters));
	const startedMs = performance.now();
	const keys = deriveAttemptKeys(parts.pairKeys, {
		nonces,
		job: `shares ${parameters.name} ${request.batch}`,
		programHash: requestHash(session, request),
		inputHashes: [list.listHash],
	});
	try {
		const planes = await sumBatch({
			...{ index, channel, talk, keys, bits, summand },
			bodyOf: (ordinal) => {
				if (store.readBodyInto(body, number, ordinal)) return body;
				throw new DataError('damaged-store', 'a picture of this batch cannot be read any more');
			},
			ordinals: list.ordinals,
			rowBytes: sharePlaneBytes(sampleCountOf(parameters)),
			width: bitsOfSum(bits, count, noise),
		});
		return { batch: request.batch, count, planes, noise, sumMs: performance.now() - startedMs };
	} finally {
		eraseKeys(keys);
	}
}

interface Greeting {
	readonly nonces: [Uint8Array, Uint8Array, Uint8Array];
	readonly sealedAt: PartyIndex | null;
}

/** Fresh nonces; the same request at all three; and who has fixed this batch before. */
async function greet(
	{ index, session, request }: ReleaseParts,
	talk: PartyTalk,
	ownSeal: Seal | null,
): Promise<Greeting> {
	const hash = requestHash(session, request);
	const own = Buffer.concat([randomBytes(NONCE_BYTES), hash, Uint8Array.of(ownSeal === null ? 0 : 1)]);
	const greetings = new Map<PartyIndex, Uint8Array>([[index, own], ...(await talk.exchange(() => own, own.length))]);
	const of = (party: PartyIndex): Uint8Array => greetings.get(party) ?? own;
	for (const party of PARTIES) {
		if (Buffer.compare(of(party).subarray(NONCE_BYTES, NONCE_BYTES + HASH_BYTES), hash) !== 0) {
			throw new PeerError('requests-differ', `party ${party} was asked for another release than party ${index}`);
		}
	}
	const nonce = (party: PartyIndex): Uint8Array => of(party).slice(0, NONCE_BYTES);
	return {
		nonces: [nonce(0), nonce(1), nonce(2)],
		sealedAt: PARTIES.find((party) => of(party)[NONCE_BYTES + HASH_BYTES] === 1) ?? null,
	};
}

/** Stores what the batch is, and this party's noise for it, before anything of it is used. */
async function fix(
	{ store, session, request, random }: ReleaseParts,
	{ ids, listHash, ordinals }: AdmittedList,
	noise: ReleaseNoise | null,
): Promise<Uint8Array | null> {
	const samples = sampleCountOf(session.parameters);
	const summand = noise === null ? null : await drawOwnNoise(noise.partySigma, samples, random);
	const seal: Seal = {
		...{ batch: request.batch, promise: promiseText(request.promise), count: ordinals.length },
		...{ listHash, ids, rho: noise?.rho ?? 0, summand },
	};
	store.seal(session.number, seal, ordinals);
	return summand;
}

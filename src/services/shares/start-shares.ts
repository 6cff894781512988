import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HpkeKeyPair } from '../../core/average/hpke.js';
import type { ReleasePromise } from '../../core/average/release-noise.js';
import { PeerError, PolicyError, VeilcamError } from '../../core/errors.js';
import type { AttemptChannel } from '../../core/mpc/transport/attempt-channel.js';
import type { TlsTransport } from '../../core/mpc/transport/tls-transport.js';
import type { RandomSource } from '../../core/random.js';
import type { PartyConfig } from '../party/party-config.js';
import { assertMayRelease, noiseOfRequest, promiseOf, type ReleaseRequest } from './release-request.js';
import { type ReleaseShare, runRelease } from './run-release.js';
import { bodyBytesAt } from './share-hash.js';
import { openShareStore, type ShareStore, type StoredSession } from './share-store.js';
import { createSharesRoute } from './shares-route.js';

export interface SharesService {
	/** Answers a request that is for it; false for others. */
	route(request: IncomingMessage, response: ServerResponse): boolean;
	close(): void;
}

/** What a party's releases need of it. */
export interface SharesParts {
	readonly config: PartyConfig & { readonly sharesFile: string };
	readonly transport: Pick<TlsTransport, 'openAttempt' | 'closeAttempt'>;
	readonly random: RandomSource;
	/** What pages seal their shares to. */
	readonly uploadKey: HpkeKeyPair;
}

/** How far a session is at one party, for the front. */
export interface SharesStatus {
	readonly waiting: number;
	readonly rejected: number;
	/** Of the rejected those that this party confirmed, and whose file it found damaged. */
	readonly damaged: number;
	/** Pictures of all batches that were fixed. */
	readonly sealed: number;
	/** The last that was fixed; 0 before the first. */
	readonly batch: number;
	/** What it was fixed with. */
	readonly promise: ReleasePromise | null;
	readonly spentRho: number;
}

/** Releases of one party. */
export interface PartyReleases {
	/** Opens the channel of an attempt, so that the others' messages find it. Throws: PolicyError, DataError. */
	prepare(session: StoredSession, attempt: string, request: ReleaseRequest): void;
	/** Throws: PeerError for an attempt that is not there, and when `gone` aborts; what the attempt throws. */
	run(attempt: string, gone: AbortSignal): Promise<ReleaseShare>;
	status(session: StoredSession): SharesStatus;
	close(): void;
}

/** An attempt that is not run within this time is dropped. */
const ATTEMPT_LIFE_MS = 30_000;
const MAX_ATTEMPTS = 16;
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;

/** Starts what a party does with shares of pictures. Throws: DataError when the store cannot be used. */
export function startShares(parts: SharesParts): SharesService {
	const store = openShareStore(parts.config.sharesFile, (parameters) => bodyBytesAt(parts.config.index, parameters));
	const releases = createReleases(parts, store);
	const route = createSharesRoute({ config: parts.config, store, releases, uploadKey: parts.uploadKey });
	return {
		route,
		close() {
			releases.close();
			store.close();
		},
	};
}

interface Prepared {
	readonly session: StoredSession;
	readonly request: ReleaseRequest;
	readonly channel: AttemptChannel;
	readonly expiry: NodeJS.Timeout;
}

function createReleases({ config, transport, random }: SharesParts, store: ShareStore): PartyReleases {
	const { index, pairKeys } = config;
	const attempts = new Map<string, Prepared>();
	/** Sessions of which a release runs here: the next one finds what it has fixed. */
	const busy = new Set<number>();
	const check = (session: StoredSession, request: ReleaseRequest): void =>
		assertMayRelease(session.parameters, request, {
			last: store.lastRelease(session.number),
			waiting: store.counts(session.number).waiting,
			spentRho: store.spentRho(session.number),
		});
	const drop = (attempt: string): void => {
		const prepared = attempts.get(attempt);
		clearTimeout(prepared?.expiry);
		attempts.delete(attempt);
		// one that the front did not ask to run it may have asked the others to run
		prepared?.channel.fail(new PeerError('attempt-dropped', 'it was not run in time, or another one was begun'), true);
		transport.closeAttempt(attempt);
	};
	return {
		prepare(session, attempt, request) {
			check(session, request);
			noiseOfRequest(session.parameters, request.promise);
			// the front has given up what it prepared before: a party that is away must not fill the places of the others
			for (const [older, prepared] of attempts) if (prepared.session.number === session.number) drop(older);
			if (attempts.size >= MAX_ATTEMPTS) throw new PolicyError('overload', 'too many releases are asked for at once');
			const channel = transport.openAttempt(attempt, { maxQueuedBytes: MAX_QUEUED_BYTES });
			const expiry = setTimeout(() => drop(attempt), ATTEMPT_LIFE_MS);
			expiry.unref();
			attempts.set(attempt, { session, request, channel, expiry });
		},
		async run(attempt, gone) {
			const prepared = attempts.get(attempt);
			if (prepared === undefined) {
				throw new PeerError('no-such-attempt', 'this release was not prepared here, or this party was started anew', {
					hint: 'Ask for it again.',
				});
			}
			clearTimeout(prepared.expiry);
			attempts.delete(attempt);
			const { session, request, channel } = prepared;
			// nobody would get what is opened, and the next attempt need not wait for this one
			const leave = (): void => channel.fail(new PeerError('front-gone', 'who asked for the release has gone'), true);
			if (gone.aborted) leave();
			gone.addEventListener('abort', leave, { once: true });
			let isMine = false;
			try {
				if (busy.has(session.number)) throw new PolicyError('overload', 'another release of this session is running');
				busy.add(session.number);
				isMine = true;
				// it may have changed since the attempt was prepared
				check(session, request);
				return await runRelease({ index, store, session, request, channel, pairKeys, random });
			} catch (error) {
				const message = error instanceof Error ? error.message : String(error);
				channel.fail(error instanceof PeerError ? error : new PeerError('party-failed', message), true);
				throw error instanceof VeilcamError ? error : new PeerError('release-failed', message, { cause: error });
			} finally {
				gone.removeEventListener('abort', leave);
				if (isMine) busy.delete(session.number);
				transport.closeAttempt(attempt);
			}
		},
		status(session) {
			const { number } = session;
			const { batch = 0, promise = null } = store.lastRelease(number) ?? {};
			return { ...store.counts(number), batch, promise: promiseOf(promise), spentRho: store.spentRho(number) };
		},
		close() {
			for (const attempt of [...attempts.keys()]) drop(attempt);
		},
	};
}

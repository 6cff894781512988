import { existsSync } from 'node:fs';
import { type ReleasePromise, rmseOfNoise } from '../../core/average/release-noise.js';
import type { SessionParameters } from '../../core/average/session.js';
import { counted } from '../../core/counted.js';
import { BugError, PeerError, PolicyError, VeilcamError } from '../../core/errors.js';
import { openSharesParties } from '../client/shares-parties.js';
import type { ClientConfig } from '../party/party-config.js';
import type { SharesStatus } from '../shares/start-shares.js';
import { lockStore, removeStore } from '../store-lock.js';
import type { FrontRoutes, ReleasedBatch } from './front-routes.js';
import { type FrontStore, openFrontStore } from './front-store.js';
import type { Counting } from './start-ledger.js';
import type { CollectorStats } from './stats.js';

interface SharesLedgerOptions {
	readonly storeFile: string;
	readonly session: SessionParameters;
	readonly parties: ClientConfig;
	readonly stats: CollectorStats;
	readonly nowMs: () => number;
	/** Ends a start that waits for a party. */
	readonly signal?: AbortSignal | undefined;
}

/** The parties are asked how far they are so often. */
const POLL_MS = 500;
/** After a release that failed, so long passes before the next try. */
const RETRY_MS = 2000;
/** At its end it waits so long for a party that does not answer. A release that is cut off goes on at the next start. */
const PATIENCE_MS = 3000;

/**
 * The counting of a session on shares: three parties hold the pictures, and this front asks them to open each batch when
 * it is full. It keeps what was opened. A batch that failed on the way is asked for again, as it was.
 * Throws: DataError for the store, PeerError for a party that does not answer.
 */
export async function startSharesLedger(options: SharesLedgerOptions): Promise<Counting & FrontRoutes> {
	const { storeFile, session, parties, stats, nowMs, signal } = options;
	const { mechanism } = session;
	if (mechanism.kind !== 'shares') throw new BugError('not-shares', `session ${session.name} is not on shares`);
	const unlock = lockStore(storeFile);
	const isNew = !existsSync(storeFile);
	const asking = new AbortController();
	const interrupt = (): void => asking.abort(signal?.reason);
	signal?.addEventListener('abort', interrupt, { once: true });
	const { store, front } = await openBoth().finally(() => signal?.removeEventListener('abort', interrupt));
	let waiting = 0;
	let failure: VeilcamError | null = null;
	let warnings: readonly string[] = [];
	let retryAtMs = Number.NEGATIVE_INFINITY;
	let releasing: Promise<unknown> = Promise.resolve();
	let isClosed = false;

	async function openBoth() {
		let opened: FrontStore | undefined;
		try {
			opened = openFrontStore(storeFile, session);
			return { store: opened, front: await openSharesParties(parties, session, asking.signal) };
		} catch (error) {
			// who mends what the servers refuse may choose another session for this store
			if (opened === undefined) unlock();
			else closeStore(opened, true);
			throw error;
		}
	}
	function closeStore(opened: FrontStore, forgets: boolean): void {
		const isForgotten = forgets && isNew && opened.released.count === 0;
		opened.close();
		if (isForgotten) removeStore(storeFile);
		unlock(isForgotten);
	}
	const nextBatch = (): number => (store.released.batches.at(-1)?.batch ?? 0) + 1;
	/** One at a time, in the order of the questions. */
	const release = (promise: ReleasePromise | null): Promise<ReleasedBatch> => {
		const work = async (): Promise<ReleasedBatch> => {
			asking.signal.throwIfAborted();
			const sums = await front.release(nextBatch(), promise);
			store.add(sums, promise);
			waiting = Math.max(0, waiting - sums.count);
			const { batch, count, totalSigma, rho } = sums;
			return { batch, count, totalSigma, rho, promise };
		};
		const result = releasing.then(work, work);
		releasing = result.catch(() => {});
		return result;
	};
	const look = async (): Promise<readonly SharesStatus[]> => {
		const batch = nextBatch();
		const status = await front.status();
		// what was told before a release counts its pictures twice after it
		if (batch !== nextBatch()) return look();
		waiting = Math.min(...status.map((party) => party.waiting));
		warnings = status.flatMap(({ damaged }, party) => (damaged === 0 ? [] : [damagedText(damaged, party)]));
		stats.accepted = Math.max(stats.accepted, waiting + store.released.count - countAtStart);
		return status;
	};
	const poll = async (): Promise<void> => {
		const status = await look();
		assertHasAll(status, store.released.batches);
		// a batch that a party fixed before this front knew what came out: it is asked for as it was, and before all others
		const fixed = status.find(({ batch }) => batch === nextBatch());
		const isDue = fixed !== undefined || (mechanism.budget === null && waiting >= session.minBatch);
		if (isDue && nowMs() >= retryAtMs) await release(fixed?.promise ?? null);
		failure = null;
	};
	const pollSafely = async (): Promise<void> => {
		try {
			await poll();
		} catch (error) {
			if (isClosed) return;
			retryAtMs = nowMs() + RETRY_MS;
			// fewer pictures than it seemed are held by all three: no reason to alarm anybody
			if (error instanceof PolicyError && error.code === 'minimum-batch') return;
			failure = error instanceof VeilcamError ? error : new PeerError('front-failed', String(error));
		}
	};
	const countAtStart = store.released.count;
	let polling = pollSafely();
	let isPolling = false;
	const timer = setInterval(() => {
		if (isPolling) return;
		isPolling = true;
		polling = pollSafely().finally(() => {
			isPolling = false;
		});
	}, POLL_MS);

	return {
		target: front.target,
		get waiting() {
			return waiting;
		},
		get batches() {
			return store.released.batches;
		},
		get count() {
			return store.released.count + waiting;
		},
		get releasedCount() {
			return store.released.count;
		},
		get warnings() {
			return warnings;
		},
		get storeFailure() {
			return failure;
		},
		slotsInUse: 0,
		look,
		async releaseNext(promise) {
			// what was fixed and not told yet comes first
			await poll();
			return release(promise);
		},
		releaseSums() {
			const { count, sums, totalSigma } = store.released;
			if (count === 0) return Promise.resolve(null);
			return Promise.resolve({ count, sums, noiseRmseGray: rmseOfNoise(mechanism.bits, count, totalSigma) });
		},
		async close(isForgotten = false) {
			isClosed = true;
			clearInterval(timer);
			const patience = setTimeout(() => asking.abort(endedBefore()), PATIENCE_MS);
			await polling;
			await releasing;
			clearTimeout(patience);
			front.close();
			closeStore(store, isForgotten);
		},
	};
}

/** Throws: PolicyError where the servers have released batches that this front has not: none is released twice. */
function assertHasAll(status: readonly SharesStatus[], batches: readonly ReleasedBatch[]): void {
	const released = Math.max(...status.map(({ batch }) => batch));
	const held = batches.at(-1)?.batch ?? 0;
	// the one after may be on its way here
	if (released <= held + 1) return;
	throw new PolicyError(
		'batch-order',
		`the servers have released ${released} batches, the collector's store has ${held}: nothing more is released`,
		{
			hint:
				'The store was removed, or is an older copy, and no batch is released twice. Start the collector with the store ' +
				'that has them, or a session of another name, which begins anew.',
		},
	);
}

function endedBefore(): PeerError {
	return new PeerError('collector-ended', 'the collector was ended before its servers had answered', {
		hint: 'Ask again when it runs again: what was begun goes on, and is charged once.',
	});
}

function damagedText(count: number, party: number): string {
	const what = counted(count, 'picture is', 'pictures are');
	return `${what} left out by all three: party ${party} confirmed and cannot read what its file has; check its disk`;
}

import { createHash } from 'node:crypto';
import {
	noiseFor,
	parsePromise,
	type ReleaseNoise,
	type ReleasePromise,
	rhoOf,
} from '../../core/average/release-noise.js';
import { type SessionParameters, sampleCountOf } from '../../core/average/session.js';
import { DataError, PolicyError } from '../../core/errors.js';
import type { Seal, StoredSession } from './share-store.js';

/** What the front asks all three parties for. */
export interface ReleaseRequest {
	/** Batches count from 1; each is opened once. */
	readonly batch: number;
	/** Null for an exact sum. */
	readonly promise: ReleasePromise | null;
}

/** Rounding of a conversion must not refuse the last release that a budget was made for. */
const BUDGET_SLACK = 1 + 1e-9;

/** Throws: DataError for a request that is none. */
export function parseReleaseRequest(body: Uint8Array): ReleaseRequest {
	let fields: Record<string, unknown>;
	try {
		fields = Object.assign({}, JSON.parse(Buffer.from(body).toString('utf8')));
	} catch (cause) {
		throw new DataError('bad-request', 'the request for a release is not JSON', { cause });
	}
	const { batch, promise } = fields;
	if (typeof batch !== 'number' || !Number.isSafeInteger(batch) || batch < 1) {
		throw new DataError('bad-request', 'batch: expected a whole number from 1 on');
	}
	return { batch, promise: promise === null || promise === undefined ? null : parsePromise(promise, 'file') };
}

export function promiseText(promise: ReleasePromise | null): string | null {
	return promise === null ? null : JSON.stringify([promise.epsilon, promise.delta, promise.picturesPerPerson]);
}

/** What `promiseText` was made of. */
export function promiseOf(text: string | null): ReleasePromise | null {
	if (text === null) return null;
	const [epsilon, delta, picturesPerPerson]: unknown[] = JSON.parse(text);
	return parsePromise({ epsilon, delta, picturesPerPerson }, 'file');
}

/** The same at all parties that were asked for the same of the same session. */
export function requestHash(session: StoredSession, { batch, promise }: ReleaseRequest): Uint8Array {
	const text = JSON.stringify([batch, promiseText(promise)]);
	return new Uint8Array(createHash('sha256').update(session.hash).update(text).digest());
}

/** The noise that a promise takes in a session, or null. Throws: PolicyError where it cannot be kept. */
export function noiseOfRequest(session: SessionParameters, promise: ReleasePromise | null): ReleaseNoise | null {
	if (promise === null || session.mechanism.kind !== 'shares') return null;
	return noiseFor(promise, session.mechanism.bits, sampleCountOf(session));
}

/**
 * What each party checks by itself, whatever the front or another party says. The batch that was fixed last may be asked
 * for again, as it was: its list and its noise are the same, so nothing more comes out.
 * Throws: PolicyError.
 */
export function assertMayRelease(
	session: SessionParameters,
	request: ReleaseRequest,
	state: { readonly last: Pick<Seal, 'batch' | 'promise'> | null; readonly waiting: number; readonly spentRho: number },
): void {
	const { mechanism } = session;
	if (mechanism.kind !== 'shares') throw new DataError('bad-session', `${session.name}: not a session on shares`);
	const { last, waiting, spentRho } = state;
	if (request.batch === last?.batch) {
		if (last.promise === promiseText(request.promise)) return;
		throw new PolicyError('batch-opened', `batch ${request.batch} has been released, and is not released otherwise`);
	}
	const next = (last?.batch ?? 0) + 1;
	if (request.batch !== next) {
		const message = `batch ${request.batch} cannot be released: the next one is ${next}`;
		throw new PolicyError('batch-order', message, {
			hint: `The store of ${request.batch < next ? 'the collector' : 'this server'} was removed, or is an older copy: restore it, or begin a session of another name.`,
		});
	}
	if (mechanism.budget === null && request.promise !== null) {
		throw new PolicyError('no-budget', 'this session releases exact averages; noise would not undo them', {
			hint: 'Start a session with a budget: collect --mechanism shares --epsilon E --delta D.',
		});
	}
	if (mechanism.budget !== null && request.promise === null) {
		throw new PolicyError('noise-required', 'this session has a privacy budget: nothing is released without noise', {
			hint: 'Ask with --epsilon and --delta.',
		});
	}
	const { picturesPerPerson: limit = 1 } = mechanism;
	if (request.promise !== null && request.promise.picturesPerPerson < limit) {
		throw new PolicyError('weak-promise', `this session takes up to ${limit} pictures of a person in a batch`, {
			hint: `Ask with --pictures-per-person ${limit} or more: less would protect a part of a person.`,
		});
	}
	if (waiting < session.minBatch) {
		throw new PolicyError('minimum-batch', `no release yet: ${waiting} of ${session.minBatch} pictures have come`);
	}
	const noise = noiseOfRequest(session, request.promise);
	if (mechanism.budget !== null && noise !== null && spentRho + noise.rho > rhoOf(mechanism.budget) * BUDGET_SLACK) {
		throw new PolicyError('budget-spent', 'the privacy budget of this session does not allow this release', {
			hint: `rho ${noise.rho.toPrecision(3)} is asked for; ${spentRho.toPrecision(3)} of ${rhoOf(mechanism.budget).toPrecision(3)} is spent.`,
		});
	}
}

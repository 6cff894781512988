import { createHash } from 'node:crypto';
import { describeMechanism, parseSessionParameters, type SessionParameters } from '../../core/average/session.js';
import { bytesOf, numberOf, type SqlRow } from '../sqlite.js';
import type { HeldReport, Seal, StoredSession } from './share-store.js';

/** A row of `sessions`. Throws: DataError, SyntaxError for what cannot be. */
export function storedSession(row: SqlRow): StoredSession {
	const text = String(row.parameters);
	return {
		number: numberOf(row, 'number'),
		parameters: parseSessionParameters(JSON.parse(text), 'file'),
		hash: new Uint8Array(createHash('sha256').update(text).digest()),
		uploadToken: String(row.uploadToken),
	};
}

export function heldReport(row: SqlRow): HeldReport {
	return {
		ordinal: numberOf(row, 'ordinal'),
		firstHash: bytesOf(row, 'firstHash'),
		secondHash: bytesOf(row, 'secondHash'),
		batch: numberOf(row, 'batch'),
	};
}

/** The head of a row of `seals`. */
export function releaseOf(row: SqlRow): Pick<Seal, 'batch' | 'promise'> {
	return { batch: numberOf(row, 'batch'), promise: row.promise === null ? null : String(row.promise) };
}

/** A row of `seals`. */
export function sealOf(row: SqlRow): Seal {
	return {
		...releaseOf(row),
		count: numberOf(row, 'count'),
		listHash: bytesOf(row, 'listHash'),
		ids: bytesOf(row, 'ids'),
		rho: numberOf(row, 'rho'),
		summand: row.summand === null ? null : bytesOf(row, 'summand'),
	};
}

/** A session in words, for an error. */
export function describeSession({ width, height, channels, mechanism, minBatch }: SessionParameters): string {
	const colour = channels === 1 ? 'gray' : 'RGB';
	return `${width}x${height} ${colour}, ${describeMechanism(mechanism)}, minimum batch ${minBatch}`;
}

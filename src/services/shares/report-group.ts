import { DataError } from '../../core/errors.js';
import { ID_BYTES } from './share-hash.js';

/** A request costs its two ends more than what is done with a picture: several of them share one. */
const MAX_REPORTS = 64;
const MAX_BYTES = 1 << 20;

/** One party's part of a picture. */
export interface GroupedReport {
	readonly id: Uint8Array;
	readonly body: Uint8Array;
}

/** How many reports of this length one request may carry: at least one, however long. */
export function mostInGroup(bodyBytes: number): number {
	return Math.min(MAX_REPORTS, Math.max(1, Math.floor(MAX_BYTES / (ID_BYTES + bodyBytes))));
}

/** The length that a request announces. Throws: DataError where it is not that of one to `mostInGroup` reports. */
export function lengthOfGroup(header: string | undefined, bodyBytes: number): number {
	const length = Number(header ?? Number.NaN);
	const [entryBytes, most] = [ID_BYTES + bodyBytes, mostInGroup(bodyBytes)];
	if (length > 0 && length % entryBytes === 0 && length <= most * entryBytes) return length;
	throw new DataError(
		'wrong-length',
		`body: expected 1 to ${most} reports of ${entryBytes} bytes, got ${length} bytes`,
	);
}

/** Shape: id and body of each report, one after the other. */
export function joinReports(reports: readonly GroupedReport[]): Uint8Array {
	return Buffer.concat(reports.flatMap(({ id, body }) => [id, body]));
}

/** What `joinReports` made of bodies of one length; the bodies are views. */
export function splitReports(bytes: Uint8Array, bodyBytes: number): GroupedReport[] {
	const entryBytes = ID_BYTES + bodyBytes;
	return Array.from({ length: bytes.length / entryBytes }, (_, i) => {
		const [at, end] = [i * entryBytes, (i + 1) * entryBytes];
		return { id: bytes.slice(at, at + ID_BYTES), body: bytes.subarray(at + ID_BYTES, end) };
	});
}

import type { IncomingMessage } from 'node:http';
import { PolicyError } from '../../core/errors.js';
import { readBody } from './plain-http.js';
import type { NewReport, ShareStore } from './share-store.js';

type Status = ReturnType<ShareStore['insert']>[number];

/** Reports on their way to the disk. */
export interface Inbox {
	/** The body of a report. Throws: PolicyError `overload` where there is no room, DataError. */
	read(request: IncomingMessage, byteLength: number): Promise<Uint8Array<ArrayBuffer>>;
	/** Resolves when the report is durable. Throws: DataError of the store. */
	store(report: NewReport): Promise<Status>;
}

const MAX_ARRIVING_BYTES = 96 * 1024 * 1024;
/** One transaction holds so many at most: the event loop waits for it. */
const MAX_GROUP = 64;

/** Reports that come at about the same time share one commit: it costs as much as several reports. */
export function createInbox(store: ShareStore): Inbox {
	interface Waiting {
		readonly report: NewReport;
		readonly resolve: (status: Status) => void;
		readonly reject: (error: unknown) => void;
	}
	let waiting: Waiting[] = [];
	let isScheduled = false;
	let arrivingBytes = 0;

	const schedule = (): void => {
		if (isScheduled || waiting.length === 0) return;
		isScheduled = true;
		// after what has come is read: the group grows with the load
		setImmediate(commit);
	};
	const commit = (): void => {
		isScheduled = false;
		const group = waiting.slice(0, MAX_GROUP);
		waiting = waiting.slice(MAX_GROUP);
		try {
			const statuses = store.insert(group.map(({ report }) => report));
			for (const [i, { resolve }] of group.entries()) resolve(statuses[i]);
		} catch (error) {
			for (const { reject } of group) reject(error);
		}
		schedule();
	};
	return {
		async read(request, byteLength) {
			if (arrivingBytes + byteLength > MAX_ARRIVING_BYTES) {
				throw new PolicyError('overload', 'too many pictures at once; try again');
			}
			arrivingBytes += byteLength;
			try {
				return await readBody(request, byteLength, byteLength);
			} finally {
				arrivingBytes -= byteLength;
			}
		},
		store: (report) =>
			new Promise((resolve, reject) => {
				waiting.push({ report, resolve, reject });
				schedule();
			}),
	};
}

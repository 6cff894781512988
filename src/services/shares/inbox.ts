import type { IncomingMessage } from 'node:http';
import { PolicyError } from '../../core/errors.js';
import { readBody } from './plain-http.js';
import type { InsertStatus, NewReport, ShareStore } from './share-store.js';

/** Reports on their way to the disk. */
export interface Inbox {
	/** The body of a report. Throws: PolicyError `overload` where there is no room, DataError. */
	read(request: IncomingMessage, byteLength: number): Promise<Uint8Array<ArrayBuffer>>;
	/** Resolves when the report is durable. Throws: DataError of the store. */
	store(session: number, report: NewReport): Promise<InsertStatus>;
}

/** Of reports that arrive or wait for their commit. */
const MAX_HELD_BYTES = 96 * 1024 * 1024;
/** One transaction holds so many at most: the event loop waits for it. */
const MAX_GROUP = 64;

/** Reports that come at about the same time share one commit: it costs as much as several reports. */
export function createInbox(store: Pick<ShareStore, 'insert'>): Inbox {
	interface Waiting {
		readonly session: number;
		readonly report: NewReport;
		readonly resolve: (status: InsertStatus) => void;
		readonly reject: (error: unknown) => void;
	}
	let waiting: Waiting[] = [];
	let isBusy = false;
	let heldBytes = 0;

	const schedule = (): void => {
		if (isBusy || waiting.length === 0) return;
		isBusy = true;
		// after what has come is read: the group grows with the load, and while the one before is written
		setImmediate(() => void commit());
	};
	const commit = async (): Promise<void> => {
		const [{ session }] = waiting;
		const group = waiting.filter((one) => one.session === session).slice(0, MAX_GROUP);
		const taken = new Set(group);
		waiting = waiting.filter((one) => !taken.has(one));
		try {
			const reports = group.map(({ report }) => report);
			const statuses = await store.insert(session, reports);
			for (const [i, { resolve }] of group.entries()) resolve(statuses[i]);
		} catch (error) {
			for (const { reject } of group) reject(error);
		}
		isBusy = false;
		schedule();
	};
	return {
		async read(request, byteLength) {
			if (heldBytes + byteLength > MAX_HELD_BYTES) {
				throw new PolicyError('overload', 'too many pictures at once; try again');
			}
			heldBytes += byteLength;
			try {
				return await readBody(request, { exactly: byteLength });
			} finally {
				heldBytes -= byteLength;
			}
		},
		async store(session, report) {
			heldBytes += report.body.length;
			try {
				return await new Promise((resolve, reject) => {
					waiting.push({ session, report, resolve, reject });
					schedule();
				});
			} finally {
				heldBytes -= report.body.length;
			}
		},
	};
}

import type { SealedShare } from '../core/average/sealed-share.js';

/** What leaves of a picture: a salted report, or a sealed share for each of three servers. */
export type Upload = { readonly body: Uint8Array<ArrayBuffer> } | { readonly shares: readonly SealedShare[] };

/** An upload that is not confirmed yet: id and bytes stay together, so a repeat counts once. */
export type KeptReport = Upload & {
	readonly id: string;
	/** Which session it was made for: see `sessionKey`. */
	readonly key: string;
};

/** How far a person is, who wants to send so many pictures. */
export interface Run {
	readonly key: string;
	readonly wanted: number;
	readonly taken: number;
	readonly counted: number;
	readonly refused: number;
}

/** What outlives a reload. Original pictures are never kept. */
export interface Keep {
	/** False where the browser forbids it: then a reload forgets what has not been sent. */
	readonly isDurable: boolean;
	/** Both are of this session; what was kept for another one is forgotten, and so many reports were. */
	read(key: string): Promise<{ run: Run | null; reports: KeptReport[]; forgottenCount: number }>;
	/** Keeps a new report, and the run that counts it as taken, or neither. */
	add(report: KeptReport, run: Run): Promise<void>;
	/** The report is settled: forgets it, and keeps the run that says so. */
	settle(id: string, run: Run): Promise<void>;
	save(run: Run): Promise<void>;
}

const NAME = 'veilcam';

/** Opens what this browser keeps for this server; keeps it in memory where there is no database. */
export async function openKeep(factory: IDBFactory | undefined): Promise<Keep> {
	if (factory === undefined) return memoryKeep();
	try {
		return databaseKeep(await openDatabase(factory));
	} catch {
		// private windows of some browsers have one that cannot be opened
		return memoryKeep();
	}
}

function openDatabase(factory: IDBFactory): Promise<IDBDatabase> {
	return new Promise((resolve, reject) => {
		const request = factory.open(NAME, 1);
		request.onupgradeneeded = () => {
			request.result.createObjectStore('reports', { keyPath: 'id' });
			request.result.createObjectStore('runs', { keyPath: 'key' });
		};
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
		request.onblocked = () => reject(new Error('another tab holds it'));
	});
}

function databaseKeep(database: IDBDatabase): Keep {
	/** Resolves when it is on disk. */
	const change = (work: (reports: IDBObjectStore, runs: IDBObjectStore) => void): Promise<void> =>
		new Promise((resolve, reject) => {
			const transaction = database.transaction(['reports', 'runs'], 'readwrite');
			transaction.oncomplete = () => resolve();
			transaction.onabort = () => reject(transaction.error);
			work(transaction.objectStore('reports'), transaction.objectStore('runs'));
		});
	const all = <Row>(store: 'reports' | 'runs'): Promise<Row[]> =>
		new Promise((resolve, reject) => {
			const request = database.transaction(store).objectStore(store).getAll();
			request.onsuccess = () => resolve(request.result);
			request.onerror = () => reject(request.error);
		});
	return {
		isDurable: true,
		async read(key) {
			const [reports, runs] = await Promise.all([all<KeptReport>('reports'), all<Run>('runs')]);
			await change((reportStore, runStore) => {
				for (const report of reports) if (report.key !== key) reportStore.delete(report.id);
				for (const run of runs) if (run.key !== key) runStore.delete(run.key);
			});
			const own = reports.filter((report) => report.key === key);
			return {
				run: runs.find((run) => run.key === key) ?? null,
				reports: own,
				forgottenCount: reports.length - own.length,
			};
		},
		add: (report, run) =>
			change((reports, runs) => {
				reports.put(report);
				runs.put(run);
			}),
		settle: (id, run) =>
			change((reports, runs) => {
				reports.delete(id);
				runs.put(run);
			}),
		save: (run) => change((_reports, runs) => void runs.put(run)),
	};
}

function memoryKeep(): Keep {
	const kept = new Map<string, KeptReport>();
	let latest: Run | null = null;
	return {
		isDurable: false,
		read: async (key) => ({
			run: latest?.key === key ? latest : null,
			reports: [...kept.values()].filter((report) => report.key === key),
			forgottenCount: 0,
		}),
		async add(report, run) {
			kept.set(report.id, report);
			latest = run;
		},
		async settle(id, run) {
			kept.delete(id);
			latest = run;
		},
		async save(run) {
			latest = run;
		},
	};
}

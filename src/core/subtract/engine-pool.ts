import { type Credential, createEngine, type FrameIdentity } from './engine.js';
import type { EngineParts, EngineRequest } from './engine-messages.js';
import { startEngineThread } from './engine-thread.js';
import { doEngineWork } from './engine-work.js';
import { ciphertextCount, SAMPLES_PER_CIPHERTEXT } from './parameters.js';
import type { VctHeader } from './vct-header.js';

/** Ciphertexts per request: enough to hide a message's cost, few enough to share a picture among threads. */
const REQUEST_CIPHERTEXTS = 5;

type Run = (request: EngineRequest) => Promise<EngineParts>;

/** Engines with one key, on this thread or on threads of their own. Calls may overlap. */
export interface EnginePool {
	/** The records of a frame, in order. Shape: samples are row-major H, W, C. */
	encrypt(frame: FrameIdentity, samples: Uint8Array): Promise<Uint8Array[]>;
	/** The differences of each record; null for one that was not verified or is no difference. All are tried. */
	decrypt(header: VctHeader, records: readonly Uint8Array[]): Promise<(Int16Array | null)[]>;
	close(): Promise<void>;
}

/**
 * Makes a pool. One thread means this one, which waits then; a thread of its own takes about 200 ms to start.
 * Throws: DataError for a key that SEAL refuses; BugError when SEAL cannot be used.
 */
export async function createEnginePool(credential: Credential, threads: number): Promise<EnginePool> {
	if (threads === 1) {
		const engine = await createEngine(credential);
		return poolOn([async (request) => doEngineWork(engine, request)], async () => engine.close());
	}
	const workers = Array.from({ length: threads }, () => startEngineThread(credential));
	const close = async (): Promise<void> => {
		await Promise.all(workers.map((worker) => worker.close()));
	};
	try {
		await Promise.all(workers.map(({ ready }) => ready));
	} catch (error) {
		await close();
		throw error;
	}
	return poolOn(
		workers.map(({ run }) => run),
		close,
	);
}

function poolOn(runs: readonly Run[], close: () => Promise<void>): EnginePool {
	const all = async (requests: readonly EngineRequest[]): Promise<EngineParts> => {
		const results: EngineParts[] = [];
		let next = 0;
		await Promise.all(
			runs.map(async (run) => {
				while (next < requests.length) {
					const mine = next++;
					results[mine] = await run(requests[mine]);
				}
			}),
		);
		return results.flat();
	};
	const cut = <T>(count: number, request: (first: number, count: number) => T): T[] =>
		Array.from({ length: Math.ceil(count / REQUEST_CIPHERTEXTS) }, (_, i) =>
			request(i * REQUEST_CIPHERTEXTS, Math.min(REQUEST_CIPHERTEXTS, count - i * REQUEST_CIPHERTEXTS)),
		);
	return {
		async encrypt({ shape, id }, samples) {
			const requests = cut(ciphertextCount(shape), (first, count): EngineRequest => {
				const part = samples.slice(first * SAMPLES_PER_CIPHERTEXT, (first + count) * SAMPLES_PER_CIPHERTEXT);
				return { kind: 'encrypt', first, count, shape, id, samples: part };
			});
			return (await all(requests)).filter((part) => part instanceof Uint8Array);
		},
		async decrypt(header, records) {
			const requests = cut(records.length, (first, count): EngineRequest => {
				return { kind: 'decrypt', first, count, header, records: records.slice(first, first + count) };
			});
			return (await all(requests)).map((part) => (part instanceof Int16Array ? part : null));
		},
		close,
	};
}

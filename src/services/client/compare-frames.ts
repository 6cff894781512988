import { DataError, PolicyError, VeilcamError } from '../../core/errors.js';
import type { SignedImage } from '../../core/image/compare.js';
import type { EnginePool } from '../../core/subtract/engine-pool.js';
import { decryptDifference } from '../../core/subtract/frames.js';
import type { Scheme } from '../../core/subtract/records.js';
import { openVct } from '../../core/subtract/vct-stream.js';
import { isPassing, type RetryOptions } from './backoff.js';
import { fetchDifference } from './camera-frames.js';
import type { Connection } from './connection.js';

/** Two frames, by their ids in hexadecimal. */
export interface FramePair {
	readonly newer: string;
	readonly older: string;
}

export type Comparison =
	| { readonly kind: 'compared'; readonly pair: FramePair; readonly difference: SignedImage }
	/** The answer was not the difference asked for. The server hears nothing of it. */
	| { readonly kind: 'refused'; readonly pair: FramePair; readonly reason: string }
	/** The server gave no difference. */
	| { readonly kind: 'missed'; readonly pair: FramePair; readonly reason: string };

export interface ComparerParts {
	readonly connection: Connection;
	readonly camera: string;
	readonly fingerprint: Uint8Array;
	/** How the camera encrypts. A server must not pass off the form that has no tags as the one that has. */
	readonly scheme: Scheme;
	readonly pool: EnginePool;
	readonly maxBytes: number;
	readonly retry: RetryOptions;
	/** In the order of the calls. */
	readonly onComparison: (comparison: Comparison) => void;
}

/** Gets differences and decrypts them, one after the other. */
export interface Comparer {
	/**
	 * Resolves when the answer has come; it is decrypted afterwards, so that when the next request goes does not depend on
	 * what comes of this one. Throws: PolicyError for the token, PeerError when the server stays away, and ours.
	 */
	compare(pair: FramePair): Promise<void>;
	/** Resolves when everything is decrypted. */
	settled(): Promise<void>;
}

/** Answers that wait to be decrypted; a machine that is slower than its camera then waits for them. */
const MAX_WAITING = 8;

export function createComparer(parts: ComparerParts): Comparer {
	const { connection, camera, fingerprint, scheme, pool, maxBytes, retry, onComparison } = parts;
	let queue: Promise<void> = Promise.resolve();
	let waiting = 0;
	let failure: unknown;

	const decrypt = async (pair: FramePair, body: Uint8Array): Promise<void> => {
		const ids = [bytesOf(pair.newer), bytesOf(pair.older)] as const;
		try {
			const stream = await openVct(inOnePiece(body), 'the difference');
			if (stream.header.scheme !== scheme) {
				await stream.close();
				throw new DataError('other-scheme', `the difference is of the ${stream.header.scheme} form, not ${scheme}`);
			}
			const difference = await decryptDifference(stream, { fingerprint, ids: [...ids] }, pool);
			onComparison({ kind: 'compared', pair, difference });
		} catch (error) {
			if (!(error instanceof VeilcamError) || error.exitCode !== 3) throw error;
			onComparison({ kind: 'refused', pair, reason: error.message });
		}
	};
	return {
		async compare(pair) {
			if (failure !== undefined) throw failure;
			let body: Uint8Array;
			try {
				body = await fetchDifference(connection, camera, [pair.newer, pair.older], maxBytes, retry);
			} catch (error) {
				if (error instanceof PolicyError || !(error instanceof VeilcamError) || isPassing(error)) throw error;
				const { message: reason } = error;
				queue = queue.then(() => onComparison({ kind: 'missed', pair, reason }));
				return;
			}
			waiting++;
			queue = queue
				.then(() => decrypt(pair, body))
				.catch((error: unknown) => {
					failure ??= error;
				})
				.finally(() => {
					waiting--;
				});
			if (waiting >= MAX_WAITING) await queue;
		},
		async settled() {
			await queue;
			if (failure !== undefined) throw failure;
		},
	};
}

function bytesOf(id: string): Uint8Array {
	return Uint8Array.from(Buffer.from(id, 'hex'));
}

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
	yield bytes;
}

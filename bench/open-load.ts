import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../src/services/client/connection.js';

export interface OpenLoad {
	readonly requests: number;
	readonly p50Ms: number;
	readonly p99Ms: number;
}

/**
 * Posts a body so often per second, whether the ones before are answered or not. A latency counts from the moment that the
 * request was due: a server that stands still, or a late timer of ours, cannot hide in it.
 * Throws: Error for an answer that is not 200, or not as long as the first one.
 */
export async function openLoad(
	connection: Connection,
	path: string,
	body: Uint8Array,
	{ perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<OpenLoad> {
	const answerBytes = (await connection.send('POST', path, body)).body.length;
	const startedMs = performance.now();
	const latencies = await Promise.all(
		Array.from({ length: perSecond * seconds }, async (_, i) => {
			const dueMs = startedMs + (i * 1000) / perSecond;
			await delay(Math.max(0, dueMs - performance.now()));
			const answer = await connection.send('POST', path, body);
			if (answer.status !== 200 || answer.body.length !== answerBytes) throw new Error(`answered ${answer.status}`);
			return performance.now() - dueMs;
		}),
	);
	const sorted = latencies.toSorted((a, b) => a - b);
	const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1];
	return { requests: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99) };
}

import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { SessionParameters } from '../../src/core/average/session.js';
import { type Collector, type CollectorOptions, startCollector } from '../../src/services/collector/start-collector.js';
import { temporaryFolder } from './temp-folder.js';

/** 64 samples, one bit each: a report is eight bytes, and its bits are pixels. */
export const smallSession: SessionParameters = {
	name: 'room',
	width: 8,
	height: 8,
	channels: 1,
	mechanism: { kind: 'one-bit', epsilon: 2 },
	minBatch: 20,
};

export interface TestCollector {
	readonly collector: Collector;
	readonly url: string;
	readonly storeFile: string;
	/** `/v1/sessions/room/` and what follows. */
	path(rest: string): string;
}

/** A collector in this process, on any free port, with a store in a fresh folder; it is closed with the test. */
export async function startTestCollector(
	t: ExecutionContext,
	session: Partial<SessionParameters> = {},
	options: Partial<CollectorOptions> = {},
): Promise<TestCollector> {
	const whole = { ...smallSession, ...session };
	const storeFile = options.storeFile ?? join(await temporaryFolder(t), 'room.db');
	const collector = await startCollector({
		session: whole,
		storeFile,
		host: '127.0.0.1',
		port: 0,
		nowMs: () => performance.now(),
		warnings: [],
		onDeath: (error) => t.fail(error.message),
		...options,
	});
	t.teardown(() => collector.close());
	return {
		collector,
		url: collector.url,
		storeFile,
		path: (rest) => `/v1/sessions/${whole.name}/${rest}`,
	};
}

import { estimateAverage } from '../../core/average/estimator.js';
import type { SessionParameters } from '../../core/average/session.js';
import type { Image } from '../../core/image/image.js';
import type { Counting } from './start-ledger.js';

/** The latest release, ready to be shown. */
export interface ReleasedAverage {
	readonly count: number;
	readonly means: Float64Array;
	readonly image: Image;
	readonly expectedRmseGray: number;
	/** What of it is the noise of the release, on shares. */
	readonly noiseRmseGray: number;
}

/** Reads the latest release, computed once per release. Null before the first. */
export function createReleaseReader(
	session: SessionParameters,
	ledger: Counting,
): () => Promise<ReleasedAverage | null> {
	let latest: ReleasedAverage | null = null;
	let reading: Promise<ReleasedAverage | null> | null = null;
	const read = async (): Promise<ReleasedAverage | null> => {
		const release = await ledger.releaseSums();
		if (release !== null) {
			const estimate = estimateAverage(session, release.sums, release.count);
			const expectedRmseGray = Math.hypot(estimate.expectedRmseGray, release.noiseRmseGray);
			const { count, noiseRmseGray } = release;
			latest = { count, ...estimate, expectedRmseGray, noiseRmseGray };
		}
		return latest;
	};
	return () => {
		if (ledger.releasedCount === (latest?.count ?? 0)) return Promise.resolve(latest);
		// however many ask at once, it is computed once
		reading ??= read().finally(() => {
			reading = null;
		});
		return reading;
	};
}

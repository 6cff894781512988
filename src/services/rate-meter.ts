const WINDOW_MS = 4000;

/** How fast a count grows: per second, over the last four seconds. Ask it a few times per second. */
export function createRateMeter(): (count: number, nowMs: number) => number {
	const samples: { readonly atMs: number; readonly count: number }[] = [];
	return (count, nowMs) => {
		samples.push({ atMs: nowMs, count });
		while (samples.length > 2 && samples[1].atMs <= nowMs - WINDOW_MS) samples.shift();
		const [first] = samples;
		const elapsedMs = nowMs - first.atMs;
		return elapsedMs < 100 ? 0 : ((count - first.count) / elapsedMs) * 1000;
	};
}

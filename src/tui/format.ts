/** 1234567 as "1,234,567". The same in every locale, so that a test or a screenshot means the same everywhere. */
export function formatCount(count: number): string {
	return Math.round(count)
		.toString()
		.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Per second: one decimal below 100, none above. */
export function formatRate(perSecond: number): string {
	if (!Number.isFinite(perSecond)) {
		return '-';
	}
	return perSecond < 99.95 ? `${perSecond.toFixed(1)}/s` : `${formatCount(perSecond)}/s`;
}

/** Two units at most: "42 s", "3 min 20 s", "1 h 02 min", "2 d 03 h"; rounded down. */
export function formatDuration(durationMs: number): string {
	const seconds = Math.max(0, Math.floor(durationMs / 1000));
	const minutes = Math.floor(seconds / 60);
	const hours = Math.floor(minutes / 60);
	const days = Math.floor(hours / 24);
	const two = (value: number): string => String(value).padStart(2, '0');
	if (days > 0) {
		return `${days} d ${two(hours % 24)} h`;
	}
	if (hours > 0) {
		return `${hours} h ${two(minutes % 60)} min`;
	}
	return minutes > 0 ? `${minutes} min ${two(seconds % 60)} s` : `${seconds} s`;
}

/** Gray levels: two decimals below 10, one above. */
export function formatGray(levels: number): string {
	return levels < 9.995 ? levels.toFixed(2) : levels.toFixed(1);
}

/** "640 B", "2.70 kB", "81.4 MB", "1.20 GB": three figures, in powers of a thousand. */
export function formatBytes(bytes: number): string {
	const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;
	let value = bytes;
	let at = 0;
	// 999.6 would be written as 1000
	while (value >= 999.5 && at < units.length - 1) {
		value /= 1000;
		at++;
	}
	const decimals = at === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
	return `${value.toFixed(decimals)} ${units[at]}`;
}

/** Milliseconds: one decimal below 10, none above; "-" without a value. */
export function formatMs(ms: number | null): string {
	if (ms === null) {
		return '-';
	}
	return `${ms.toFixed(ms < 9.95 ? 1 : 0)} ms`;
}

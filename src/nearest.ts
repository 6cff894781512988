/** The candidate with the fewest edits to `word`, if so few that it is probably meant. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
	const limit = Math.max(1, Math.floor(word.length / 3));
	let best: string | undefined;
	let bestDistance = limit + 1;
	for (const candidate of candidates) {
		const distance = editDistance(word, candidate);
		if (distance < bestDistance) {
			best = candidate;
			bestDistance = distance;
		}
	}
	return best;
}

/** Insertions, deletions, replacements, and neighbours that changed places. Source: optimal string alignment, Boytsov 2011. */
function editDistance(a: string, b: string): number {
	let before: number[] = [];
	let row = Array.from({ length: b.length + 1 }, (_, i) => i);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
			const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
			next.push(
				Math.min(row[j] + 1, next[j - 1] + 1, replaced, isSwapped ? before[j - 2] + 1 : Number.POSITIVE_INFINITY),
			);
		}
		[before, row] = [row, next];
	}
	return row[b.length];
}

/** Of one list: a program with more is a mistake or an attack. */
const MAX_INDICES = 2 ** 24;

/** Indices as start, step and count, one after the other: a transposed or padded picture is a few of them per row. */
export function runsOfIndices(indices: Int32Array): number[] {
	const runs: number[] = [];
	for (let at = 0; at < indices.length; ) {
		const start = indices[at];
		const step = at + 1 < indices.length ? indices[at + 1] - start : 0;
		let count = 1;
		while (at + count < indices.length && indices[at + count] - start === step * count) count++;
		runs.push(start, step, count);
		at += count;
	}
	return runs;
}

/** The indices again; nothing where they are not exactly `length`, or a number is none of an index. */
export function indicesOfRuns(runs: readonly unknown[], length: number): Int32Array | undefined {
	if (length > MAX_INDICES || runs.length % 3 !== 0 || !runs.every(isIndex)) return undefined;
	const indices = new Int32Array(length);
	let at = 0;
	for (let i = 0; i < runs.length; i += 3) {
		const [start, step, count] = [Number(runs[i]), Number(runs[i + 1]), Number(runs[i + 2])];
		if (count < 1 || count > length - at) return undefined;
		for (let k = 0; k < count; k++) indices[at++] = start + k * step;
	}
	return at === length ? indices : undefined;
}

function isIndex(value: unknown): boolean {
	return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31;
}

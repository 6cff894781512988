/**
 * out bit i = plane bit i + from, as far as the plane goes, and 0 beyond.
 * Range: from is a multiple of 8, or a power of two below 8.
 */
export function upperLanesInto(out: Uint8Array, plane: Uint8Array, from: number): void {
	out.fill(0);
	const start = Math.floor(from / 8);
	const shift = from % 8;
	if (shift === 0) {
		out.set(plane.subarray(start, start + out.length));
		return;
	}
	for (let i = 0; i < out.length && start + i < plane.length; i++) {
		out[i] = (plane[start + i] >> shift) | ((plane[start + i + 1] ?? 0) << (8 - shift));
	}
}

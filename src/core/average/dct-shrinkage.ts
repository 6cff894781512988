import type { Plane } from './gaussian-blur.js';

const SIDE = 8;

/** DCT-II, orthonormal: row k holds the k-th cosine. Noise keeps its variance in every coefficient. */
const COSINES = Float64Array.from({ length: SIDE * SIDE }, (_, i) => {
	const k = Math.floor(i / SIDE);
	const x = i % SIDE;
	return Math.sqrt((k === 0 ? 1 : 2) / SIDE) * Math.cos((Math.PI * (2 * x + 1) * k) / (2 * SIDE));
});

/**
 * Hard-thresholds the DCT of overlapping 8x8 blocks: every coefficient but the mean that is below
 * `multiple` * `noiseSigma` is set to 0, and the blocks are averaged where they overlap.
 * Shape: both sides at least 8. `stride` is the distance of blocks in pixels; the last ones lie at the border.
 */
export function dctShrinkage(plane: Plane, noiseSigma: number, multiple: number, stride: number): Plane {
	const { width, height, values } = plane;
	const threshold = multiple * noiseSigma;
	const sums = new Float64Array(width * height);
	const counts = new Float64Array(width * height);
	const block = new Float64Array(SIDE * SIDE);
	const scratch = new Float64Array(SIDE * SIDE);
	for (const top of blockStarts(height, stride)) {
		for (const left of blockStarts(width, stride)) {
			for (let y = 0; y < SIDE; y++) {
				for (let x = 0; x < SIDE; x++) block[y * SIDE + x] = values[(top + y) * width + left + x];
			}
			transformInto(scratch, block, false);
			transformInto(block, scratch, false);
			for (let i = 1; i < block.length; i++) if (Math.abs(block[i]) < threshold) block[i] = 0;
			transformInto(scratch, block, true);
			transformInto(block, scratch, true);
			for (let y = 0; y < SIDE; y++) {
				for (let x = 0; x < SIDE; x++) {
					const at = (top + y) * width + left + x;
					sums[at] += block[y * SIDE + x];
					counts[at] += 1;
				}
			}
		}
	}
	return { width, height, values: sums.map((sum, i) => sum / counts[i]) };
}

function blockStarts(side: number, stride: number): number[] {
	const last = side - SIDE;
	const starts: number[] = [];
	for (let start = 0; start < last; start += stride) starts.push(start);
	return [...starts, last];
}

/** Transforms the rows of `block` and writes them as columns; twice is the whole block, the right way round. */
function transformInto(out: Float64Array, block: Float64Array, isInverse: boolean): void {
	const step = isInverse ? SIDE : 1;
	const start = isInverse ? 1 : SIDE;
	for (let row = 0; row < SIDE; row++) {
		for (let k = 0; k < SIDE; k++) {
			let sum = 0;
			for (let x = 0; x < SIDE; x++) sum += COSINES[k * start + x * step] * block[row * SIDE + x];
			out[k * SIDE + row] = sum;
		}
	}
}

import type { Plane } from './gaussian-blur.js';

/** Half the size, each pixel the mean of 2x2; an odd last row or column is left out. Sides of 2 or more. */
export function halvePlane(plane: Plane): Plane {
	const width = plane.width >> 1;
	const height = plane.height >> 1;
	const values = new Float64Array(width * height);
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) {
			const at = 2 * y * plane.width + 2 * x;
			const below = at + plane.width;
			values[y * width + x] =
				(plane.values[at] + plane.values[at + 1] + plane.values[below] + plane.values[below + 1]) / 4;
		}
	}
	return { width, height, values };
}

/** Bilinear, pixel centres at halves; beyond the outermost centres the border is repeated. */
export function resizePlane(plane: Plane, width: number, height: number): Plane {
	if (plane.width === width && plane.height === height) return plane;
	const columns = interpolation(plane.width, width);
	const rows = interpolation(plane.height, height);
	const values = new Float64Array(width * height);
	for (let y = 0; y < height; y++) {
		const upper = rows.lower[y] * plane.width;
		const lower = rows.upper[y] * plane.width;
		const down = rows.fraction[y];
		for (let x = 0; x < width; x++) {
			const left = columns.lower[x];
			const right = columns.upper[x];
			const across = columns.fraction[x];
			const top = plane.values[upper + left] * (1 - across) + plane.values[upper + right] * across;
			const bottom = plane.values[lower + left] * (1 - across) + plane.values[lower + right] * across;
			values[y * width + x] = top * (1 - down) + bottom * down;
		}
	}
	return { width, height, values };
}

/** For each place of the new side: the two old places around it, and the share of the upper one. */
function interpolation(oldSide: number, newSide: number) {
	const lower = new Int32Array(newSide);
	const upper = new Int32Array(newSide);
	const fraction = new Float64Array(newSide);
	for (let i = 0; i < newSide; i++) {
		const place = Math.min(oldSide - 1, Math.max(0, ((i + 0.5) * oldSide) / newSide - 0.5));
		lower[i] = Math.floor(place);
		upper[i] = Math.min(oldSide - 1, lower[i] + 1);
		fraction[i] = place - lower[i];
	}
	return { lower, upper, fraction };
}

/** One channel in floating point, row-major. */
export interface Plane {
	readonly width: number;
	readonly height: number;
	readonly values: Float64Array;
}

/**
 * A separable Gaussian blur of `sigmaPixels`, cut at 3 sigma.
 * Error: at the border the weights that fall inside are scaled to a sum of 1.
 */
export function gaussianBlur(plane: Plane, sigmaPixels: number): Plane {
	const radius = Math.ceil(3 * sigmaPixels);
	const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, i) => {
		return Math.exp(-((i - radius) ** 2) / (2 * sigmaPixels ** 2));
	});
	return blurRowsTransposed(blurRowsTransposed(plane, kernel), kernel);
}

/** Blurs along rows and writes columns, so that two calls blur both ways and stay in cache. */
function blurRowsTransposed(plane: Plane, kernel: Float64Array): Plane {
	const { width, height, values } = plane;
	const radius = kernel.length >> 1;
	const out = new Float64Array(width * height);
	for (let x = 0; x < width; x++) {
		const from = Math.max(0, x - radius);
		const to = Math.min(width - 1, x + radius);
		let weight = 0;
		for (let i = from; i <= to; i++) weight += kernel[i - x + radius];
		for (let y = 0; y < height; y++) {
			const row = y * width;
			let sum = 0;
			for (let i = from; i <= to; i++) sum += kernel[i - x + radius] * values[row + i];
			out[x * height + y] = sum / weight;
		}
	}
	return { width: height, height: width, values: out };
}
